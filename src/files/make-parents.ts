import { mkdirSync, statSync } from 'node:fs';
import { errnoOf, parentOf } from './refused-file.ts';

/**
 * Makes a directory and those above it that are missing. Not mkdir's own recursion: where a directory answers ENOENT to mkdir (an
 * automounter's, /proc), Node 20's never ends. Throws what the system says.
 */
export function makeParents(directory: string, mode = 0o777): void {
  const missing: string[] = [];
  for (let at = directory; statSync(at, { throwIfNoEntry: false }) === undefined; at = parentOf(at))
    missing.push(at);
  for (const path of missing.reverse()) {
    try {
      mkdirSync(path, { mode });
    } catch (thrown) {
      if (errnoOf(thrown) !== 'EEXIST') throw thrown;
    }
  }
}
