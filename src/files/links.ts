import { lstatSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { errnoOf, parentOf, RefusedFile } from './refused-file.ts';

/** The kernel's own bound (MAXSYMLINKS). */
const LINK_LIMIT = 40;

/**
 * Refuses a path with a link on its way, or at its end, that somebody else has laid, or that lies in a directory of theirs: it leads where that user
 * wants. Links in directories of this user's or root's are followed (a home may be one, and settings lie in repositories).
 * What is not there yet has none, nor has the working directory, from which a relative path goes. Throws RefusedFile, and what the system says.
 * @param path as bytes where its name may be no UTF-8
 */
export function checkLinks(path: string | Buffer, uid: number): void {
  if (isFreeOfLinks(path)) return;
  const whole = Buffer.from(path);
  let done = whole[0] === SLASH ? '' : '.';
  let todo = namesOf(whole);
  for (let links = 0; todo.length > 0 && links <= LINK_LIMIT; ) {
    const name = todo.shift()!;
    const at = `${done}/${name}`;
    if (!isLink(inBytes(at))) {
      done = at;
      continue;
    }
    links += 1;
    if (isLaidByOthers(at, done === '' ? '/' : done, uid))
      throw new RefusedFile(inBytes(at).toString('utf8'), 'link');
    const target = readlinkSync(inBytes(at), 'buffer');
    if (target[0] === SLASH) done = '';
    todo = [...namesOf(target), ...todo];
  }
}

/** What is not there is none, nor what would be in a file. */
function isLink(path: Buffer): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOTDIR') return false;
    throw thrown;
  }
}

const SLASH = 0x2f;

/** The names in a path, a character for each byte. */
function namesOf(path: Buffer): string[] {
  return path
    .toString('latin1')
    .split('/')
    .filter(name => name !== '');
}

function inBytes(path: string): Buffer {
  return Buffer.from(path, 'latin1');
}

/**
 * In a directory where everybody may make one (/tmp), a link is its owner's. In a user namespace that does not know root
 * (cvmfsexec, rootless engines), root's directories are those of whoever owns `/`, as are other users' links: those count as theirs.
 */
function isLaidByOthers(link: string, directory: string, uid: number): boolean {
  const { uid: owner, mode } = statSync(inBytes(directory));
  if (![uid, 0, statSync('/').uid].includes(owner)) return true;
  return (mode & 0o022) !== 0 && ![uid, 0].includes(lstatSync(inBytes(link)).uid);
}

function isFreeOfLinks(path: string | Buffer): boolean {
  try {
    return realpathSync.native(path, 'buffer').equals(Buffer.from(path));
  } catch {
    return false;
  }
}

/** The nearest directory at or above a path that is there. */
export function nearestDirectory(path: string): string {
  let at = path;
  while (statSync(at, { throwIfNoEntry: false }) === undefined) at = parentOf(at);
  return at;
}
