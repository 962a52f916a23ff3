import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDirectory } from '../cache-directory.ts';
import type { Context } from '../context.ts';
import { readHead } from '../files/read.ts';
import { MAGIC, VERSION } from './index-format.ts';

/** What of the context the index needs. */
export type IndexContext = Pick<Context, 'environment' | 'home' | 'uid' | 'now'>;

/** The ending of the files with names. */
export const NAMES_ENDING = '.names';
/** A list that was kept so short a time ago, with as many names, is not kept again. */
const YOUNG = 10 * 60 * 1000;
const HEADER = new RegExp(`^${MAGIC} ${VERSION} [0-9]{1,7} ([0-9]{1,7}) ([0-9]{1,7})(?: [a-z]+)?\\n`);

/** Where the index is. */
export function indexDirectory(context: Pick<Context, 'environment' | 'home'>): string {
  return join(cacheDirectory(context), 'completion');
}

/** When a file of the index was written, in milliseconds since 1970; 0: it is not there, or nothing can be seen there. */
export function changedAt(context: IndexContext, name: string): number {
  try {
    const status = lstatSync(join(indexDirectory(context), name), { throwIfNoEntry: false });
    return status?.isFile() === true ? status.mtimeMs : 0;
  } catch {
    return 0;
  }
}

/**
 * Whether another list has just kept that many names of a repository. `list` in a loop asks this before it loads the rest of
 * the index, which takes longer than many a listing.
 */
export function isJustKept(context: IndexContext, repository: string, names: number): boolean {
  try {
    const file = `${repository}${NAMES_ENDING}`;
    const age = context.now() - changedAt(context, file);
    return age >= 0 && age < YOUNG && countIn(join(indexDirectory(context), file), context.uid) === names;
  } catch {
    return false;
  }
}

/** How many names an index says that it holds; null: it is none. Throws what readHead does. */
function countIn(file: string, uid: number): number | null {
  const header = HEADER.exec(readHead('name-index', file, 80, uid).toString('latin1'));
  return header === null ? null : Number(header[2]) - Number(header[1]);
}
