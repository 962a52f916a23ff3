import { lstatSync } from 'node:fs';
import { cacheDirectory } from '../cache-directory.ts';
import type { Context } from '../context.ts';
import { writeOwn } from '../files/write.ts';
import { memoryDirectory, shortHash } from './memory.ts';

type FailedAttemptsContext = Pick<Context, 'environment' | 'home' | 'uid' | 'now'>;

/** Ten thousand jobs may start with one image: what did not help is not tried again for an hour. */
const PAUSE = 60 * 60 * 1000;

/** Whether something was tried for an image within the last hour, in vain. */
export function hasFailed(directory: string, context: FailedAttemptsContext): boolean {
  const age = context.now() - notedAt(`${memoryDirectory(context)}/${nameOf(directory)}`, context.uid);
  return age >= 0 && age < PAUSE;
}

/** Notes that it did not help. Without a place for the note, the next job tries again. */
export function noteFailure(directory: string, context: FailedAttemptsContext): void {
  try {
    const own = { base: cacheDirectory(context), name: `images/${nameOf(directory)}`, uid: context.uid };
    writeOwn(own, '', { changedAt: context.now() });
  } catch {
    // A home that is full, read-only or somebody else's.
  }
}

/** Milliseconds since 1970; 0: never, or nobody can see. The note is its time: nothing stands in it. */
function notedAt(file: string, uid: number): number {
  try {
    const status = lstatSync(file, { throwIfNoEntry: false });
    return status?.isFile() === true && status.uid === uid ? status.mtimeMs : 0;
  } catch {
    return 0;
  }
}

function nameOf(directory: string): string {
  return `${shortHash(directory)}.tried`;
}
