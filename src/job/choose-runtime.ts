import { cacheDirectory } from '../cache-directory.ts';
import { isBatchJob } from '../configuration/batch-variables.ts';
import type { Settings } from '../configuration/settings.ts';
import type { Context } from '../context.ts';
import { isJcdsError } from '../errors.ts';
import { readText } from '../files/read.ts';
import { RUNTIMES } from '../runtimes/index.ts';
import { probeContext } from '../runtimes/probe-context.ts';
import { probeMemory } from '../runtimes/probe-memory.ts';
import type { RunRequest, Runtime } from '../runtimes/runtime.ts';
import { type Selected, selectRuntime } from '../runtimes/select.ts';

/** The runtime, and the request as it can carry it out. */
export interface Chosen extends Selected {
  readonly request: RunRequest;
  /** What had to be left out of the request. */
  readonly note: string | null;
}

/**
 * The first runtime of the configured order that can do what is requested and works here; one that a site keeps out of
 * batch is passed over in a batch job. A GPU that nobody asked for is left out where none can show it.
 * @throws UnknownRuntimeError, UnsupportedByRuntimeError, NoRuntimeError
 */
export async function chooseRuntime(
  request: RunRequest,
  settings: Pick<Settings, 'runtimes' | 'batchExcludes' | 'gpu'>,
  context: Pick<Context, 'environment' | 'home' | 'uid' | 'now'>,
  table: Readonly<Record<string, Runtime>> = RUNTIMES,
): Promise<Chosen> {
  const order = settings.runtimes.length > 0 ? settings.runtimes : Object.keys(table);
  const excluded = isBatchJob(context.environment) ? settings.batchExcludes : [];
  const cache = cacheDirectory(context);
  const memory = probeMemory({ base: cache, uid: context.uid }, hostName(), context.now);
  const search = probeContext(context.environment, context.uid, cache);
  try {
    return { request, note: null, ...(await selectRuntime(request, search, memory, order, table, excluded)) };
  } catch (thrown) {
    const isUnsupported = isJcdsError(thrown) && thrown.code === 'UNSUPPORTED_BY_RUNTIME';
    if (!isUnsupported || request.gpu === null || settings.gpu !== 'auto') throw thrown;
    const without = { ...request, gpu: null };
    const selected = await selectRuntime(without, search, memory, order, table, excluded);
    const note = `${selected.runtime.name} cannot show the ${request.gpu} GPU of this host inside: the job has none`;
    return { request: without, note, ...selected };
  }
}

/** The kernel's name of this host; node:os takes longer to load than this to read. */
function hostName(): string {
  try {
    return readText('system', '/proc/sys/kernel/hostname').trim();
  } catch {
    return 'unknown';
  }
}
