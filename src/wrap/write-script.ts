import { closeSync, constants, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { EXIT, JcdsError } from '../errors.ts';
import { safeText } from '../output/safe-text.ts';

/** The script could not be written. */
export class ScriptNotWrittenError extends JcdsError {
  constructor(file: string, cause: unknown) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    super({
      code: 'SCRIPT_NOT_WRITTEN',
      message: `${safeText(file)} cannot be written (${code})`,
      hint: code === 'EEXIST' ? 'replace it with --force' : `ls -ld ${safeText(dirname(file))}`,
      exitCode: EXIT.failed,
      cause,
    });
  }
}

/**
 * Writes a program. An existing file stays unless `force` says otherwise, and is then replaced at once, also while
 * somebody runs it. @throws ScriptNotWrittenError
 * @param mode 0o755, or 0o700 for what nobody else may read; the umask applies
 */
export function writeScript(
  file: string,
  text: Buffer,
  { force, mode }: { force: boolean; mode: number },
): void {
  const target = force ? `${file}.${process.pid}.new` : file;
  try {
    const descriptor = openSync(
      target,
      constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
      mode,
    );
    try {
      writeSync(descriptor, text);
    } catch (thrown) {
      rmSync(target, { force: true });
      throw thrown;
    } finally {
      closeSync(descriptor);
    }
    if (force) renameSync(target, file);
  } catch (thrown) {
    if (force) rmSync(target, { force: true });
    throw new ScriptNotWrittenError(file, thrown);
  }
}
