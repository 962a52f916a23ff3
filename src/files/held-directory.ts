import { closeSync, constants, fstatSync, openSync, readlinkSync, type Stats } from 'node:fs';
import { checkLinks } from './links.ts';
import { errnoOf, type Refusal, RefusedFile } from './refused-file.ts';

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;
const OTHERS = 0o022;

/** A directory that is held open: no link that is put in its way meanwhile, and no other name that it gets, leads a writer elsewhere. */
export interface HeldDirectory {
  readonly descriptor: number;
  /** By which files in it are named while it is open: by this process and, before it is another program, by its child. */
  readonly path: string;
  /** Its name for people. */
  readonly shown: string;
}

/** Holds what may be entered and not be listed (open(2)); Node has no name for it. The value is that of all processors that Node runs on. */
const O_PATH = process.platform === 'linux' ? 0o10000000 : 0;

/** Linux names an open directory in a way that no rename changes. Throws what the system says. */
export function hold(path: string | Buffer, shown = String(path), flags = 0): HeldDirectory {
  const descriptor = openSync(path, O_RDONLY | O_DIRECTORY | flags);
  return {
    descriptor,
    path: process.platform === 'linux' ? `/proc/self/fd/${descriptor}` : String(path),
    shown,
  };
}

/** The same for a name that must be no link. Throws RefusedFile, and what the system says. */
export function holdNoLink(path: string | Buffer, shown: string): HeldDirectory {
  try {
    return hold(path, shown, O_NOFOLLOW);
  } catch (thrown) {
    const errno = errnoOf(thrown);
    throw errno === 'ENOTDIR' || errno === 'ELOOP' ? new RefusedFile(shown, 'link') : thrown;
  }
}

/**
 * Holds a directory that the user has named, unless another user's link leads there; it need not be one that can be listed. Throws RefusedFile, and
 * what the system says.
 */
export function holdNamed(path: string, uid: number): HeldDirectory {
  checkLinks(path, uid);
  return hold(path, path, O_PATH);
}

/** Holds one that must be this user's, and closed to writing by others. */
export function holdNamedOwn(path: string, uid: number): HeldDirectory {
  checkLinks(path, uid);
  return judgeOwn(hold(path), uid);
}

/** Throws RefusedFile for a directory that is not this user's, or that others may write to, and lets go of it. */
export function judgeOwn(held: HeldDirectory, uid: number): HeldDirectory {
  return judged(held, ({ uid: owner, mode }) =>
    owner !== uid ? 'foreign' : (mode & OTHERS) !== 0 ? 'writable' : null,
  );
}

/** The same for what `judge` says of it. */
export function judged(held: HeldDirectory, judge: (status: Stats) => Refusal | null): HeldDirectory {
  const refusal = judge(fstatSync(held.descriptor));
  if (refusal === null) return held;
  letGo(held);
  throw new RefusedFile(held.shown, refusal);
}

export function letGo({ descriptor }: HeldDirectory): void {
  closeSync(descriptor);
}

/** The name for people of a place in a directory that is held open; of every other place, the place. */
export function shownPlace(path: string): string {
  const [, held, rest = ''] = /^(\/proc\/self\/fd\/[0-9]+)(.*)$/s.exec(path) ?? [];
  if (held === undefined) return path;
  try {
    return readlinkSync(held) + rest;
  } catch {
    return path;
  }
}

/** What the system says, with the name for people of what it speaks of. */
export function withShownPath(thrown: unknown): unknown {
  const failure = thrown as { path?: unknown };
  if (errnoOf(thrown) !== null && typeof failure.path === 'string') failure.path = shownPlace(failure.path);
  return thrown;
}
