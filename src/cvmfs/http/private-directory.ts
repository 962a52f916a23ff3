import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EXIT, isJcdsError, JcdsError } from '../../errors.ts';

/** The calls that write; injectable, since no test can fill a real disk everywhere. */
export interface WritingCalls {
  writeFile(file: string, bytes: Uint8Array | string, options: { mode: number; flag: 'wx' }): Promise<void>;
  rename(from: string, to: string): Promise<void>;
}

export const REAL_WRITING_CALLS: WritingCalls = { writeFile, rename };

/**
 * Makes `directory` for this user alone (0700) and tries out what the cache rests on: that a rename replaces a file in
 * one step. Throws CacheDirectoryError.
 */
export async function makePrivateDirectory(directory: string, calls: WritingCalls): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const { uid, mode } = await stat(directory);
    if (process.getuid && uid !== process.getuid())
      throw new CacheDirectoryError(directory, 'it belongs to another user');
    if (mode & 0o022) throw new CacheDirectoryError(directory, 'others may write to it');
  } catch (error) {
    throw isJcdsError(error) ? error : new CacheDirectoryError(directory, reason(error), error);
  }
  await tryRename(directory, calls);
}

async function tryRename(directory: string, calls: WritingCalls): Promise<void> {
  const [one, other] = [join(directory, `.try-${randomUUID()}`), join(directory, `.try-${randomUUID()}`)];
  try {
    await calls.writeFile(one, 'new', { mode: 0o600, flag: 'wx' });
    await calls.writeFile(other, 'old', { mode: 0o600, flag: 'wx' });
    await calls.rename(one, other);
    if ((await readFile(other, 'utf8')) !== 'new') throw new Error('the old file is still there');
  } catch (error) {
    throw isFull(error)
      ? new CacheWriteError(directory, error)
      : new CacheDirectoryError(directory, 'its file system cannot replace a file in one step', error);
  } finally {
    await Promise.all([one, other].map(file => unlink(file).catch(() => undefined)));
  }
}

/** Writes a file aside and renames it into place: readers see all of it or nothing. Throws CacheWriteError. */
export async function writeAside(
  file: string,
  bytes: Uint8Array | string,
  calls: WritingCalls,
): Promise<void> {
  const aside = join(dirname(file), `.new-${process.pid}-${randomUUID()}`);
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await calls.writeFile(aside, bytes, { mode: 0o600, flag: 'wx' });
    await calls.rename(aside, file);
  } catch (error) {
    await rm(aside, { force: true }).catch(() => undefined);
    throw new CacheWriteError(file, error);
  }
}

/** Whether a name is that of a file that was being written. */
export function isAside(name: string): boolean {
  return name.startsWith('.new-') || name.startsWith('.try-');
}

function isFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT', 'EFBIG'].includes((error as NodeJS.ErrnoException).code ?? '');
}

function reason(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}

/** A directory that cannot serve as cache. */
export class CacheDirectoryError extends JcdsError {
  constructor(directory: string, why: string, cause?: unknown) {
    super({
      code: 'CACHE_DIRECTORY_UNUSABLE',
      message: `the cache directory ${directory} cannot be used: ${why}`,
      hint: 'name another directory, on a local disk, with --cache-dir DIR',
      exitCode: EXIT.usage,
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
      exitCode: EXIT.later,
      cause,
    });
  }
}
