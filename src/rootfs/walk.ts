import { errnoName } from '../files/refused-file.ts';

/**
 * Resolving a path as the kernel would, but below a root of our own: one component after the other, links read and
 * followed by a rule that is given. Nothing outside the root is ever touched, whatever the links say.
 */

/** The kernel's own bound (MAXSYMLINKS). */
const LINK_LIMIT = 40;

/** What a walk needs. Paths are lists of components below the root, free of links so far. */
export interface Walker {
  /** Text of the link at this place, or null when something else is there. Throws the system's error otherwise. */
  linkAt(path: readonly string[]): string | null;
  /** Where a link leads, as components below the root; may hold `.` and `..`, worked out as the walk goes on. */
  follow(path: readonly string[], target: string): readonly string[];
}

/** `denied`: a directory on the way may not be searched. Any other failure of the system is thrown. */
export type Walked =
  | { readonly state: 'found'; readonly path: readonly string[]; readonly links: number }
  /** Nothing is at `path`; with `links` above 0 a link led there. */
  | { readonly state: 'missing'; readonly path: readonly string[]; readonly links: number }
  | { readonly state: 'loop' | 'denied'; readonly path: readonly string[]; readonly links: number };

/** Follows a path to where it really ends. `..` at the root stays at the root. */
export function walk(walker: Walker, start: readonly string[]): Walked {
  const path: string[] = [];
  let todo = [...start];
  let links = 0;
  for (let name = todo.shift(); name !== undefined; name = todo.shift()) {
    if (name === '' || name === '.') continue;
    if (name === '..') {
      path.pop();
      continue;
    }
    const here = [...path, name];
    const read = readLink(walker, here);
    if (typeof read !== 'string' && read !== null) return { state: read.state, path: here, links };
    if (read === null) path.push(name);
    else if (++links > LINK_LIMIT) return { state: 'loop', path: here, links };
    else {
      todo = [...walker.follow(here, read), ...todo];
      path.length = 0;
    }
  }
  return { state: 'found', path, links };
}

function readLink(
  walker: Walker,
  path: readonly string[],
): string | null | { readonly state: 'missing' | 'denied' | 'loop' } {
  try {
    return walker.linkAt(path);
  } catch (thrown) {
    const code = errnoOf(thrown);
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return { state: 'missing' };
    if (code === 'EACCES') return { state: 'denied' };
    if (code === 'ELOOP') return { state: 'loop' };
    throw thrown;
  }
}

/** The name of a system error (`ENOENT`), or null for any other thrown value. */
export function errnoOf(thrown: unknown): string | null {
  const isSystems = thrown instanceof Error && typeof (thrown as NodeJS.ErrnoException).code === 'string';
  return isSystems ? errnoName(thrown) : null;
}
