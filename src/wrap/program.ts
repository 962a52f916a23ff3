import type { Settings } from '../configuration/settings.ts';
import type { Context } from '../context.ts';
import { isJcdsError } from '../errors.ts';
import { chooseRuntime } from '../job/choose-runtime.ts';
import type { Speaker } from '../output/console.ts';
import { requestOf } from './make-wishes.ts';
import { wrappableOf } from './runtimes.ts';
import type { Program } from './wishes.ts';

/** Where the runtime is on this host; on another it is looked for. @throws NotWrappableError, UnknownRuntimeError */
export async function programFor(
  { settings, say }: { settings: Settings; say: Speaker },
  context: Context,
): Promise<Program> {
  const names = wrappableOf(settings.runtimes);
  try {
    // Those that a script can start run every kind of image and can do whatever a job asks for.
    const { runtime, host } = await chooseRuntime(
      requestOf(null, settings.envPolicy, []),
      { ...settings, runtimes: names },
      context,
    );
    return {
      name: runtime.name as Program['name'],
      path: host.program,
      prefix: host.facts.isApptainer === false ? 'SINGULARITYENV_' : 'APPTAINERENV_',
    };
  } catch (thrown) {
    if (!isJcdsError(thrown) || thrown.code !== 'NO_RUNTIME') throw thrown;
    say.warn(
      `no runtime that a script can start works on this host; it will look for ${names[0]} where it runs`,
    );
    return { name: names[0]!, path: null, prefix: 'APPTAINERENV_' };
  }
}
