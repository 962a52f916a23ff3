import { closeSync } from 'node:fs';
import { type HeldDirectory, holdNoLink, shownPlace } from './held-directory.ts';

/** Directories that stay open: most entries lie in one that was used a moment ago. */
const MOST_OPEN = 32;

/**
 * A tree of directories in which no link is followed, also none that is put into the place of a directory meanwhile: a program in a container that is
 * shown the tree has the same user, whom no mode keeps out. Paths are below the root, one character a byte.
 */
export interface HeldTree {
  /** By which name an entry can be made, opened or removed, until the next `settle`. Throws RefusedFile for a link on the way, and what the system says. */
  at(path: string): Buffer;
  /** A directory of it, by the same rules; '' is the root. */
  directory(path: string): HeldDirectory;
  /** Lets go of what was not used lately. */
  settle(): void;
  /** Lets go of a directory that is removed. */
  forget(path: string): void;
  close(): void;
}

/** @param root absolute, and no link */
export function heldTree(root: string | Buffer): HeldTree {
  const place = shownPlace(String(root));
  const open = new Map<string, HeldDirectory>([['', holdNoLink(root, place)]]);
  const above = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));
  const inside = (held: HeldDirectory, path: string): Buffer =>
    Buffer.concat([
      Buffer.from(`${held.path}/`),
      Buffer.from(path.slice(path.lastIndexOf('/') + 1), 'latin1'),
    ]);
  const shown = (path: string): string => `${place}/${Buffer.from(path, 'latin1')}`;

  /** From the nearest that is open: those on the way are not kept. */
  const walk = (path: string): HeldDirectory => {
    const way = [path];
    while (!open.has(way[0]!)) way.unshift(above(way[0]!));
    let held = open.get(way[0]!)!;
    for (const [index, step] of way.slice(1).entries()) {
      const next = holdNoLink(inside(held, step), shown(step));
      if (index > 0) closeSync(held.descriptor);
      held = next;
    }
    return held;
  };
  const directory = (path: string): HeldDirectory => {
    const held = walk(path);
    // The latest stands last.
    open.delete(path);
    open.set(path, held);
    return held;
  };
  const drop = (path: string): void => {
    closeSync(open.get(path)!.descriptor);
    open.delete(path);
  };
  return {
    directory,
    at: path => inside(directory(above(path)), path),
    settle() {
      for (const path of open.keys()) {
        if (open.size <= MOST_OPEN) return;
        if (path !== '') drop(path);
      }
    },
    forget(path) {
      for (const known of [...open.keys()]) if (known === path || known.startsWith(`${path}/`)) drop(known);
    },
    close() {
      for (const path of [...open.keys()]) drop(path);
    },
  };
}
