import { resolve } from 'node:path';
import type { Call } from '../call.ts';
import { settingsOf } from '../configuration/from-options.ts';
import { loadConfiguration } from '../configuration/load.ts';
import type { Settings } from '../configuration/settings.ts';
import type { Context } from '../context.ts';
import { type Conversion, convert as convertImage, type DirectoryTarget } from '../conversion/convert.ts';
import { flatTar } from '../conversion/flat-tar.ts';
import { originOf } from '../conversion/own-files.ts';
import { parseSource } from '../conversion/parse-source.ts';
import { recordOf, remarkLines } from '../conversion/record.ts';
import { layerTeller } from '../conversion/tell-layers.ts';
import { withSource } from '../conversion/with-source.ts';
import { inPassing, inPlace, inPlaceOfFile } from '../conversion/workplace.ts';
import { EXIT, UsageError } from '../errors.ts';
import { parsePlatform } from '../image/platform.ts';
import { speaker } from '../output/console.ts';
import { jsonLine } from '../output/json.ts';
import { progress } from '../output/progress.ts';
import { safeLines } from '../output/safe-text.ts';
import { NetworkForbiddenError } from '../publication-requests/service.ts';
import type { RegistryOptions } from '../registry/client.ts';
import { registryOptions } from '../registry/from-settings.ts';
import { SCHEMA_VERSION } from '../schema-version.ts';
import { type CommandDeclaration, exit, flag, stringOption } from './command.ts';
import { JSON_OPTION } from './common-options.ts';
import { LIMIT_OPTION, limitsOf } from './limit-option.ts';

/** `jcds convert`: an image as a directory, without root. */
export const convert: CommandDeclaration = {
  name: 'convert',
  summary: 'Unpack an image into a directory or one flat tar, without root and without a container engine',
  description:
    'Makes the root filesystem of an image: its layers in order, each checked by its digests. SOURCE is the name of an image in a registry, or oci:DIRECTORY[:NAME], an OCI layout as skopeo, umoci and buildah write it, or docker-archive:FILE|-[:TAG], what docker save and podman save write (-: standard input). Private images are read with the credentials of podman and docker. The directory appears when it is whole. Files belong to you; device files, extended attributes, setuid and setgid are left out, which -v and --json tell. docs/convert.md says what comes out. Ends with 0, or with 1 when the image cannot be unpacked.',
  arguments: [{ name: 'source', description: 'where the image is' }],
  options: [
    {
      flags: '--to <place>',
      description: 'the directory to make, or FILE.tar, or - for a tar on standard output',
      completes: 'file',
    },
    { flags: '--platform <os/arch>', description: 'which image of several; by default this host’s' },
    LIMIT_OPTION,
    JSON_OPTION,
  ],
  examples: [
    ['podman save x | jcds convert docker-archive:- --to ./rootfs', 'an image of podman’s own'],
    ['jcds convert debian:12 --to ./rootfs', 'an image of Docker Hub as a directory'],
    [
      'jcds convert debian:12 --to - | cvmfs_server ingest -t - -b debian:12 my.repository',
      'the same, published',
    ],
    [
      'skopeo copy docker://debian:12 oci:debian && jcds convert oci:debian --to ./rootfs',
      'an image as a directory',
    ],
  ],
  async action(call, context) {
    const say = speaker(call.options, context);
    const { settings, notes } = loadConfiguration(context, settingsOf(call.options));
    for (const note of notes) say.warn(note);
    const [text = ''] = call.arguments;
    const source = parseSource(text);
    const target = targetOf(call, context);
    const platform = parsePlatform(stringOption(call, 'platform') ?? process.arch);
    const limits = limitsOf(call, settings);
    const cwd = cwdOf(context);
    const registries = () => registriesOf(settings, context);
    const shown = progress(context.stderr, {
      quiet: flag(call, 'quiet') || flag(call, 'json'),
      dumb: context.environment.TERM === 'dumb',
    });
    /** Makes the root filesystem; `use` it where it stands as long as this goes on. */
    const make = (place: DirectoryTarget, use: (made: Conversion) => Promise<void>) =>
      withSource(text, source, { cwd, platform, registries, workplace: place.workplace }, async image => {
        const tell = layerTeller(shown, image.layers.length);
        const made = await convertImage(image, place, {
          limits,
          origin: originOf(text, source),
          progress: tell,
        });
        await use(made);
        shown.end();
        for (const line of remarkLines(made)) say.detail(line);
        if (target.kind === 'output') return;
        const { path } = target;
        const record = { schemaVersion: SCHEMA_VERSION, path, ...recordOf(image, platform, made) };
        context.stdout.write(flag(call, 'json') ? jsonLine(record) : `${safeLines(path)}\n`);
      });
    const archive = async (place: DirectoryTarget, write: (bytes: Buffer) => boolean) =>
      make(place, async ({ root }) => {
        shown.update('writing the archive');
        for await (const piece of flatTar(root, place.directory)) if (!write(piece)) return;
      });
    try {
      switch (target.kind) {
        case 'directory':
          await inPlace(target.path, context, place => make(place, async () => {}));
          break;
        case 'file':
          await inPlaceOfFile(target.path, context, (place, write) =>
            archive(place, bytes => {
              write(bytes);
              return true;
            }),
          );
          break;
        case 'output':
          await inPassing(context, place => archive(place, bytes => context.stdout.write(bytes)));
          break;
        default:
          target satisfies never;
      }
    } finally {
      shown.end();
    }
    return exit(EXIT.ok);
  },
};

/** Where the result goes, and in which form. */
type Target =
  | { readonly kind: 'directory' | 'file'; readonly path: string }
  /** Standard output. */
  | { readonly kind: 'output' };

function targetOf(call: Call, context: Context): Target {
  const place = stringOption(call, 'to');
  if (place === undefined || place === '')
    throw new UsageError('jcds convert needs a place for the result', 'add --to DIRECTORY, or --to FILE.tar');
  if (place !== '-')
    return { kind: place.endsWith('.tar') ? 'file' : 'directory', path: resolve(cwdOf(context), place) };
  if (flag(call, 'json')) throw new UsageError('--json has no place beside an archive on standard output');
  if (context.stdout.isTerminal)
    throw new UsageError(
      'an archive is nothing for a terminal',
      'send it elsewhere: jcds convert … --to - | …',
    );
  return { kind: 'output' };
}

function registriesOf(settings: Settings, context: Context): RegistryOptions {
  if (!settings.network) throw new NetworkForbiddenError();
  return registryOptions(settings, context);
}

function cwdOf({ cwd }: Context): string {
  if (cwd === null) throw new UsageError('the working directory cannot be read', 'go to another one: cd');
  return cwd;
}
