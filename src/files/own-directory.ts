import { fchmodSync, fstatSync, mkdirSync } from 'node:fs';
import {
  type HeldDirectory,
  hold,
  holdNamedOwn,
  holdNoLink,
  judged,
  judgeOwn,
  letGo,
} from './held-directory.ts';
import { checkLinks } from './links.ts';
import { errnoOf, parentOf } from './refused-file.ts';

const EVERYBODY = 0o002;
const OTHERS = 0o022;
const ALL_OTHERS = 0o077;
const STICKY = 0o1000;

/** Directories of jcds' own. */
export interface OwnDirectory {
  /** jcds' own directory: `~/.cache/jcds`. */
  readonly base: string;
  /** The directories below it. */
  readonly names: readonly string[];
  readonly uid: number;
  /** The user has named `base`: it is there, may be a link of the user's or root's, and what is above it is the user's affair. */
  readonly isNamed?: boolean;
}

/**
 * Lets `use` write into a directory of jcds' own, which is made with mode 0700 where it is missing. Every directory from `base`
 * down must be this user's, no link, and closed to writing by others; the one above `base` must be this user's or
 * root's, and such that nobody else can put something in the place of `base`. Links above `base` are followed (a home
 * may be one) unless another user has laid them. Throws RefusedFile, and what the system says.
 */
export function inOwnDirectory<T>(directory: OwnDirectory, use: (path: string) => T): T {
  return within(directory, true, use);
}

/** The same for a directory that may be there: null where it is not. What is removed is removed by this too. */
export function ifOwnDirectory<T>(directory: OwnDirectory, use: (path: string) => T): T | null {
  try {
    return within(directory, false, use);
  } catch (thrown) {
    if (thrown instanceof Absent) return null;
    throw thrown;
  }
}

class Absent extends Error {}

function within<T>(
  { base, names, uid, isNamed = false }: OwnDirectory,
  isMade: boolean,
  use: (path: string) => T,
): T {
  let held = isNamed ? holdNamedOwn(base, uid) : holdParent(parentOf(base), uid, isMade);
  try {
    const own = isNamed ? [] : [base.slice(base.lastIndexOf('/') + 1)];
    for (const [index, name] of [...own, ...names].entries()) {
      const inner = holdOwn(held, name, uid, isMade);
      if (index >= own.length) closeToOthers(inner);
      letGo(held);
      held = inner;
    }
    return use(held.path);
  } finally {
    letGo(held);
  }
}

/** The directory that holds jcds' own; made where it is missing, but never a home that is not there. */
function holdParent(path: string, uid: number, isMade: boolean): HeldDirectory {
  checkLinks(path, uid);
  const found = holdSafely(path, uid);
  if (found !== null) return found;
  if (!isMade) throw new Absent();
  const above = holdSafely(parentOf(path), uid);
  if (above === null) return hold(path);
  try {
    return holdOwn(above, path.slice(path.lastIndexOf('/') + 1), uid, true);
  } finally {
    letGo(above);
  }
}

/** null: there is no such directory. */
function holdSafely(path: string, uid: number): HeldDirectory | null {
  let held: HeldDirectory;
  try {
    held = hold(path);
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT') return null;
    throw thrown;
  }
  return judged(held, ({ uid: owner, mode }) => {
    const isSticky = (mode & STICKY) !== 0;
    const isSafe = isSticky || (mode & (owner === uid ? EVERYBODY : OTHERS)) === 0;
    if (owner !== uid && owner !== 0) return 'foreign';
    return isSafe ? null : 'writable';
  });
}

function holdOwn(above: HeldDirectory, name: string, uid: number, isMade: boolean): HeldDirectory {
  const path = `${above.path}/${name}`;
  const shown = `${above.shown === '/' ? '' : above.shown}/${name}`;
  if (isMade) make(path);
  try {
    return judgeOwn(holdNoLink(path, shown), uid);
  } catch (thrown) {
    throw errnoOf(thrown) === 'ENOENT' && !isMade ? new Absent() : thrown;
  }
}

/** What is below jcds' own directory is nobody else's to read. By its descriptor: no link leads this elsewhere. */
function closeToOthers({ descriptor }: HeldDirectory): void {
  if ((fstatSync(descriptor).mode & ALL_OTHERS) !== 0) fchmodSync(descriptor, 0o700);
}

function make(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (thrown) {
    if (errnoOf(thrown) !== 'EEXIST') throw thrown;
  }
}
