import { lstatSync, lutimesSync, readdirSync, rmSync } from 'node:fs';
import { cacheDirectory } from '../cache-directory.ts';
import { ifOwnDirectory, inOwnDirectory, type OwnDirectory } from '../files/own-directory.ts';
import { fileTrouble } from '../files/refused-file.ts';
import { ASIDE } from '../files/replace.ts';
import { writeOwn } from '../files/write.ts';
import { type IndexContext, NAMES_ENDING } from './index-age.ts';

/** The names of what else lies in the index's directory. */
export const SEARCHED = 'searched';
export const ATTEMPT = 'attempt';
export const COPIES = 'copies';
const OTHERS: ReadonlySet<string> = new Set([SEARCHED, ATTEMPT, COPIES]);
const DIRECTORY = 'completion';
const ABANDONED_AFTER = 60 * 60 * 1000;

/**
 * Writes a file of the index aside and renames it, so that a reader or a second writer meets a whole one. Throws RefusedFile
 * and what the system says.
 */
export function writeIndexFile(context: IndexContext, name: string, text: string, changedAt: number): void {
  ifOwnDirectory(placeOf(context), directory => removeAbandoned(directory, context.now()));
  const own = { base: cacheDirectory(context), name: `${DIRECTORY}/${name}`, uid: context.uid };
  writeOwn(own, text, { changedAt });
}

/** Notes that what a file of the index says is still so. Throws as `writeIndexFile` does. */
export function touchIndexFile(context: IndexContext, name: string, changedAt: number): void {
  inOwnDirectory(placeOf(context), directory => {
    removeAbandoned(directory, context.now());
    lutimesSync(`${directory}/${name}`, changedAt / 1000, changedAt / 1000);
  });
}

/** Removes the index, and nothing else that may lie in its directory. Answers what went wrong, if anything did. */
export function removeIndex(context: IndexContext): string | null {
  try {
    ifOwnDirectory(placeOf(context), directory => {
      for (const name of readdirSync(directory))
        if (name.endsWith(NAMES_ENDING) || OTHERS.has(name) || name.startsWith(ASIDE))
          rmSync(`${directory}/${name}`, { force: true });
    });
    return null;
  } catch (thrown) {
    const reason = fileTrouble(thrown);
    if (reason === null) throw thrown;
    return reason;
  }
}

function placeOf(context: IndexContext): OwnDirectory {
  return { base: cacheDirectory(context), names: [DIRECTORY], uid: context.uid };
}

/** What writers that were killed have left. */
function removeAbandoned(directory: string, now: number): void {
  for (const name of readdirSync(directory)) {
    if (!name.startsWith(ASIDE)) continue;
    const status = lstatSync(`${directory}/${name}`, { throwIfNoEntry: false });
    if (status !== undefined && now - status.mtimeMs > ABANDONED_AFTER)
      rmSync(`${directory}/${name}`, { force: true });
  }
}
