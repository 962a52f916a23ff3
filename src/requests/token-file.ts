import { constants, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { EXIT, isJcdsError, JcdsError } from '../errors.ts';
import { safeText } from '../output/safe-text.ts';
import { normaliseHost } from './token-variable.ts';

const SIZE_LIMIT = 65_536;

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
          ? `chmod 600 ${shown}; if others could read it, make a new token`
          : `ls -l ${shown}`,
      exitCode: EXIT.failed,
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
      exitCode: EXIT.usage,
    });
  }
}

/** A token file that is there and cannot be read. */
export class TokenFileUnreadableError extends JcdsError {
  constructor(file: string, code: string) {
    super({
      code: 'TOKEN_FILE_UNREADABLE',
      message: `the token file ${safeText(file, 200)} cannot be read (${safeText(code, 40)})`,
      hint: `ls -l ${safeText(file, 200)}`,
      exitCode: EXIT.failed,
    });
  }
}

/**
 * The token for a host from a file of lines `HOST TOKEN`; `#` begins a comment line. null when there is no such file or line. The
 * file must belong to the user and be closed to everybody else. Throws the errors above.
 */
export async function readTokenFile(file: string, host: string, uid: number): Promise<string | null> {
  const text = await readPrivate(file, uid);
  if (text === null) return null;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const words = line.trim().split(/\s+/);
    if (words[0] === '' || words[0]?.startsWith('#')) continue;
    if (words.length !== 2) throw new TokenFileLineError(file, index + 1);
    if (normaliseHost(words[0]!) === normaliseHost(host)) return words[1]!;
  }
  return null;
}

async function readPrivate(file: string, uid: number): Promise<string | null> {
  let handle: FileHandle | undefined;
  try {
    // Opened first and looked at then: what is read is what was checked. NONBLOCK: a FIFO must not hold jcds up.
    handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    refuseUnsafe(file, await handle.stat(), uid);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(SIZE_LIMIT), 0, SIZE_LIMIT, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code ?? '';
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    if (isJcdsError(thrown)) throw thrown;
    throw new TokenFileUnreadableError(file, code);
  } finally {
    await handle?.close();
  }
}

function refuseUnsafe(file: string, stats: Stats, uid: number): void {
  const mode = (stats.mode & 0o7777).toString(8).padStart(4, '0');
  if (!stats.isFile()) throw new TokenFileUnsafeError(file, 'kind', mode);
  if (stats.uid !== uid) throw new TokenFileUnsafeError(file, 'owner', mode);
  if ((stats.mode & 0o077) !== 0) throw new TokenFileUnsafeError(file, 'mode', mode);
}
