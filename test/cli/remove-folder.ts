import { rmSync } from 'node:fs';

/** Removes a folder in which a refresh of the names, left behind by a command, may still be writing. */
export function removeFolder(folder: string, attempts = 20): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ENOTEMPTY' || attempts === 0) throw thrown;
    removeFolder(folder, attempts - 1);
  }
}
