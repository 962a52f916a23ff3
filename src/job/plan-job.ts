import type { Call, Outcome } from '../call.ts';
import { settingsOf } from '../configuration/from-options.ts';
import { type Configuration, loadConfiguration } from '../configuration/load.ts';
import type { Context } from '../context.ts';
import { EXIT, isJcdsError, UsageError } from '../errors.ts';
import { renderFor } from '../launch/hand-over.ts';
import { type LauncherEnvironment, readLauncherEnvironment } from '../launch/launcher-environment.ts';
import { speaker } from '../output/console.ts';
import { safeText } from '../output/safe-text.ts';
import { forgetImage, memoryFile } from '../rootfs/memory.ts';
import { checkEngineFiles } from '../runtimes/check-engine-files.ts';
import { jobEnvironment, scriptedEnvironment } from '../runtimes/environment.ts';
import type { RunRequest, RuntimeHost } from '../runtimes/runtime.ts';
import { checkCommand, findShell } from './check-command.ts';
import { type Chosen, chooseRuntime } from './choose-runtime.ts';
import type { JobMode } from './command-words.ts';
import { completeListings } from './complete-listings.ts';
import { commandLine, type DryRun, explainJson } from './dry-run.ts';
import { policyOf } from './env-options.ts';
import { findJobImage, type JobImage } from './job-image.ts';
import { makeRequest, SHELL } from './make-request.ts';
import { withShell } from './shell.ts';
import { type Decided, removeStatusFile, statusOf, writeStatusFile } from './status-file.ts';

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
    const environment = callerEnvironment(context);
    const job = await decide(mode, call, environment, context, decided);
    if (options.dryRun === true) {
      context.stdout.write(options.json === true ? explainJson(job) : `${commandLine(job)}\n`);
      return { kind: 'exit', code: EXIT.ok };
    }
    const direct = renderFor(context.launcherPid, { shift: call.ownWords, ...job.invocation }, environment);
    const plan = options.stats === true ? await besideJob(direct, decided, call, context) : direct;
    if (file !== null) writeStatusFile(file, statusOf(decided, null));
    return { kind: 'plan', plan };
  } catch (thrown) {
    // What is remembered of the image may be why.
    if (decided.published !== undefined) forgetImage(decided.published.target, context);
    if (file !== null && isJcdsError(thrown)) writeStatusFile(file, statusOf(decided, thrown));
    throw thrown;
  }
}

/** `--stats`: the only case in which jcds stays beside the job. */
async function besideJob(
  plan: Buffer,
  { image, published }: Decided,
  { options }: Call,
  context: Context,
): Promise<Buffer> {
  const { statsPlan } = await import('./stats-plan.ts');
  return statsPlan(plan, { name: image!, published: published!, json: options.json === true }, context);
}

/** A command line that makes no sense leaves a status too, and not the last run's. @throws StatusFileError */
export function reportRefusal(error: UsageError, { statusFile }: Call['options']): void {
  if (typeof statusFile === 'string') writeStatusFile(statusFile, statusOf({ image: null }, error));
}

async function decide(
  mode: JobMode,
  call: Call,
  environment: LauncherEnvironment,
  context: Context,
  decided: Decided,
): Promise<DryRun> {
  const { options } = call;
  const [typed, ...userArguments] = call.arguments;
  if (mode === 'exec' && userArguments.length === 0) throw new ExecWithoutCommandError();
  const notes: string[] = [];
  const say = speaker(options, context, note => notes.push(note));
  const configuration = loadConfiguration(context, settingsOf(options));
  const { settings } = configuration;
  for (const note of configuration.notes) say.warn(note);

  const image = await findJobImage(
    typed,
    { mode, settings, options, hasArguments: userArguments.length > 0, say },
    context,
  );
  const { name, published, facts } = image;
  Object.assign(decided, { image: name, published });
  const envPolicy = policyOf(configuration, Object.fromEntries(environment.given));
  if (envPolicy !== settings.envPolicy)
    say.detail('apptainer is told to clean the environment here: so does jcds (--env-policy keep does not)');
  const made = makeRequest(
    {
      mode,
      options,
      settings: { ...settings, envPolicy },
      userArguments,
      image: { path: published.target, kind: published.kind, facts, name },
      cvmfsRoot: image.root,
      environment: environment.given,
    },
    context,
  );
  for (const note of made.notes) say.detail(note);
  for (const warning of made.warnings) say.warn(warning);

  const chosen = await chooseRuntime(made.request, settings, context);
  const { runtime, host } = chosen;
  decided.runtime = runtime.name;
  if (chosen.note !== null) say.warn(chosen.note);
  const unread = unreadScripts(chosen);
  if (unread !== null) say.warn(unread);
  const request = await prepared(mode, chosen, userArguments[0], image, configuration, context);
  // The invocation works the environment out as well: this is only for those who read about it.
  if (options.verbose === true || options.dryRun === true)
    for (const variable of jobEnvironment(request).leftBehind)
      say.detail(`${variable} of the caller is not passed to the job`);
  const invocation = runtime.invocation(request, withMemory(host, published.target, context));
  if (invocation.files !== undefined) checkEngineFiles(invocation.files, context.uid);
  say.detail(`running ${published.target} with ${runtime.name} ${host.version}`);
  return {
    // No runtime starts where it cannot be.
    invocation: {
      ...invocation,
      ...(context.cwd === null ? { cwd: '/' } : {}),
    },
    userArguments,
    request,
    given: options.verbose === true ? null : made.given,
    reasons: made.reasons,
    image: { ...published, name },
    runtime: { name: runtime.name, version: host.version },
    configuration,
    notes,
  };
}

/** Scripts of the image's own that set variables, where the runtime runs none and jcds cannot read them. */
function unreadScripts({ request, runtime }: Chosen): string | null {
  if (runtime.root === undefined || scriptedEnvironment(request) !== null) return null;
  const names = request.image.facts!.environmentScripts.map(({ name }) => name).join(', ');
  return `the image sets variables by shell code (.singularity.d/env: ${safeText(names)}), which ${runtime.name} does not run: --runtime apptainer does`;
}

/** What is remembered of the image goes too where the start fails: it may be why. */
function withMemory(host: RuntimeHost, directory: string, context: Context): RuntimeHost {
  const file = memoryFile(directory, context);
  return file === null ? host : { ...host, memories: [...(host.memories ?? []), file] };
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

/** What only the chosen runtime and the command decide: listings for mount points, and whether the command is there. */
async function prepared(
  mode: JobMode,
  { runtime, request }: Chosen,
  firstArgument: string | undefined,
  { name, published }: JobImage,
  { settings }: Configuration,
  context: Context,
): Promise<RunRequest> {
  const look = { published, timeout: settings.cvmfsTimeout };
  const wanted =
    mode === 'shell' ? withShell(request, await findShell(request, SHELL, look, context), name) : request;
  const complete = await completeListings(wanted, runtime, look, context);
  await checkCommand(complete, complete.words[0] ?? firstArgument, name, look, context);
  return complete;
}

/** The caller's environment as the launcher got it; without a launcher (in a test), this process'. */
function callerEnvironment(context: Context): LauncherEnvironment {
  if (context.launcherPid !== null) return readLauncherEnvironment(context.launcherPid);
  const own = Object.entries(context.environment).map(([name, value]) => [name, value ?? ''] as const);
  return { given: own, passed: own };
}
