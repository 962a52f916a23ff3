import { readFileSync } from 'node:fs';
import type { Settings } from '../configuration/settings.ts';
import type { Context } from '../context.ts';
import { RUNTIME_NAMES } from '../runtimes/index.ts';
import { probeContext } from '../runtimes/probe-context.ts';
import { probeMemory } from '../runtimes/probe-memory.ts';
import type { RunRequest } from '../runtimes/runtime.ts';
import { type Selected, selectRuntime } from '../runtimes/select.ts';

/** Variables that batch systems set in every job. */
const BATCH_VARIABLES = ['_CONDOR_JOB_AD', 'SLURM_JOB_ID', 'PBS_JOBID', 'LSB_JOBID'];

/**
 * The first runtime of the configured order that can do what is requested and works here; one that a site keeps out of
 * batch is passed over in a batch job. @throws UnknownRuntimeError, UnsupportedByRuntimeError, NoRuntimeError
 */
export async function chooseRuntime(
  request: RunRequest,
  settings: Settings,
  context: Context,
): Promise<Selected> {
  const isBatch = BATCH_VARIABLES.some(name => context.environment[name] !== undefined);
  const excluded = new Set(isBatch ? settings.batchExcludes : []);
  const configured = settings.runtimes.length > 0 ? settings.runtimes : RUNTIME_NAMES;
  const order = configured.filter(name => !excluded.has(name));
  const memory = probeMemory(`${cacheDirectory(context)}/jcds`, hostName());
  return selectRuntime(request, probeContext(context.environment, context.uid), memory, order);
}

function cacheDirectory({ environment, home }: Context): string {
  const base = environment.XDG_CACHE_HOME;
  return base?.startsWith('/') === true ? base : `${home}/.cache`;
}

/** The kernel's name of this host; node:os takes longer to load than this to read. */
function hostName(): string {
  try {
    return readFileSync('/proc/sys/kernel/hostname', 'utf8').trim();
  } catch {
    return 'unknown';
  }
}
