import type { Stats } from 'node:fs';
import { commandText } from '../command-text.ts';
import { JcdsError } from '../errors.ts';
import { readPlace } from '../files/read.ts';
import { fileTrouble, isRefusedFile } from '../files/refused-file.ts';
import { safeText } from '../output/safe-text.ts';
import { normaliseHost } from './token-variable.ts';

/** A token file that somebody else may read or has written. */
export class TokenFileUnsafeError extends JcdsError {
  constructor(file: string, reason: 'mode' | 'owner' | 'kind', mode: string) {
    const shown = safeText(file, 200);
    const why = {
      mode: `may be used by others (mode ${mode})`,
      owner: 'belongs to somebody else',
      kind: 'is no file',
    }[reason];
    super({
      code: 'TOKEN_FILE_UNSAFE',
      message: `the token file ${shown} ${why}, so it is not used`,
      hint:
        reason === 'mode'
          ? `${commandText('chmod', '600', file)}; if others could read it, make a new token`
          : commandText('ls', '-l', file),
    });
  }
}

/** A line of the token file that is no `HOST TOKEN`. */
export class TokenFileLineError extends JcdsError {
  constructor(file: string, line: number) {
    super({
      code: 'TOKEN_FILE_LINE',
      // The line itself may hold the token.
      message: `line ${line} of the token file ${safeText(file, 200)} is not "HOST TOKEN"`,
      hint: 'write the host, a blank and the token, each host on a line of its own',
    });
  }
}

/** A token file that is there and cannot be read. */
export class TokenFileUnreadableError extends JcdsError {
  constructor(file: string, code: string) {
    super({
      code: 'TOKEN_FILE_UNREADABLE',
      message: `the token file ${safeText(file, 200)} cannot be read (${safeText(code, 40)})`,
      hint: commandText('ls', '-l', file),
    });
  }
}

/**
 * The token for a host from a file of lines `HOST TOKEN`; `#` begins a comment line. null when there is no such file or line. The
 * file must belong to the user and be closed to everybody else. Throws the errors above.
 */
export async function readTokenFile(file: string, host: string, uid: number): Promise<string | null> {
  const text = readPrivate(file, uid);
  if (text === null) return null;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const words = line.trim().split(/\s+/);
    if (words[0] === '' || words[0]?.startsWith('#')) continue;
    if (words.length !== 2) throw new TokenFileLineError(file, index + 1);
    if (normaliseHost(words[0]!) === normaliseHost(host)) return words[1]!;
  }
  return null;
}

function readPrivate(file: string, uid: number): string | null {
  try {
    const { bytes, status } = readPlace('token-file', file);
    refuseUnsafe(file, status, uid);
    return bytes.toString('utf8');
  } catch (thrown) {
    if (isRefusedFile(thrown) && thrown.refusal === 'no-file')
      throw new TokenFileUnsafeError(file, 'kind', '');
    const reason = fileTrouble(thrown);
    if (reason === 'ENOENT' || reason === 'ENOTDIR') return null;
    if (reason === null) throw thrown;
    throw new TokenFileUnreadableError(file, reason);
  }
}

function refuseUnsafe(file: string, stats: Stats, uid: number): void {
  const mode = (stats.mode & 0o7777).toString(8).padStart(4, '0');
  if (stats.uid !== uid) throw new TokenFileUnsafeError(file, 'owner', mode);
  if ((stats.mode & 0o077) !== 0) throw new TokenFileUnsafeError(file, 'mode', mode);
}
