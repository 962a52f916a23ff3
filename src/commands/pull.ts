import { resolve } from 'node:path';
import { settingsOf } from '../configuration/from-options.ts';
import { loadConfiguration } from '../configuration/load.ts';
import { parseSource, type Source } from '../conversion/parse-source.ts';
import { EXIT, UsageError } from '../errors.ts';
import { parsePlatform } from '../image/platform.ts';
import { formatReference, parseReference, type Reference } from '../image/reference.ts';
import { speaker } from '../output/console.ts';
import { jsonLine } from '../output/json.ts';
import { progress } from '../output/progress.ts';
import { safeLines } from '../output/safe-text.ts';
import { NetworkForbiddenError } from '../publication-requests/service.ts';
import { registryOptions } from '../registry/from-settings.ts';
import { SCHEMA_VERSION } from '../schema-version.ts';
import { roomRules } from '../store/make-room.ts';
import { pullImage } from '../store/pull.ts';
import { storePlaces } from '../store-directory.ts';
import { type CommandDeclaration, exit, flag, stringOption } from './command.ts';
import { JSON_OPTION } from './common-options.ts';
import { LIMIT_OPTION, limitsOf } from './limit-option.ts';

/** `jcds pull`: an image as a copy in the local store. */
export const pull: CommandDeclaration = {
  name: 'pull',
  summary: 'Make a local copy of an image, for `jcds run --local`',
  description:
    'Unpacks the image into the local store, without root (docs/local.md), and prints where it is. SOURCE is the name of an image in a registry, or oci:DIRECTORY[:NAME], an OCI layout, which needs --as. A copy that is there and is what the registry has now is left as it is.',
  arguments: [{ name: 'source', description: 'where the image is', variadic: true }],
  options: [
    { flags: '--as <name>', description: 'what the copy is called: a name as in a registry' },
    { flags: '--platform <os/arch>', description: 'which image of several; by default this host’s' },
    { flags: '--store <directory>', description: 'the store to put it into', completes: 'directory' },
    LIMIT_OPTION,
    { flags: '--again', description: 'make the copy anew, also where it is there' },
    JSON_OPTION,
  ],
  examples: [
    ['jcds pull debian:12 && jcds run --local debian:12', 'an image that is not published, on this host'],
    ['jcds pull oci:./built --as mine:1', 'an image that was built here'],
  ],
  async action(call, context) {
    const say = speaker(call.options, context);
    const { settings, notes } = loadConfiguration(context, settingsOf(call.options));
    for (const note of notes) say.warn(note);
    const as = stringOption(call, 'as');
    const chosen = stringOption(call, 'store');
    const store = chosen === undefined ? settings.store : resolve(context.cwd ?? '/', chosen);
    const stores = storePlaces({ ...settings, store }, context);
    if (as !== undefined && call.arguments.length > 1)
      throw new UsageError('--as names one copy, and several images were given', 'pull them one by one');
    const sources = call.arguments.map(text => {
      const source = parseSource(text);
      return { text, source, reference: nameOf(text, source, as) };
    });
    const platform = parsePlatform(stringOption(call, 'platform') ?? process.arch);
    const limits = limitsOf(call, settings);
    const room = roomRules(settings);
    const registries = () => {
      if (!settings.network) throw new NetworkForbiddenError();
      return registryOptions(settings, context);
    };
    const shown = progress(context.stderr, {
      quiet: flag(call, 'quiet') || flag(call, 'json'),
      dumb: context.environment.TERM === 'dumb',
    });
    for (const named of sources) {
      const common = {
        stores,
        platform,
        registries,
        limits,
        room,
        warn: say.warn,
        again: flag(call, 'again'),
      };
      let pulled: Awaited<ReturnType<typeof pullImage>>;
      try {
        pulled = await pullImage({ ...named, ...common, progress: shown }, context);
      } finally {
        shown.end();
      }
      const { path, hex, isUnchanged, record } = pulled;
      if (isUnchanged) say.warn(`${formatReference(named.reference)} is there already, and unchanged`);
      for (const { done, kind, count } of record?.remarks ?? []) say.detail(`${done}: ${count} (${kind})`);
      const report = {
        schemaVersion: SCHEMA_VERSION,
        path,
        digest: `sha256:${hex}`,
        unchanged: isUnchanged,
        record,
      };
      context.stdout.write(flag(call, 'json') ? jsonLine(report) : `${safeLines(path)}\n`);
    }
    return exit(EXIT.ok);
  },
};

function nameOf(text: string, source: Source, as: string | undefined): Reference {
  if (as !== undefined) return parseReference(as);
  if (source.kind === 'registry') return source.reference;
  throw new UsageError(`${JSON.stringify(text)} does not say what the copy is called`, 'add --as NAME');
}
