import type { Settings } from '../configuration/settings.ts';
import type { Context } from '../context.ts';
import { isJcdsError } from '../errors.ts';
import { chooseRuntime } from '../job/choose-runtime.ts';
import type { Speaker } from '../output/console.ts';
import { complaint } from '../runtimes/complaint.ts';
import { RUNTIMES } from '../runtimes/index.ts';
import type { RunRequest } from '../runtimes/runtime.ts';
import { requestOf } from './make-script-options.ts';
import { INSTALL, type WrappableName, wrappableOf } from './runtimes.ts';
import type { Program } from './script-options.ts';

/**
 * Where the runtime is on this host; on another it is looked for.
 * @param request what it must be able to do, as far as that is known; by default a job that asks for nothing
 * @throws NotWrappableError, UnknownRuntimeError, UnsupportedByRuntimeError
 */
export async function programFor(
  { settings, say, request = requestOf(null, settings.envPolicy, []) }: Wanted,
  context: Context,
): Promise<Program> {
  const names = wrappableOf(settings.runtimes);
  try {
    const { runtime, host } = await chooseRuntime(request, { ...settings, runtimes: names }, context);
    const name = runtime.name as WrappableName;
    return { name, path: host.program, prefix: prefixOf(name, host.facts.isApptainer === false) };
  } catch (thrown) {
    if (!isJcdsError(thrown) || thrown.code !== 'NO_RUNTIME') throw thrown;
    const name = names.find(able => complaint(RUNTIMES[able], request) === null) ?? names[0]!;
    say.warn(`no runtime that a script can start works on this host; it will look for ${name} where it runs`);
    return { name, path: null, prefix: prefixOf(name, false) };
  }
}

interface Wanted {
  readonly settings: Settings;
  readonly say: Speaker;
  readonly request?: RunRequest;
}

function prefixOf(runtime: WrappableName, isSingularity: boolean): Program['prefix'] {
  if (!INSTALL[runtime].readsImages) return null;
  return isSingularity ? 'SINGULARITYENV_' : 'APPTAINERENV_';
}
