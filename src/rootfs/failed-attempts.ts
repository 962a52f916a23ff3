import { statSync, writeFileSync } from 'node:fs';
import type { Context } from '../context.ts';
import { makeDirectories } from '../make-directories.ts';
import { memoryDirectory, shortHash } from './memory.ts';

type FailedAttemptsContext = Pick<Context, 'environment' | 'home' | 'now'>;

/** Ten thousand jobs may start with one image: what did not help is not tried again for an hour. */
const PAUSE = 60 * 60 * 1000;

/** Whether something was tried for an image within the last hour, in vain. */
export function hasFailed(directory: string, context: FailedAttemptsContext): boolean {
  const at = statSync(fileOf(directory, context), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const age = context.now() - at;
  return age >= 0 && age < PAUSE;
}

/** Notes that it did not help. Without a place for the note, the next job tries again. */
export function noteFailure(directory: string, context: FailedAttemptsContext): void {
  try {
    makeDirectories(memoryDirectory(context), 3);
    writeFileSync(fileOf(directory, context), '', { mode: 0o600 });
  } catch {
    // A full or read-only home.
  }
}

function fileOf(directory: string, context: FailedAttemptsContext): string {
  return `${memoryDirectory(context)}/${shortHash(directory)}.tried`;
}
