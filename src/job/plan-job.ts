import type { Call, Outcome } from '../commands/command.ts';
import { settingsOf } from '../configuration/from-options.ts';
import { loadConfiguration } from '../configuration/load.ts';
import type { Settings } from '../configuration/settings.ts';
import type { Context } from '../context.ts';
import { findImage } from '../cvmfs/look-at-image.ts';
import { type Published, requirePublished, UnreadableImageError } from '../cvmfs/publication.ts';
import { EXIT, isJcdsError, type JcdsError, UsageError } from '../errors.ts';
import { type Entries, readLauncherEnvironment } from '../launch/launcher-environment.ts';
import type { Plan } from '../launch/plan.ts';
import { type Speaker, speaker } from '../output/console.ts';
import type { ImageFacts } from '../rootfs/facts.ts';
import { jobEnvironment } from '../runtimes/environment.ts';
import type { RunRequest } from '../runtimes/runtime.ts';
import type { Selected } from '../runtimes/select.ts';
import { checkCommand } from './check-command.ts';
import { chooseRuntime } from './choose-runtime.ts';
import type { JobMode } from './command-words.ts';
import { completeListings } from './complete-listings.ts';
import { commandLine, type Explained, explainJson } from './dry-run.ts';
import { checkIdentity } from './findings.ts';
import { askIfMissing } from './if-missing.ts';
import { readImageName, searchOf } from './locate.ts';
import { type MadeRequest, makeRequest } from './request.ts';
import { type JobStatus, removeStatusFile, writeStatusFile } from './status-file.ts';

/**
 * `run`, `exec` and `shell`, from the command line to the plan that the launcher execs: find the image, make the
 * request, choose the runtime, make sure that the command is there. Decides everything, starts nothing.
 */
export async function planJob(mode: JobMode, call: Call, context: Context): Promise<Outcome> {
  const { options } = call;
  const file = typeof options.statusFile === 'string' ? options.statusFile : null;
  if (file !== null) removeStatusFile(file);
  const decided: Decided = { image: call.arguments[0] ?? '.' };
  try {
    const job = await decide(mode, call, context, decided);
    if (options.dryRun === true) return showDryRun(job, call, context);
    if (file !== null) writeStatusFile(file, statusOf(decided, null));
    return { kind: 'plan', plan: job.plan };
  } catch (thrown) {
    if (file !== null && isJcdsError(thrown)) writeStatusFile(file, statusOf(decided, thrown));
    throw thrown;
  }
}

/** What was decided so far: the status file tells how far jcds came. */
interface Decided {
  image: string;
  published?: Published;
  runtime?: string;
}

/** An error that says what will make the same command work later. */
type WaitingError = JcdsError & { readonly waitingFor: JobStatus['waitingFor'] };

function statusOf({ image, published, runtime }: Decided, error: JcdsError | null): JobStatus {
  return {
    schemaVersion: 1,
    outcome: error === null ? 'starting' : 'failed',
    image,
    repository: published?.repository ?? null,
    path: published?.path ?? null,
    target: published?.target ?? null,
    runtime: runtime ?? null,
    exitCode: error === null ? null : error.exitCode < EXIT.later ? EXIT.failed : error.exitCode,
    error: error === null ? null : { code: error.code, message: error.message, hint: error.hint ?? null },
    waitingFor: (error as Partial<WaitingError> | null)?.waitingFor ?? null,
  };
}

/** A job of which everything is decided. */
interface Job {
  readonly plan: Plan;
  readonly image: Explained['image'];
  readonly made: MadeRequest;
  readonly selected: Selected;
}

async function decide(mode: JobMode, call: Call, context: Context, decided: Decided): Promise<Job> {
  const { options } = call;
  const [typed, ...args] = call.arguments;
  if (mode === 'exec' && args.length === 0) throw new ExecWithoutCommandError();
  const say = speaker(options, context);
  const { settings, notes } = loadConfiguration(context, settingsOf(options));
  for (const note of notes) say.warn(note);

  const { name, published, facts, root } = await locate(typed, { settings, options, say }, context);
  Object.assign(decided, { image: name, published });
  const image = { path: published.target, kind: published.kind, facts, name };
  const environment = callerEnvironment(context);
  const made = makeRequest(
    { mode, options, settings, hasArguments: args.length > 0, image, cvmfsRoot: root, environment },
    context,
  );
  for (const note of made.notes) say.detail(note);

  const selected = await chooseRuntime(made.request, settings, context);
  decided.runtime = selected.runtime.name;
  const request = await prepared(made.request, selected, args[0], { name, published, settings }, context);
  for (const variable of jobEnvironment(request).leftBehind)
    say.detail(`${variable} of the caller is not passed to the job`);
  say.detail(`running ${published.target} with ${selected.runtime.name} ${selected.host.version}`);
  const plan = { shift: call.ownWords, ...selected.runtime.invocation(request, selected.host) };
  return { plan, image: { ...published, name }, made: { ...made, request }, selected };
}

/** `jcds exec IMAGE` and nothing else. */
class ExecWithoutCommandError extends UsageError {
  constructor() {
    super(
      'exec needs a command after the image',
      'jcds exec IMAGE COMMAND [ARGUMENT…], or jcds run IMAGE for its entrypoint',
    );
  }
}

interface Located {
  readonly name: string;
  readonly published: Published;
  readonly facts: ImageFacts | null;
  readonly root: string;
}

/** The listings that most runtimes without mount points of their own need: read with the rest, they cost no second look. */
const USUAL_LISTINGS = ['/', '/etc'];

async function locate(
  typed: string | undefined,
  { settings, options, say }: { settings: Settings; options: Call['options']; say: Speaker },
  context: Context,
): Promise<Located> {
  const search = searchOf(settings, context);
  const platform = typeof options.platform === 'string' ? options.platform : undefined;
  const { name, image } = readImageName(typed, { settings }, search.root, platform);
  const look = () => findImage(image, search, USUAL_LISTINGS, context);
  const first = await look();
  const again = await askIfMissing(first.publication, { name, image }, { settings, options, say }, context);
  const { publication, facts, unread } = again ? await look() : first;
  const published = requirePublished(publication, name);
  if (unread !== null) throw new UnreadableImageError(published, unread);
  checkIdentity({ name, image }, published, facts, { anyRegistry: settings.anyRegistry, say });
  if (image.kind === 'reference' && published.repository !== search.repositories[0]?.name)
    say.warn(`${name} comes from ${published.repository}`);
  return { name, published, facts, root: search.root };
}

/** What only the chosen runtime and the command decide: listings for mount points, and whether the command is there. */
async function prepared(
  request: RunRequest,
  { runtime }: Selected,
  firstArgument: string | undefined,
  { name, published, settings }: { name: string; published: Published; settings: Settings },
  context: Context,
): Promise<RunRequest> {
  const look = { published, timeout: settings.cvmfsTimeout };
  const complete = runtime.needsListings === true ? await completeListings(request, look, context) : request;
  await checkCommand(complete, complete.words[0] ?? firstArgument, name, look, context);
  return complete;
}

/** The caller's environment as the launcher got it; without a launcher (in a test), this process'. */
function callerEnvironment(context: Context): Entries {
  if (context.launcherPid !== null) return readLauncherEnvironment(context.launcherPid).given;
  return Object.entries(context.environment).map(([name, value]) => [name, value ?? '']);
}

function showDryRun({ plan, made, image, selected }: Job, call: Call, context: Context): Outcome {
  const explained: Explained = {
    invocation: plan,
    userArguments: call.arguments.slice(1),
    masked: call.options.verbose === true ? [] : made.given,
    request: made.request,
    image,
    runtime: { name: selected.runtime.name, version: selected.host.version },
  };
  context.stdout.write(`${call.options.json === true ? explainJson(explained) : commandLine(explained)}\n`);
  return { kind: 'exit', code: EXIT.ok };
}
