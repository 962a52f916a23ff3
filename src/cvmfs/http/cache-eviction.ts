import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isAside, removeFromCache } from './private-directory.ts';

/** A file that is still being written is at most this old, in milliseconds; older ones were left by a killed process. */
const LONGEST_WRITE = 60 * 60 * 1000;
/** What is left after a clean-up, so that not every write needs one. */
const KEPT_SHARE = 0.8;

interface Kept {
  /** The directory's name below the objects, and the file's in it. */
  readonly room: string;
  readonly name: string;
  readonly size: number;
  readonly usedAt: number;
}

/**
 * Removes what was left half-written, and, when the objects take more than `limit` bytes, those not used for longest.
 * Other processes may do the same at the same time: a file that is gone already is no error.
 * @param objects the directory of the cache that holds them, in rooms
 */
export async function evict(directory: string, objects: string, limit: number): Promise<void> {
  const remove = ({ room, name }: Pick<Kept, 'room' | 'name'>): void =>
    removeFromCache(directory, [objects, room], [name]);
  const rooms = await names(join(directory, objects));
  const measured = await Promise.all(rooms.map(room => measure(join(directory, objects), room)));
  const isLeft = ({ name, usedAt }: Kept): boolean => isAside(name) && Date.now() - usedAt > LONGEST_WRITE;
  const found = measured.flat();
  for (const kept of found.filter(isLeft)) remove(kept);
  const kept = found.filter(({ name }) => !isAside(name));
  let total = kept.reduce((sum, { size }) => sum + size, 0);
  if (total <= limit) return;
  for (const one of kept.sort((a, b) => a.usedAt - b.usedAt)) {
    if (total <= limit * KEPT_SHARE) return;
    remove(one);
    total -= one.size;
  }
}

async function measure(objects: string, room: string): Promise<Kept[]> {
  const kept: Kept[] = [];
  for (const name of await names(join(objects, room))) {
    const found = await lstat(join(objects, room, name)).catch(() => null);
    if (found) kept.push({ room, name, size: found.size, usedAt: found.mtimeMs });
  }
  return kept;
}

function names(directory: string): Promise<string[]> {
  return readdir(directory).catch(() => []);
}
