import { fstatSync, lstatSync, mkdirSync, readdirSync, rmdirSync } from 'node:fs';
import { cleaningUp } from './clean-up.ts';
import { type HeldDirectory, holdNoLink, judged, judgeOwn, letGo, withShownPath } from './held-directory.ts';
import { removeTree } from './own-tree.ts';
import { isGone } from './owner.ts';
import { RefusedFile } from './refused-file.ts';

const ALL_OTHERS = 0o077;

/**
 * Lets `use` work in a new directory of this user's alone, and removes it. It is held open, and everything in it is named by what is held: whoever
 * may rename it (in a directory that a group shares) leads nobody elsewhere, and nothing else is removed. Throws RefusedFile, what `use`
 * throws, and what the system says.
 */
export async function inOwnWorkplace<T>(
  above: HeldDirectory,
  name: string,
  uid: number,
  use: (workplace: HeldDirectory) => Promise<T>,
): Promise<T> {
  const path = `${above.path}/${name}`;
  mkdirSync(path, { mode: 0o700 });
  const held = holdNew(path, `${above.shown}/${name}`, uid);
  return cleaningUp(
    () => removeWorkplace(held, path),
    () => use(held).catch(thrown => Promise.reject(withShownPath(thrown))),
  );
}

/** What was made a moment ago; somebody who may rename it may have put something else in its place, an own directory of this user's too. */
function holdNew(path: string, shown: string, uid: number): HeldDirectory {
  const held = judged(holdNoLink(path, shown), ({ uid: owner, mode }) =>
    owner !== uid ? 'foreign' : (mode & ALL_OTHERS) !== 0 ? 'writable' : null,
  );
  if (readdirSync(held.path).length === 0) return held;
  letGo(held);
  throw new RefusedFile(shown, 'foreign');
}

/**
 * Removes the workplaces that processes which are gone have left: directories whose names begin so, and go on with an ownerName(). Only where nobody
 * else can have given such a name to something of this user's; what cannot be removed stays.
 */
export function sweepWorkplaces(above: HeldDirectory, prefix: string, uid: number, now: number): void {
  if (!isSafeFor(above, uid)) return;
  for (const name of namesIn(above).filter(found => found.startsWith(prefix))) {
    const path = `${above.path}/${name}`;
    try {
      if (!isGone(name.slice(prefix.length), lstatSync(path).mtimeMs, now)) continue;
      removeWorkplace(judgeOwn(holdNoLink(path, name), uid), path);
    } catch {
      // Another user's, or somebody was faster.
    }
  }
}

/** None of a directory that cannot be listed. */
function namesIn(held: HeldDirectory): string[] {
  try {
    return readdirSync(held.path);
  } catch {
    return [];
  }
}

/** Empties what is held and, where it still has its name, takes that away: by a call that removes nothing that has something in it. */
function removeWorkplace(held: HeldDirectory, path: string): void {
  for (const name of readdirSync(held.path)) removeTree(`${held.path}/${name}`);
  letGo(held);
  try {
    rmdirSync(path);
  } catch {
    // Somebody has moved it, and what has its name now is not ours.
  }
}

/** Whether nobody but this user and root can put something in the place of what this user has made in a directory. */
function isSafeFor(held: HeldDirectory, uid: number): boolean {
  const { uid: owner, mode } = fstatSync(held.descriptor);
  return [uid, 0].includes(owner) && ((mode & 0o022) === 0 || (mode & 0o1000) !== 0);
}
