import { randomUUID } from 'node:crypto';
import { unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { isJcdsError, JcdsError } from '../../errors.ts';
import { makeParents } from '../../files/make-parents.ts';
import { ifOwnDirectory, inOwnDirectory, type OwnDirectory } from '../../files/own-directory.ts';
import { readText } from '../../files/read.ts';
import { errnoOf, fileTrouble } from '../../files/refused-file.ts';
import { ASIDE, type WritingCalls } from '../../files/replace.ts';
import { writeOwn } from '../../files/write.ts';

const TRY = '.try-';

/** A directory of the cache, for `inOwnDirectory`. */
function within(directory: string, names: readonly string[]): OwnDirectory {
  return { base: directory, names, uid: process.getuid?.() ?? -1, isNamed: true };
}

/**
 * Makes `directory` for this user alone (0700) and tries out what the cache rests on: that a rename replaces a file in
 * one step. Throws CacheDirectoryError and CacheWriteError.
 */
export function makePrivateDirectory(directory: string, calls: WritingCalls): void {
  try {
    makeParents(directory, 0o700);
    inOwnDirectory(within(directory, []), held => tryRename(directory, held, calls));
  } catch (error) {
    throw isJcdsError(error) ? error : new CacheDirectoryError(directory, reason(error), error);
  }
}

function tryRename(directory: string, held: string, calls: WritingCalls): void {
  const [one, other] = [join(held, `${TRY}${randomUUID()}`), join(held, `${TRY}${randomUUID()}`)];
  try {
    calls.create(one, 'new', { mode: 0o600 });
    calls.create(other, 'old', { mode: 0o600 });
    calls.rename(one, other);
    if (readText('http-object', other) !== 'new') throw new Error('the old file is still there');
  } catch (error) {
    throw isFull(error)
      ? new CacheWriteError(directory, error)
      : new CacheDirectoryError(directory, 'its file system cannot replace a file in one step', error);
  } finally {
    for (const file of [one, other]) unlinkQuietly(file);
  }
}

/** Writes a file below the cache aside and renames it into place: readers see all of it or nothing. Throws CacheWriteError. */
export function writeInCache(
  directory: string,
  name: string,
  bytes: Uint8Array | string,
  calls: WritingCalls,
): void {
  const { base, uid } = within(directory, []);
  try {
    writeOwn({ base, name, uid, isNamed: true }, bytes, { calls });
  } catch (error) {
    throw new CacheWriteError(join(directory, name), error);
  }
}

/** Removes files of one directory of the cache; no link on the way leads elsewhere. Whatever goes wrong is of no consequence. */
export function removeFromCache(directory: string, names: readonly string[], files: readonly string[]): void {
  try {
    ifOwnDirectory(within(directory, names), held => {
      for (const file of files) unlinkQuietly(join(held, file));
    });
  } catch {
    // A directory that is not ours any more.
  }
}

/** Whether a name is that of a file that was being written. */
export function isAside(name: string): boolean {
  return name.startsWith(ASIDE) || name.startsWith(TRY);
}

function unlinkQuietly(file: string): void {
  try {
    unlinkSync(file);
  } catch {
    // Gone already.
  }
}

function isFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(errnoOf(error) ?? '');
}

function reason(error: unknown): string {
  return fileTrouble(error) ?? (error as NodeJS.ErrnoException).code ?? String(error);
}

/** A directory that cannot serve as cache. */
export class CacheDirectoryError extends JcdsError {
  constructor(directory: string, why: string, cause?: unknown) {
    super({
      code: 'CACHE_DIRECTORY_UNUSABLE',
      message: `the cache directory ${directory} cannot be used: ${why}`,
      hint: 'name another directory, on a local disk, with --cache-dir DIR',
      cause,
    });
  }
}

/** Something could not be kept for later; what was asked is answered all the same. */
export class CacheWriteError extends JcdsError {
  constructor(file: string, cause: unknown) {
    super({
      code: 'CACHE_NOT_WRITTEN',
      message: `${file} cannot be written to the cache: ${reason(cause)}`,
      hint: 'make room there, or name another directory with --cache-dir DIR',
      cause,
    });
  }
}
