import { closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs';
import { checkLinks } from './links.ts';
import { PLACES, type PlaceName, type ReadRules } from './places.ts';
import { RefusedFile } from './refused-file.ts';

const { O_RDONLY, O_NOCTTY, O_NOFOLLOW, O_NONBLOCK } = constants;
const PIECE = 64 * 1024;

/** What was read, and what the file was at that moment. */
export interface FileRead {
  readonly bytes: Buffer;
  readonly status: Stats;
}

/**
 * Reads a file by the rules of its place: never waits for a writer (a FIFO in its place), never reads a device, and never more
 * than its limit. @throws RefusedFile, and what the system says
 * @param uid whose an `own` file must be
 * @param length bytes that are wanted from its beginning; by default all
 */
export function readPlace(
  place: PlaceName,
  file: string | Buffer,
  uid = process.getuid?.() ?? -1,
  length = Number.POSITIVE_INFINITY,
): FileRead {
  const rules: ReadRules = PLACES[place];
  if (rules.trust === 'user') checkLinks(String(file), uid);
  const descriptor = openSync(file, flagsOf(rules, file));
  try {
    const status = fstatSync(descriptor);
    check(rules, status, String(file), uid);
    const bytes =
      length === Number.POSITIVE_INFINITY
        ? readAll(descriptor, status.size, rules.limit, String(file))
        : readPiece(descriptor, length);
    return { bytes, status };
  } finally {
    closeSync(descriptor);
  }
}

/** The first bytes of a file, by the same rules. */
export function readHead(place: PlaceName, file: string, length: number, uid?: number): Buffer {
  return readPlace(place, file, uid, length).bytes;
}

/** The same as text. */
export function readText(place: PlaceName, file: string | Buffer, uid?: number): string {
  return readPlace(place, file, uid).bytes.toString('utf8');
}

/** The same, one character a byte. */
export function readLatin1(place: PlaceName, file: string | Buffer, uid?: number): string {
  return readPlace(place, file, uid).bytes.toString('latin1');
}

/** The text of a file that need not be there: null for one that is not, in whatever way that shows. */
export function readTextIfThere(place: PlaceName, file: string | Buffer, uid?: number): string | null {
  try {
    return readText(place, file, uid);
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw thrown;
  }
}

/** To open a device or a pipe may already act on it or wait: what may be a link is looked at first. */
function flagsOf({ trust, mayBePipe }: ReadRules, file: string | Buffer): number {
  if (trust === 'own') return O_RDONLY | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW;
  const status = statSync(file);
  if (mayBePipe === true && status.isFIFO()) return O_RDONLY;
  if (!status.isFile()) throw new RefusedFile(String(file), 'no-file');
  return O_RDONLY | O_NOCTTY | O_NONBLOCK;
}

function check({ trust, limit, mayBePipe }: ReadRules, status: Stats, file: string, uid: number): void {
  if (!status.isFile() && !(mayBePipe === true && status.isFIFO())) throw new RefusedFile(file, 'no-file');
  if (status.size > limit) throw new RefusedFile(file, 'too-long');
  if (trust === 'anybody') return;
  const isRoots = trust === 'user' && status.uid === 0;
  if (status.uid !== uid && !isRoots) throw new RefusedFile(file, 'foreign');
  // A group of one's own may write where the umask is 002: that is usual for what people write by hand.
  if ((status.mode & (trust === 'own' ? 0o022 : 0o002)) !== 0) throw new RefusedFile(file, 'writable');
}

/** To its end: the kernel's own files say that they have no bytes, and others may grow meanwhile. */
function readAll(descriptor: number, size: number, limit: number, file: string): Buffer {
  const pieces: Buffer[] = [];
  let total = 0;
  for (;;) {
    const piece = Buffer.allocUnsafe(size > total ? size - total + 1 : PIECE);
    const read = readSync(descriptor, piece, 0, piece.length, null);
    total += read;
    if (total > limit) throw new RefusedFile(file, 'too-long');
    if (read > 0) pieces.push(piece.subarray(0, read));
    if (read === 0 || (size > 0 && total === size))
      return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
  }
}

function readPiece(descriptor: number, length: number): Buffer {
  const piece = Buffer.alloc(length);
  return piece.subarray(0, readSync(descriptor, piece));
}
