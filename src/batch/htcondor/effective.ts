import { basename, dirname } from 'node:path';
import { runChild } from '../../cvmfs/bounded-child.ts';
import { JcdsError } from '../../errors.ts';
import { safeText } from '../../output/safe-text.ts';
import type { CondorSetting } from './condor-tools.ts';

/** A value that HTCondor has in the end, and where it read it. */
export interface Effective {
  readonly value: string;
  /** A file, or HTCondor's own word for what is none. */
  readonly file: string;
}

/** HTCondor's configuration could not be asked. */
export class NoConfigurationError extends JcdsError {
  constructor(said: string) {
    super({
      code: 'NO_POOL_CONFIGURATION',
      message: `condor_config_val does not say what HTCondor has read: ${safeText(said.trim() || 'it said nothing', 300)}`,
      hint: 'mend the configuration; or write below a directory, where nothing is asked: --root DIRECTORY',
    });
  }
}

/** Milliseconds. It reads files of this host. */
const PATIENCE = 10_000;

/** Asks condor_config_val. null: this host has none. @throws NoConfigurationError */
async function ask(
  words: readonly string[],
  { environment }: CondorSetting,
): Promise<{ readonly code: number | null; readonly output: string } | null> {
  const ended = await runChild({
    file: 'condor_config_val',
    args: words,
    environment,
    timeout: PATIENCE,
    limit: 1 << 20,
  });
  if (ended.state === 'not-started') return null;
  if (ended.state === 'timeout') throw new NoConfigurationError('no answer in time');
  return ended;
}

/** What HTCondor has under a name: null where it has nothing. @throws NoConfigurationError */
export async function effectiveValue(name: string, context: CondorSetting): Promise<Effective | null> {
  const ended = await ask(['-v', name], context);
  if (ended === null || ended.code !== 0) return null;
  const value = new RegExp(`^${name} = (.*)$`, 'm').exec(ended.output)?.[1]?.trim() ?? '';
  const file = /^ # at: (.*?)(?:, line \d+.*)?$/m.exec(ended.output)?.[1] ?? '';
  return value === '' ? null : { value, file };
}

/** The files that HTCondor reads, in its order; null: there is no HTCondor on this host. @throws NoConfigurationError */
export async function configurationFiles(context: CondorSetting): Promise<readonly string[] | null> {
  const ended = await ask(['-config'], context);
  if (ended === null) return null;
  const files = ended.output.split('\n').flatMap(line => /^\t(\/.*)$/.exec(line)?.[1] ?? []);
  if (ended.code !== 0 || files.length === 0) throw new NoConfigurationError(ended.output);
  return files;
}

/** Those that it reads after a file which is there, or would be: in a directory it goes by names. */
export function readLater(files: readonly string[], own: string): readonly string[] {
  const at = files.indexOf(own);
  if (at >= 0) return files.slice(at + 1);
  const isBeside = (file: string) => dirname(file) === dirname(own);
  const last = files.findLastIndex(isBeside);
  return files.filter((file, index) => (isBeside(file) ? basename(file) > basename(own) : index > last));
}
