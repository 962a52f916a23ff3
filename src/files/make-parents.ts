import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { checkLinks, nearestDirectory } from './links.ts';
import { errnoOf, parentOf, RefusedFile } from './refused-file.ts';

/**
 * Makes a directory and those above it that are missing. Not mkdir's own recursion: where a directory answers ENOENT to mkdir (an
 * automounter's, /proc), Node 20's never ends. Nobody else may write there, whatever the umask,
 * which takes more away unless `isExact`. Throws what the system says.
 */
export function makeParents(directory: string, mode = 0o755, isExact = false): void {
  const there = nearestDirectory(directory);
  const missing: string[] = [];
  for (let at = directory; at !== there; at = parentOf(at)) missing.push(at);
  for (const path of missing.reverse()) {
    try {
      mkdirSync(path, { mode });
      if (isExact) chmodSync(path, mode);
    } catch (thrown) {
      if (errnoOf(thrown) !== 'EEXIST') throw thrown;
    }
  }
}

/** The same below directories of the user's: none is made in another's, nor where another's link leads. Throws RefusedFile too. */
export function makeUsersParents(directory: string, uid: number): void {
  checkLinks(directory, uid);
  const there = nearestDirectory(directory);
  if (there !== directory && statSync(there).uid !== uid) throw new RefusedFile(there, 'foreign');
  makeParents(directory);
}
