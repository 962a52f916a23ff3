import { readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { isAside } from './private-directory.ts';

/** A file that is still being written is at most this old, in milliseconds; older ones were left by a killed process. */
const LONGEST_WRITE = 60 * 60 * 1000;
/** What is left after a clean-up, so that not every write needs one. */
const KEPT_SHARE = 0.8;

interface Kept {
  readonly file: string;
  readonly size: number;
  readonly usedAt: number;
}

/**
 * Removes what was left half-written, and, when the objects take more than `limit` bytes, those not used for longest.
 * Other processes may do the same at the same time: a file that is gone already is no error.
 */
export async function evict(objects: string, limit: number): Promise<void> {
  const kept = (await Promise.all((await names(objects)).map(name => measure(join(objects, name))))).flat();
  let total = kept.reduce((sum, { size }) => sum + size, 0);
  if (total <= limit) return;
  for (const { file, size } of kept.sort((one, other) => one.usedAt - other.usedAt)) {
    if (total <= limit * KEPT_SHARE) return;
    await unlink(file).catch(() => undefined);
    total -= size;
  }
}

async function measure(directory: string): Promise<Kept[]> {
  const kept: Kept[] = [];
  for (const name of await names(directory)) {
    const file = join(directory, name);
    const found = await stat(file).catch(() => null);
    if (!found) continue;
    if (!isAside(name)) kept.push({ file, size: found.size, usedAt: found.mtimeMs });
    else if (Date.now() - found.mtimeMs > LONGEST_WRITE) await unlink(file).catch(() => undefined);
  }
  return kept;
}

function names(directory: string): Promise<string[]> {
  return readdir(directory).catch(() => []);
}
