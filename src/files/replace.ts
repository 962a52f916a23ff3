import {
  closeSync,
  constants,
  fchmodSync,
  futimesSync,
  openSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { errnoOf } from './refused-file.ts';

const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW, O_NOCTTY } = constants;

/** How files that are being written begin: what a writer that was killed has left is known by it. */
export const ASIDE = '.new-';

/** What a file is made with. */
export interface Making {
  readonly mode: number;
  /** Whether the umask is not to apply. */
  readonly isExact?: boolean;
  /** Milliseconds since 1970. */
  readonly changedAt?: number | undefined;
}

/** The calls that write; injectable, since no test can fill a real disk everywhere. */
export interface WritingCalls {
  create(file: string | Buffer, content: string | Uint8Array, making: Making): void;
  rename(from: string | Buffer, to: string | Buffer): void;
}

/** Replaces a file so that nobody sees a half of it: written aside, and renamed. Throws what the system says. */
export function replace(
  file: string | Buffer,
  content: string | Uint8Array,
  making: Making,
  calls: WritingCalls = REAL_WRITING_CALLS,
): void {
  const path = Buffer.from(file as string);
  const at = path.lastIndexOf('/') + 1;
  const unique = `${process.pid}-${Math.random().toString(36).slice(2)}`;
  const aside = Buffer.concat([path.subarray(0, at), Buffer.from(`${ASIDE}${unique}`)]);
  try {
    calls.create(aside, content, making);
    calls.rename(aside, path);
  } catch (thrown) {
    // Somebody else's file of that name is not ours to remove.
    if (errnoOf(thrown) !== 'EEXIST') removeQuietly(aside);
    throw thrown;
  }
}

/** Makes a file that is not there yet; one that cannot be written whole is removed again. Throws what the system says. */
export function create(file: string | Buffer, content: string | Uint8Array, making: Making): void {
  const descriptor = openSync(file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_NOCTTY, making.mode);
  try {
    try {
      fill(descriptor, typeof content === 'string' ? Buffer.from(content) : content, making);
    } finally {
      // A network file system may say only now that it had no room.
      closeSync(descriptor);
    }
  } catch (thrown) {
    removeQuietly(file);
    throw thrown;
  }
}

export const REAL_WRITING_CALLS: WritingCalls = { create, rename: renameSync };

function fill(descriptor: number, content: Uint8Array, { mode, isExact, changedAt }: Making): void {
  // A disk that fills up takes a part, and says so at the next write.
  for (let at = 0; at < content.length; ) at += writeSync(descriptor, content, at);
  if (isExact === true) fchmodSync(descriptor, mode);
  if (changedAt !== undefined) futimesSync(descriptor, changedAt / 1000, changedAt / 1000);
}

function removeQuietly(file: string | Buffer): void {
  try {
    unlinkSync(file);
  } catch {
    // What is wrong there was said already.
  }
}
