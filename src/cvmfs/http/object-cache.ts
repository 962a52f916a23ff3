import { lstat, lutimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readPlace } from '../../files/read.ts';
import { REAL_WRITING_CALLS, type WritingCalls } from '../../files/replace.ts';
import { evict } from './cache-eviction.ts';
import { type ContentHash, contentHash, isSameHash } from './hash.ts';
import { type ObjectSuffix, objectName } from './object-path.ts';
import { makePrivateDirectory, removeFromCache, writeInCache } from './private-directory.ts';

/**
 * Objects as they came over the network, by their hash, of all repositories of one user. Nothing in it is trusted:
 * whatever is read is hashed again. Any number of processes may use it at once.
 */
export interface ObjectCache {
  /** The directory, for what else is kept there. */
  readonly directory: string;
  readonly calls: WritingCalls;
  /** The stored bytes; null when they are not there, or were and did not match (then they are removed). */
  read(hash: ContentHash, suffix: ObjectSuffix): Promise<Uint8Array | null>;
  has(hash: ContentHash, suffix: ObjectSuffix): Promise<boolean>;
  /** Keeps bytes whose hash was checked already. Throws CacheWriteError. */
  write(hash: ContentHash, suffix: ObjectSuffix, bytes: Uint8Array): Promise<void>;
}

export interface CacheOptions {
  readonly directory: string;
  /** Bytes that it may hold; what was not used for longest goes first. */
  readonly limit?: number;
  readonly calls?: WritingCalls;
}

const OBJECTS = 'objects';
const DEFAULT_LIMIT = 1024 * 1024 * 1024;
/** The share of the limit that a process may write before it looks at the size of the whole again. */
const MEASURE_AFTER = 0.05;

/** Opens the cache in `directory`, making it where needed. Throws CacheDirectoryError and CacheWriteError. */
export async function openObjectCache(options: CacheOptions): Promise<ObjectCache> {
  const { directory, limit = DEFAULT_LIMIT, calls = REAL_WRITING_CALLS } = options;
  makePrivateDirectory(directory, calls);
  const nameOf = (hash: ContentHash, suffix: ObjectSuffix): string => join(OBJECTS, objectName(hash, suffix));
  const file = (hash: ContentHash, suffix: ObjectSuffix): string => join(directory, nameOf(hash, suffix));
  let unmeasured = limit;

  return {
    directory,
    calls,
    async read(hash, suffix) {
      const bytes = readObject(file(hash, suffix));
      if (bytes === null) return null;
      if (isSameHash(contentHash(hash.algorithm, bytes), hash)) {
        await touch(file(hash, suffix));
        return bytes;
      }
      const name = nameOf(hash, suffix);
      removeFromCache(directory, dirname(name).split('/'), [name.slice(dirname(name).length + 1)]);
      return null;
    },
    has: (hash, suffix) =>
      lstat(file(hash, suffix)).then(
        status => status.isFile(),
        () => false,
      ),
    async write(hash, suffix, bytes) {
      if (bytes.length > limit) return;
      writeInCache(directory, nameOf(hash, suffix), bytes, calls);
      unmeasured += bytes.length;
      if (unmeasured < limit * MEASURE_AFTER) return;
      unmeasured = 0;
      await evict(directory, OBJECTS, limit);
    },
  };
}

/** null: it is not there, or something else is in its place. */
function readObject(file: string): Buffer | null {
  try {
    return readPlace('http-object', file).bytes;
  } catch {
    return null;
  }
}

/** Marks an object as used now; a cache that cannot be written to still serves. */
async function touch(file: string): Promise<void> {
  const now = Date.now() / 1000;
  await lutimes(file, now, now).catch(() => undefined);
}
