import { closeSync, constants, fstatSync, mkdirSync, openSync, type Stats } from 'node:fs';
import { errnoOf, parentOf, type Refusal, RefusedFile } from './refused-file.ts';

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;
const EVERYBODY = 0o002;
const OTHERS = 0o022;
const STICKY = 0o1000;

/** A directory that is held open: no link that is put in its way meanwhile leads a writer elsewhere. */
interface Held {
  readonly descriptor: number;
  /** By which files in it are named while it is open. */
  readonly path: string;
  /** Its name for people. */
  readonly shown: string;
}

/**
 * Lets `use` write into a directory of jcds' own, which is made with mode 0700 where it is missing. Every directory from `base`
 * down must be this user's, no link, and closed to writing by others; the one above `base` must be this user's or
 * root's, and such that nobody else can put something in the place of `base`. Links above `base` are followed (a home
 * may be one). Throws RefusedFile, and what the system says.
 * @param base jcds' own directory: `~/.cache/jcds`
 * @param names the directories below it
 */
export function inOwnDirectory<T>(
  { base, names, uid }: { readonly base: string; readonly names: readonly string[]; readonly uid: number },
  use: (path: string) => T,
): T {
  let held = holdParent(parentOf(base), uid);
  try {
    for (const name of [base.slice(base.lastIndexOf('/') + 1), ...names]) {
      const inner = holdOwn(held, name, uid);
      closeSync(held.descriptor);
      held = inner;
    }
    return use(held.path);
  } finally {
    closeSync(held.descriptor);
  }
}

/** The directory that holds jcds' own; made where it is missing, but never a home that is not there. */
function holdParent(path: string, uid: number): Held {
  const found = holdSafely(path, uid);
  if (found !== null) return found;
  const above = holdSafely(parentOf(path), uid);
  if (above === null) return hold(path, path, O_DIRECTORY);
  try {
    return holdOwn(above, path.slice(path.lastIndexOf('/') + 1), uid);
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

function holdOwn(above: Held, name: string, uid: number): Held {
  const path = `${above.path}/${name}`;
  const shown = `${above.shown === '/' ? '' : above.shown}/${name}`;
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (thrown) {
    if (errnoOf(thrown) !== 'EEXIST') throw thrown;
  }
  let held: Held;
  try {
    held = hold(path, shown, O_DIRECTORY | O_NOFOLLOW);
  } catch (thrown) {
    const isOther = ['ENOTDIR', 'ELOOP'].includes(errnoOf(thrown) ?? '');
    throw isOther ? new RefusedFile(shown, 'link') : thrown;
  }
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
