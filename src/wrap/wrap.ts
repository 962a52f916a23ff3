import type { Call, CallOptions, Outcome } from '../call.ts';
import { settingsOf } from '../configuration/from-options.ts';
import { type Configuration, loadConfiguration } from '../configuration/load.ts';
import type { Settings } from '../configuration/settings.ts';
import type { Context } from '../context.ts';
import type { ImageName } from '../cvmfs/look-question.ts';
import { judgeOrigin, RegistryMismatchError } from '../cvmfs/origin.ts';
import type { Published } from '../cvmfs/publication.ts';
import { EXIT } from '../errors.ts';
import { findJobImage, type JobImage } from '../job/job-image.ts';
import { readImageName, searchOf } from '../job/locate.ts';
import { fromBytes } from '../launch/bytes.ts';
import { printableWord } from '../launch/printable-word.ts';
import { quoteWord } from '../launch/quote.ts';
import { type Speaker, speaker } from '../output/console.ts';
import { safeLines, safeText } from '../output/safe-text.ts';
import { LAYOUTS } from '../repositories/layouts/index.ts';
import { typedRepositories } from '../repositories/typed.ts';
import type { RunRequest } from '../runtimes/runtime.ts';
import { type ImageWords, MADE_FROM } from './failures.ts';
import { lookLines } from './look-lines.ts';
import { makeScriptOptions, type PlainOptions, recordImage, requestOf } from './make-script-options.ts';
import { programFor } from './program.ts';
import { PRINT_FAILURE, renderScript } from './script.ts';
import type { RegistryCheck } from './script-options.ts';
import { wrapArguments } from './wrap-arguments.ts';
import { writeScript } from './write-script.ts';

declare const JCDS_VERSION: string;

/**
 * `jcds wrap`: a script that does what `jcds exec` does, without Node.js. Finds the image and the runtime now, so that what
 * is wrong is told now, and writes down what each run has to decide anew.
 */
export async function wrapImage(call: Call, context: Context): Promise<Outcome> {
  const { arguments: words } = call;
  const own = wrapArguments(words.slice(1));
  const options: CallOptions = { ...call.options, ...own };
  const say = speaker(options, context);
  const configuration = loadConfiguration(context, settingsOf(options));
  for (const note of configuration.notes) say.warn(note);
  const { settings } = configuration;

  const found = await locate(words[0], { settings, options, say }, context);
  const { published, facts } = found;
  const pinned = options.pin === true;
  const plain = makeScriptOptions(options, settings, context, { name: found.name, facts });
  const text = renderScript({
    title: title(found, own.command, pinned),
    fail: PRINT_FAILURE,
    layoutIsKnown: true,
    leadsOn: found.allowed.length > 0,
    before: before(found, own.command, { configuration, pinned }, context),
    requested: {
      ...plain,
      image: { ...imageWords(found, pinned), typed: typedRepositories(options, settings.repositories) },
      program: await programFor({ settings, say, request: requestFor(plain, found) }, context),
      recorded: recordImage(published.targetPlace.relativePath, facts),
      registryCheck: settings.anyRegistry ? null : registryCheck(found, published),
    },
  });
  return deliver(text, options, say, context);
}

interface Found extends JobImage {
  readonly image: ImageName;
  /** Other repositories that links may lead into. */
  readonly allowed: readonly string[];
}

/** Finds the image as `jcds exec` does. */
async function locate(
  typed: string | undefined,
  { settings, options, say }: { settings: Settings; options: Call['options']; say: Speaker },
  context: Context,
): Promise<Found> {
  const found = await findJobImage(
    typed,
    { mode: 'exec', settings, options, hasArguments: true, say },
    context,
  );
  const { repositories, root } = searchOf(settings, context);
  const { image } = readImageName(typed, { settings }, root, undefined);
  const row = repositories.find(({ name }) => name === found.published.repository);
  return { ...found, image, allowed: row?.allowedLinkTargets ?? [] };
}

function imageWords({ name, published }: Found, pinned: boolean): ImageWords {
  const { repository, entryPath, targetPlace, layout } = published;
  const isLocal = layout === 'store';
  return pinned
    ? { name, repository: targetPlace.repository, entry: targetPlace.relativePath, pinned, isLocal }
    : { name, repository, entry: entryPath, isLocal };
}

/** The lines that say which image, where, how long to look, and what to run. */
function before(
  found: Found,
  command: readonly string[],
  { configuration, pinned }: { configuration: Configuration; pinned: boolean },
  context: Context,
): string {
  const { name, repository, entry, isLocal } = imageWords(found, pinned);
  const { path } = found.published;
  return [
    ...(command.length === 0
      ? ['[ $# != 0 ] || jcds_fail 125 USAGE \'this script needs a command\' "$0 COMMAND [ARGUMENT...]"']
      : [`set -- ${command.map(quoteWord).join(' ')} "$@"`]),
    `jcds_name=${quoteWord(name)} jcds_entry=${quoteWord(entry)}`,
    `jcds_repository=${quoteWord(repository)}`,
    ...(isLocal === true
      ? [`jcds_stores=${quoteWord(path.slice(0, -`/${repository}/${found.published.entryPath}`.length))}`]
      : []),
    ...(found.allowed.length > 0 ? [`jcds_allowed=${quoteWord(found.allowed.join(' '))}`] : []),
    ...lookLines(configuration, context),
  ].join('\n');
}

function title({ name, published }: Found, command: readonly string[], pinned: boolean): string[] {
  const words =
    command.length === 0 ? 'COMMAND [ARGUMENT...]' : safeText(command.map(printableWord).join(' '));
  return [
    `${safeText(words)} in the container image ${safeText(name)}, ${published.layout === 'store' ? 'a copy on this host' : 'from CVMFS'}, without Node.js.`,
    `Written by jcds ${JCDS_VERSION} (jcds wrap) from`,
    `${safeText(published.target, 300)},`,
    pinned
      ? 'which it runs for ever. Rather write it anew than change it; docs/wrap.md of jcds explains it.'
      : 'and runs what the tag names at each start. Rather write it anew than change it; docs/wrap.md of jcds explains it.',
  ];
}

/** What a runtime must be able to do, as far as that is known before the script runs. */
function requestFor({ policy, ...requested }: PlainOptions, { published, facts }: Found): RunRequest {
  return {
    ...requestOf(null, policy, [
      ...requested.set,
      ...requested.passed.map((name): [string, string] => [name, '']),
    ]),
    image: { path: published.target, kind: facts === null ? 'file' : 'directory', facts },
    contain: requested.contain,
    writableTmpfs: requested.writableTmpfs,
    gpu: requested.gpu === 'nvidia' || requested.gpu === 'rocm' ? requested.gpu : null,
    runtimeArguments: requested.runtimeArguments,
  };
}

function registryCheck({ image }: Found, { layout, entryPath }: Published): RegistryCheck | null {
  if (image.kind !== 'reference') return null;
  const { reference } = image;
  const finding = judgeOrigin(
    reference,
    LAYOUTS[layout],
    { bootstrap: 'docker', from: MADE_FROM },
    entryPath,
  );
  return finding?.code === 'registry-mismatch'
    ? { registry: reference.registry, error: new RegistryMismatchError(finding) }
    : null;
}

/** To the file, or to standard output. Values of `--env` make it nobody else's to read. */
function deliver(text: Buffer, options: CallOptions, say: Speaker, context: Context): Outcome {
  const { output } = options;
  if (typeof output !== 'string') {
    const script = fromBytes(text);
    const shown = context.stdout.isTerminal ? safeLines(script) : script;
    context.stdout.write(shown);
    if (shown !== script)
      say.warn('characters that would steer a terminal are shown as ?: for the script itself, add -o FILE');
    return { kind: 'exit', code: EXIT.ok };
  }
  const holdsValues = [options.env, options.envFile].some(value => Array.isArray(value));
  writeScript(output, text, { force: options.force === true, mode: holdsValues ? 0o700 : 0o755 });
  if (holdsValues) say.warn(`${safeText(output)} holds values of --env: only you may read it`);
  return { kind: 'exit', code: EXIT.ok };
}
