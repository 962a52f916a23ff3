import { type Stats, statSync } from 'node:fs';
import { errnoOf } from './refused-file.ts';

/** What is at a path; null where nothing is, as below a file. Throws what else the system says: what cannot be seen may be there. */
export function statusIfThere(path: string): Stats | null {
  try {
    return statSync(path);
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT' || errnoOf(thrown) === 'ENOTDIR') return null;
    throw thrown;
  }
}
