import { lstatSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { parentOf, RefusedFile } from './refused-file.ts';

/** The kernel's own bound (MAXSYMLINKS). */
const LINK_LIMIT = 40;

/**
 * Refuses a path with a link on its way, or at its end, that lies in a directory of somebody else's: it leads where that user
 * wants. Links in directories of this user's or root's are followed (a home may be one, and settings lie in repositories).
 * What is not there yet has none. Throws RefusedFile, and what the system says.
 */
export function checkLinks(path: string, uid: number): void {
  if (isFreeOfLinks(path)) return;
  let done = '';
  let todo = path.split('/').filter(name => name !== '');
  for (let links = 0; todo.length > 0 && links <= LINK_LIMIT; ) {
    const name = todo.shift()!;
    const at = `${done}/${name}`;
    if (lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink() !== true) {
      done = at;
      continue;
    }
    links += 1;
    const owner = statSync(done === '' ? '/' : done).uid;
    if (owner !== uid && owner !== 0) throw new RefusedFile(at, 'link');
    const target = readlinkSync(at);
    if (target.startsWith('/')) done = '';
    todo = [...target.split('/').filter(part => part !== ''), ...todo];
  }
}

function isFreeOfLinks(path: string): boolean {
  try {
    return realpathSync.native(path) === path;
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
