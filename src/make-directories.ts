import { mkdirSync } from 'node:fs';

/**
 * Makes the last names of a path with mode 0700: those from the cache directory on, never a home that is not there.
 * Not mkdir's own recursion: where a directory answers ENOENT to mkdir (an automounter's, /proc), Node 20's never ends.
 * Throws like the file system.
 * @param levels how many names
 */
export function makeDirectories(directory: string, levels: number): void {
  const parts = directory.split('/');
  for (let missing = levels - 1; missing >= 0; missing--) {
    try {
      mkdirSync(parts.slice(0, parts.length - missing).join('/'), { mode: 0o700 });
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
    }
  }
}
