import { lstatSync, readdirSync, readlinkSync, rmdirSync, unlinkSync } from 'node:fs';
import { holdNoLink, letGo } from './held-directory.ts';
import type { PlaceName } from './places.ts';
import { readLatin1 } from './read.ts';
import { errnoOf } from './refused-file.ts';

/** What stands at a path below a directory, one character a byte. */
export type TreeEntry =
  | { readonly kind: 'directory' }
  | { readonly kind: 'file'; readonly content: string }
  | { readonly kind: 'link'; readonly target: string };

const OTHERS = 0o022;

/**
 * Whether a directory of this user's holds exactly these entries: nothing else, no link in the place of a directory, and nothing
 * that others own or may write to. Paths are one character a byte; throws what the system says.
 * @param place by whose rules its files are read
 */
export function isOwnTree(
  root: string,
  entries: ReadonlyMap<string, TreeEntry>,
  { place, uid }: { readonly place: PlaceName; readonly uid: number },
): boolean {
  let found = 0;
  const isRight = (path: string): boolean => {
    const at = onDisk(`${root}${path}`);
    const entry = path === '' ? ({ kind: 'directory' } as const) : entries.get(path);
    const status = lstatSync(at);
    if (entry === undefined || status.uid !== uid) return false;
    if (path !== '') found += 1;
    if (entry.kind === 'link')
      return status.isSymbolicLink() && readlinkSync(at, 'latin1' as BufferEncoding) === entry.target;
    if ((status.mode & OTHERS) !== 0) return false;
    if (entry.kind === 'file')
      return (
        status.isFile() && status.size === entry.content.length && contentOf(at, place, uid) === entry.content
      );
    return status.isDirectory() && readdirSync(at, 'latin1').every(name => isRight(`${path}/${name}`));
  };
  return isRight('') && found === entries.size;
}

/** null: it cannot be read, or is not what it was. */
function contentOf(file: Buffer, place: PlaceName, uid: number): string | null {
  try {
    return readLatin1(place, file, uid);
  } catch {
    return null;
  }
}

/**
 * Removes a directory and all that is in it, or what else is there; what is not is no failure. Follows no link, also none that is put into the place of a
 * directory meanwhile. Throws RefusedFile for such a one, and what the system says.
 */
export function removeTree(root: string | Buffer): void {
  try {
    unlinkSync(root);
    return;
  } catch (thrown) {
    const errno = errnoOf(thrown);
    if (errno === 'ENOENT') return;
    if (errno !== IS_DIRECTORY) throw thrown;
  }
  const held = holdNoLink(root, String(root));
  try {
    for (const name of readdirSync(held.path, { encoding: 'buffer' }))
      removeTree(Buffer.concat([Buffer.from(`${held.path}/`), name]));
  } finally {
    letGo(held);
  }
  rmdirSync(root);
}

/** What unlink(2) says of one; POSIX has another word than Linux. */
const IS_DIRECTORY = process.platform === 'linux' ? 'EISDIR' : 'EPERM';

function onDisk(path: string): Buffer {
  return Buffer.from(path, 'latin1');
}
