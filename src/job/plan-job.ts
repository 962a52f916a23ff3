import { readFileSync } from 'node:fs';
import type { Call, Outcome } from '../commands/command.ts';
import { settingsOf } from '../configuration/from-options.ts';
import { type Configuration, loadConfiguration } from '../configuration/load.ts';
import type { Context } from '../context.ts';
import { EXIT, isJcdsError, UsageError } from '../errors.ts';
import { type Entries, readLauncherEnvironment } from '../launch/launcher-environment.ts';
import type { Plan } from '../launch/plan.ts';
import { printNote } from '../output/console.ts';
import { jobEnvironment } from '../runtimes/environment.ts';
import { RUNTIME_NAMES } from '../runtimes/index.ts';
import { probeContext } from '../runtimes/probe-context.ts';
import { probeMemory } from '../runtimes/probe-memory.ts';
import type { RunRequest } from '../runtimes/runtime.ts';
import { checkSupported, type Selected, selectRuntime } from '../runtimes/select.ts';
import { checkCommand } from './check-command.ts';
import type { JobMode } from './command-words.ts';
import { completeListings } from './complete-listings.ts';
import { commandLine, type Explained, explainJson } from './dry-run.ts';
import { type FoundImage, findImage } from './find-image.ts';
import { type MadeRequest, makeRequest } from './request.ts';
import { type JobStatus, removeStatusFile, writeStatusFile } from './status-file.ts';

/**
 * `run`, `exec` and `shell`, from the command line to the plan that the launcher execs: find the image, make the
 * request, choose the runtime, make sure that the command is there. Decides everything, starts nothing.
 */
export async function planJob(mode: JobMode, call: Call, context: Context): Promise<Outcome> {
  const { options } = call;
  const statusFile = typeof options.statusFile === 'string' ? options.statusFile : null;
  if (statusFile !== null) removeStatusFile(statusFile);
  const status: { -readonly [key in keyof JobStatus]: JobStatus[key] } = {
    ...NOTHING_DECIDED,
    image: call.arguments[0] ?? '.',
  };
  try {
    const job = await decide(mode, call, context, status);
    if (options.dryRun === true) return showDryRun(job, call, context);
    if (statusFile !== null) writeStatusFile(statusFile, { ...status, outcome: 'starting' });
    return { kind: 'plan', plan: job.plan };
  } catch (thrown) {
    if (statusFile !== null && isJcdsError(thrown)) {
      const { code, message, hint, exitCode } = thrown;
      writeStatusFile(statusFile, {
        ...status,
        outcome: 'failed',
        exitCode: Math.max(exitCode, 75),
        error: { code, message, hint: hint ?? null },
      });
    }
    throw thrown;
  }
}

const NOTHING_DECIDED: JobStatus = {
  schemaVersion: 1,
  outcome: 'failed',
  image: '',
  repository: null,
  path: null,
  target: null,
  runtime: null,
  exitCode: null,
  error: null,
};

/** A job of which everything is decided. */
interface Job {
  readonly plan: Plan;
  readonly image: FoundImage;
  readonly made: MadeRequest;
  readonly selected: Selected;
}

async function decide(
  mode: JobMode,
  call: Call,
  context: Context,
  status: { -readonly [key in keyof JobStatus]: JobStatus[key] },
): Promise<Job> {
  const { options } = call;
  const [image, ...args] = call.arguments;
  if (mode === 'exec' && args.length === 0)
    throw new UsageError(
      'exec needs a command after the image',
      'jcds exec IMAGE COMMAND [ARGUMENT…], or jcds run IMAGE for its entrypoint',
    );
  const configuration = loadConfiguration(context, settingsOf(options));
  const say = speaker(options, context);
  for (const note of configuration.notes) say.warn(note);
  const found = findImage(
    image ?? configuration.settings.image ?? '',
    configuration.settings.cvmfsRoot ?? '/cvmfs',
  );
  Object.assign(status, {
    image: found.name,
    repository: found.repository,
    path: found.path,
    target: found.target,
  });
  const environment = callerEnvironment(context);
  const wishes = {
    mode,
    options,
    settings: configuration.settings,
    hasArguments: args.length > 0,
    cvmfsRoot: found.cvmfsRoot,
    environment,
  };
  const made = makeRequest(
    { ...wishes, image: { path: found.target, kind: found.kind, facts: found.facts, name: found.name } },
    context,
  );
  for (const note of made.notes) say.detail(note);
  const selected = await chooseRuntime(made.request, configuration, context);
  status.runtime = selected.runtime.name;
  const request = completeListings(made.request);
  checkCommand(request, request.words[0] ?? args[0], found.name);
  for (const name of jobEnvironment(request).leftBehind)
    say.detail(`${name} of the caller is not passed to the job`);
  say.detail(`running ${found.target} with ${selected.runtime.name} ${selected.host.version}`);
  const invocation = selected.runtime.invocation(request, selected.host);
  return {
    plan: { shift: call.ownWords, ...invocation },
    image: found,
    made: { ...made, request },
    selected,
  };
}

/** What is said beside the result: `warn` always but with -q, `detail` with -v. */
export interface Speaker {
  warn(text: string): void;
  detail(text: string): void;
}

function speaker(options: Readonly<Record<string, unknown>>, context: Context): Speaker {
  const say = (wanted: boolean) => (text: string) => {
    if (wanted) printNote(context, text);
  };
  return { warn: say(options.quiet !== true), detail: say(options.verbose === true) };
}

/** The caller's environment as the launcher got it; without a launcher (a dry run in a test), this process'. */
function callerEnvironment(context: Context): Entries {
  if (context.launcherPid !== null) return readLauncherEnvironment(context.launcherPid).given;
  return Object.entries(context.environment).map(([name, value]) => [name, value ?? '']);
}

/** Variables that batch systems set in every job. */
const BATCH_VARIABLES = ['_CONDOR_JOB_AD', 'SLURM_JOB_ID', 'PBS_JOBID'];

async function chooseRuntime(
  request: RunRequest,
  { settings }: Configuration,
  context: Context,
): Promise<Selected> {
  const isBatch = BATCH_VARIABLES.some(name => context.environment[name] !== undefined);
  const excluded = new Set(isBatch ? settings.batchExcludes : []);
  const order = (settings.runtimes.length > 0 ? settings.runtimes : RUNTIME_NAMES).filter(
    name => !excluded.has(name),
  );
  const cache =
    context.environment.XDG_CACHE_HOME?.startsWith('/') === true
      ? context.environment.XDG_CACHE_HOME
      : `${context.home}/.cache`;
  const selected = await selectRuntime(
    probeContext(context.environment, context.uid),
    probeMemory(`${cache}/jcds`, hostName()),
    order,
  );
  checkSupported(selected.runtime, request);
  return selected;
}

/** The kernel's name of this host; node:os takes milliseconds to load. */
function hostName(): string {
  try {
    return readFileSync('/proc/sys/kernel/hostname', 'utf8').trim();
  } catch {
    return 'unknown';
  }
}

function showDryRun(job: Job, call: Call, context: Context): Outcome {
  const explained: Explained = {
    invocation: job.plan,
    userArguments: call.arguments.slice(1),
    masked: call.options.verbose === true ? [] : job.made.secrets,
    request: job.made.request,
    image: job.image,
    runtime: { name: job.selected.runtime.name, version: job.selected.host.version },
  };
  context.stdout.write(`${call.options.json === true ? explainJson(explained) : commandLine(explained)}\n`);
  return { kind: 'exit', code: EXIT.ok };
}
