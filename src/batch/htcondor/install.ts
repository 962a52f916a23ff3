import { dirname, join } from 'node:path';
import { JcdsError } from '../../errors.ts';
import { makeParents } from '../../files/make-parents.ts';
import { fileTrouble } from '../../files/refused-file.ts';
import { safeText } from '../../output/safe-text.ts';
import { writeScript } from '../../wrap/write-script.ts';
import type { PoolFiles } from './configuration.ts';

/** A directory for what is installed cannot be made. */
export class NoDirectoryError extends JcdsError {
  constructor(directory: string, cause: unknown) {
    const code = fileTrouble(cause) ?? 'unknown error';
    super({
      code: 'NO_DIRECTORY',
      message: `${safeText(directory, 300)} cannot be made (${code})`,
      hint: 'as root, or into a directory of yours: jcds condor install --root DIRECTORY',
      cause,
    });
  }
}

/** What is installed. */
export interface PoolTexts {
  readonly machineAd: string;
  readonly configuration: string;
}

/**
 * Writes the files of a pool below a root, each at once and whole; the configuration last, so that it never names what is
 * not there. Answers what was written. @throws NoDirectoryError, ScriptNotWrittenError
 * @param writeWrapper writes the job wrapper to this file
 */
export async function installPool(
  root: string,
  files: PoolFiles,
  texts: PoolTexts,
  writeWrapper: (file: string) => Promise<unknown>,
): Promise<readonly string[]> {
  const [wrapper, machineAd, configuration] = [files.wrapper, files.machineAd, files.configuration].map(
    path => join(root, path),
  ) as [string, string, string];
  for (const directory of [dirname(wrapper), dirname(configuration)]) makeDirectory(directory);
  await writeWrapper(wrapper);
  writeScript(machineAd, Buffer.from(texts.machineAd), { force: true, mode: 0o755 });
  writeScript(configuration, Buffer.from(texts.configuration), { force: true, mode: 0o644 });
  return [wrapper, machineAd, configuration];
}

function makeDirectory(directory: string): void {
  try {
    makeParents(directory);
  } catch (thrown) {
    throw new NoDirectoryError(directory, thrown);
  }
}
