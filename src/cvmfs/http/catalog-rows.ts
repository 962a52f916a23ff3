import type { SqlValue } from 'sql.js';
import { type Entry, isUsableName, readEntry } from './entry.ts';
import type { ContentHash } from './hash.ts';
import { parseContentHash } from './hash.ts';
import { quoted } from './quoted.ts';

/** Another catalog that takes over at a directory of this one. */
export interface Mount {
  /** The directory's path in the repository: "" for the root, else "/a/b". */
  readonly mountpoint: string;
  readonly hash: ContentHash;
  /** Bytes of the catalog once inflated; null where an old server does not say. */
  readonly size: number | null;
}

/** Some entries of a directory, and where to go on (null at its end). */
export interface Page {
  readonly entries: Entry[];
  /** How many names were left out because no directory can hold them, and one of them, quoted. */
  readonly unusable: { readonly count: number; readonly example: string };
  readonly next: number | null;
}

/** One piece of a chunked file. */
export interface Chunk {
  readonly offset: number;
  readonly size: number;
  /** 20 bytes, by the algorithm of the file. */
  readonly hash: Uint8Array;
}

/** The columns that `entryOf` takes, in its order. */
export const ENTRY_COLUMNS = 'rowid, name, flags, size, mode, mtime, symlink, hash';

/** The entry of a row of `catalog`; null when a value is not of its type, or `readEntry` says so. */
export function entryOf([
  ,
  name,
  flags,
  size,
  mode,
  mtime,
  symlink,
  hash,
]: readonly SqlValue[]): Entry | null {
  if (typeof name !== 'string' || typeof flags !== 'number') return null;
  if (typeof size !== 'number' || typeof mode !== 'number' || typeof mtime !== 'number') return null;
  const link = typeof symlink === 'string' ? symlink : '';
  return readEntry({ name, flags, size, mode, mtime, link, hash: hash instanceof Uint8Array ? hash : null });
}

/** A page of at most `full` rows; null when one is malformed or the index runs in a circle, as in a damaged file. */
export function pageOf(rows: readonly (readonly SqlValue[])[], after: number, full: number): Page | null {
  const entries: Entry[] = [];
  const unusable = { count: 0, example: '' };
  let last = after;
  for (const row of rows) {
    const entry = entryOf(row);
    const [id] = row;
    if (!entry || typeof id !== 'number' || id <= last) return null;
    last = id;
    if (isUsableName(entry.name)) entries.push(entry);
    else if (unusable.count++ === 0) unusable.example = quoted(entry.name);
  }
  return { entries, unusable, next: rows.length === full ? last : null };
}

/** From the columns sha1, size of `nested_catalogs` and `bind_mountpoints`; null when it names no catalog. */
export function mountOf([sha1, size]: readonly SqlValue[], mountpoint: string): Mount | null {
  const hash = typeof sha1 === 'string' ? parseContentHash(sha1) : null;
  return hash && { mountpoint, hash, size: typeof size === 'number' && size > 0 ? size : null };
}

/** From the columns offset, size, hash of `chunks`. */
export function chunkOf([offset, size, hash]: readonly SqlValue[]): Chunk | null {
  if (typeof offset !== 'number' || typeof size !== 'number' || !(hash instanceof Uint8Array)) return null;
  return hash.length === 20 && offset >= 0 && size >= 0 ? { offset, size, hash } : null;
}
