import { closeSync, constants, fchmodSync, fstatSync, mkdirSync, openSync, type Stats } from 'node:fs';
import { checkLinks } from './links.ts';
import { errnoOf, parentOf, type Refusal, RefusedFile } from './refused-file.ts';

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;
const EVERYBODY = 0o002;
const OTHERS = 0o022;
const ALL_OTHERS = 0o077;
const STICKY = 0o1000;

/** A directory that is held open: no link that is put in its way meanwhile leads a writer elsewhere. */
interface Held {
  readonly descriptor: number;
  /** By which files in it are named while it is open. */
  readonly path: string;
  /** Its name for people. */
  readonly shown: string;
}

/** Directories of jcds' own. */
export interface OwnDirectory {
  /** jcds' own directory: `~/.cache/jcds`. */
  readonly base: string;
  /** The directories below it. */
  readonly names: readonly string[];
  readonly uid: number;
  /** The user has named `base`: it is there, may be a link, and what is above it is the user's affair. */
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
  let held = isNamed ? judgeOwn(hold(base, base, O_DIRECTORY), uid) : holdParent(parentOf(base), uid, isMade);
  try {
    const own = isNamed ? [] : [base.slice(base.lastIndexOf('/') + 1)];
    for (const [index, name] of [...own, ...names].entries()) {
      const inner = holdOwn(held, name, uid, isMade);
      if (index >= own.length) closeToOthers(inner);
      closeSync(held.descriptor);
      held = inner;
    }
    return use(held.path);
  } finally {
    closeSync(held.descriptor);
  }
}

/** The directory that holds jcds' own; made where it is missing, but never a home that is not there. */
function holdParent(path: string, uid: number, isMade: boolean): Held {
  checkLinks(path, uid);
  const found = holdSafely(path, uid);
  if (found !== null) return found;
  if (!isMade) throw new Absent();
  const above = holdSafely(parentOf(path), uid);
  if (above === null) return hold(path, path, O_DIRECTORY);
  try {
    return holdOwn(above, path.slice(path.lastIndexOf('/') + 1), uid, true);
  } finally {
    closeSync(above.descriptor);
  }
}

/** null: there is no such directory. */
function holdSafely(path: string, uid: number): Held | null {
  let held: Held;
  try {
    held = hold(path, path, O_DIRECTORY);
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

function holdOwn(above: Held, name: string, uid: number, isMade: boolean): Held {
  const path = `${above.path}/${name}`;
  const shown = `${above.shown === '/' ? '' : above.shown}/${name}`;
  if (isMade) make(path);
  let held: Held;
  try {
    held = hold(path, shown, O_DIRECTORY | O_NOFOLLOW);
  } catch (thrown) {
    const errno = errnoOf(thrown);
    if (errno === 'ENOENT' && !isMade) throw new Absent();
    throw errno === 'ENOTDIR' || errno === 'ELOOP' ? new RefusedFile(shown, 'link') : thrown;
  }
  return judgeOwn(held, uid);
}

/** What is below jcds' own directory is nobody else's to read. By its descriptor: no link leads this elsewhere. */
function closeToOthers({ descriptor }: Held): void {
  if ((fstatSync(descriptor).mode & ALL_OTHERS) !== 0) fchmodSync(descriptor, 0o700);
}

function make(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (thrown) {
    if (errnoOf(thrown) !== 'EEXIST') throw thrown;
  }
}

function judgeOwn(held: Held, uid: number): Held {
  return judged(held, ({ uid: owner, mode }) =>
    owner !== uid ? 'foreign' : (mode & OTHERS) !== 0 ? 'writable' : null,
  );
}

function judged(held: Held, judge: (status: Stats) => Refusal | null): Held {
  const refusal = judge(fstatSync(held.descriptor));
  if (refusal === null) return held;
  closeSync(held.descriptor);
  throw new RefusedFile(held.shown, refusal);
}

/** Linux names an open directory in a way that no rename changes. */
function hold(path: string, shown: string, flags: number): Held {
  const descriptor = openSync(path, O_RDONLY | flags);
  return {
    descriptor,
    path: process.platform === 'linux' ? `/proc/self/fd/${descriptor}` : path,
    shown,
  };
}
