import type { Call, Outcome } from '../../call.ts';
import { settingsOf } from '../../configuration/from-options.ts';
import { loadConfiguration } from '../../configuration/load.ts';
import type { Settings } from '../../configuration/settings.ts';
import type { Context } from '../../context.ts';
import { judgeOrigin, RegistryMismatchError } from '../../cvmfs/origin.ts';
import { cvmfsRoot } from '../../cvmfs/root.ts';
import { EXIT, UsageError } from '../../errors.ts';
import { searchOf } from '../../job/locate.ts';
import { fromBytes } from '../../launch/bytes.ts';
import { speaker } from '../../output/console.ts';
import { RUNTIMES } from '../../runtimes/index.ts';
import type { RunRequest } from '../../runtimes/runtime.ts';
import { MADE_FROM, REPOSITORY_NAME, WANTED } from '../../wrap/failures.ts';
import { makeScriptOptions, type PlainOptions, requestOf } from '../../wrap/make-script-options.ts';
import { programFor } from '../../wrap/program.ts';
import { wrappableOf } from '../../wrap/runtimes.ts';
import type { RegistryCheck } from '../../wrap/script-options.ts';
import { writeScript } from '../../wrap/write-script.ts';
import { renderWrapper } from './wrapper-script.ts';

declare const JCDS_VERSION: string;

/** The attribute of jcds' own, and those of HTCondor that a pool's owner may let count. */
export const OTHER_ATTRIBUTES = ['SingularityImage', 'ContainerImage'] as const;
const SCRATCH = '_CONDOR_SCRATCH_DIR';

/**
 * `jcds condor wrapper`: a USER_JOB_WRAPPER that runs jobs in the image their ad names, without Node.js on the execute node.
 * What the job's environment says of CVMFS does not count: with `getenv` it is the submit host's.
 */
export async function writeWrapper(call: Call, context: Context): Promise<Outcome> {
  const { options } = call;
  const say = speaker(options, context);
  const { settings, notes } = loadConfiguration(context, settingsOf(options));
  for (const note of notes) say.warn(note);
  const attributes = ['JCDSImage', ...askedAttributes(options.attribute)];
  const plain = makeScriptOptions(options, settings, context, { name: '', facts: null });
  const program = await programFor({ settings: inBatch(settings), say, request: requestFor(plain) }, context);
  if (!RUNTIMES[program.name].passesSignals)
    say.warn(
      `under ${program.name} a job sees no SIGTERM of HTCondor: it is ended at once; Apptainer hands it on`,
    );
  const text = renderWrapper({
    title: [
      'USER_JOB_WRAPPER of HTCondor: runs jobs in the container image that their ad names, from CVMFS, without Node.js.',
      `Written by jcds ${JCDS_VERSION} (jcds condor wrapper); docs/htcondor.md of jcds explains it.`,
      `Attributes that name an image: ${attributes.join(', ')}. Every other job is left as it is.`,
    ],
    attributes,
    repositories: searchOf(settings, context).repositories,
    cvmfsRoot: cvmfsRoot({ configured: settings.cvmfsRoot, environment: {}, cwd: context.cwd }),
    cvmfsTimeout: settings.cvmfsTimeout,
    requested: {
      ...plain,
      homeless: { variable: SCRATCH },
      shown: [SCRATCH, '_CONDOR_CREDS'],
      program,
      isAuthored: true,
      registryCheck: registryCheck(settings),
    },
  });
  const { output } = options;
  if (typeof output === 'string')
    writeScript(output, text, { force: options.force === true, mode: 0o755, isExact: true });
  else context.stdout.write(fromBytes(text));
  return { kind: 'exit', code: EXIT.ok };
}

/** Without the runtimes that the site keeps out of batch jobs. @throws NotWrappableError, UnknownRuntimeError */
function inBatch(settings: Settings): Settings {
  const able = wrappableOf(settings.runtimes);
  const runtimes = able.filter(name => !settings.batchExcludes.includes(name));
  if (runtimes.length === 0)
    throw new UsageError(
      `batchExcludes of the configuration leaves no runtime that a script can start (${able.join(', ')})`,
      'jcds config get batchExcludes; or another one with --runtime',
    );
  return { ...settings, runtimes };
}

/** What every job asks of the runtime, whatever its image. */
function requestFor({
  policy,
  set,
  contain,
  writableTmpfs,
  gpu,
  runtimeArguments,
}: PlainOptions): RunRequest {
  const requested = {
    contain,
    writableTmpfs,
    runtimeArguments,
    gpu: gpu === 'auto' || gpu === 'none' ? null : gpu,
  };
  return { ...requestOf(null, policy, set), ...requested };
}

/** In the order in which they were asked for. @throws UsageError */
function askedAttributes(asked: unknown): readonly string[] {
  const names = Array.isArray(asked) ? [...new Set(asked.map(String))] : [];
  const unknown = names.find(name => !OTHER_ATTRIBUTES.some(known => known === name));
  if (unknown !== undefined)
    throw new UsageError(
      `--attribute ${JSON.stringify(unknown)} is none that HTCondor sets for an image`,
      `--attribute ${OTHER_ATTRIBUTES.join(' or --attribute ')}; JCDSImage counts in any case`,
    );
  return names;
}

/** The registry is the one that a job's name holds. */
function registryCheck({ anyRegistry }: Settings): RegistryCheck | null {
  if (anyRegistry) return null;
  const finding = judgeOrigin(
    {
      registry: WANTED,
      registryTyped: true,
      repository: REPOSITORY_NAME,
      tag: 'latest',
      tagTyped: false,
      digest: null,
    },
    { dropsRegistry: true, asSpelled: () => null },
    { bootstrap: 'docker', from: MADE_FROM },
  );
  return finding === null ? null : { registry: null, error: new RegistryMismatchError(finding) };
}
