import { randomBytes } from 'node:crypto';
import { chmodSync, lstatSync, readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectories } from '../make-directories.ts';
import { type IndexContext, indexDirectory, NAMES_ENDING } from './index-age.ts';

/** The names of what else lies in the index's directory. */
export const SEARCHED = 'searched';
export const ATTEMPT = 'attempt';
const ASIDE = /\.[0-9]+-[0-9a-f]{12}\.aside$/;
const ABANDONED_AFTER = 60 * 60 * 1000;

/** A directory that is not this user's own, or no directory: nothing is written there. */
export class ForeignIndexDirectory extends Error {
  readonly code = 'EPERM';
}

/** Writes a file of the index aside and renames it, so that a reader or a second writer meets a whole one. */
export function writeIndexFile(context: IndexContext, name: string, text: string, changedAt: number): void {
  const directory = ownDirectory(context);
  removeAbandoned(directory, context.now());
  const file = join(directory, name);
  const aside = `${file}.${process.pid}-${randomBytes(6).toString('hex')}.aside`;
  try {
    writeFileSync(aside, text, { mode: 0o600, flag: 'wx' });
    utimesSync(aside, changedAt / 1000, changedAt / 1000);
    renameSync(aside, file);
  } catch (thrown) {
    rmSync(aside, { force: true });
    throw thrown;
  }
}

/** Notes that what a file of the index says is still so. */
export function touchIndexFile(context: IndexContext, name: string, changedAt: number): void {
  const directory = ownDirectory(context);
  removeAbandoned(directory, context.now());
  utimesSync(join(directory, name), changedAt / 1000, changedAt / 1000);
}

/** Removes the index, and nothing else that may lie in its directory. */
export function removeIndex(context: IndexContext): void {
  const directory = indexDirectory(context);
  for (const name of filesIn(directory))
    if (name.endsWith(NAMES_ENDING) || name === SEARCHED || name === ATTEMPT || ASIDE.test(name))
      rmSync(join(directory, name), { force: true });
}

/** Makes the directory with mode 0700, or takes rights of others away from it. Throws like the file system. */
function ownDirectory(context: IndexContext): string {
  const directory = indexDirectory(context);
  makeDirectories(directory, 3);
  const status = lstatSync(directory);
  if (!status.isDirectory() || status.uid !== context.uid) throw new ForeignIndexDirectory(directory);
  if ((status.mode & 0o077) !== 0) chmodSync(directory, 0o700);
  return directory;
}

/** What writers that were killed have left. */
function removeAbandoned(directory: string, now: number): void {
  for (const name of filesIn(directory)) {
    if (!ASIDE.test(name)) continue;
    const status = lstatSync(join(directory, name), { throwIfNoEntry: false });
    if (status !== undefined && now - status.mtimeMs > ABANDONED_AFTER)
      rmSync(join(directory, name), { force: true });
  }
}

function filesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
