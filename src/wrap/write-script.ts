import { dirname } from 'node:path';
import { commandText } from '../command-text.ts';
import { JcdsError } from '../errors.ts';
import { fileTrouble } from '../files/refused-file.ts';
import { writeNamed } from '../files/write.ts';
import { toBytes } from '../launch/bytes.ts';
import { safeText } from '../output/safe-text.ts';

/** The script could not be written. */
export class ScriptNotWrittenError extends JcdsError {
  constructor(file: string, reason: string, cause: unknown) {
    super({
      code: 'SCRIPT_NOT_WRITTEN',
      message: `${safeText(file, 1000)} cannot be written (${reason})`,
      hint: reason === 'EEXIST' ? 'replace it with --force' : commandText('ls', '-ld', dirname(file)),
      cause,
    });
  }
}

/**
 * Writes a program. An existing file stays unless `force` says otherwise, and is then replaced at once, also while
 * somebody runs it. @throws ScriptNotWrittenError
 * @param mode 0o755, or 0o700 for what nobody else may read; the umask applies, unless `isExact`: what a pool starts is for
 * all its users, and no one but its owner may change it, whatever the umask of whoever installs it
 */
export function writeScript(
  file: string,
  text: Buffer,
  { force, mode, isExact = false }: { force: boolean; mode: number; isExact?: boolean },
): void {
  try {
    writeNamed(toBytes(file), text, { mode, isNew: !force, isExact });
  } catch (thrown) {
    const reason = fileTrouble(thrown);
    if (reason === null) throw thrown;
    throw new ScriptNotWrittenError(file, reason, thrown);
  }
}
