import { statfsSync } from 'node:fs';
import { shownPlace } from '../files/held-directory.ts';
import { NoRoomError } from './errors.ts';

/** Throws NoRoomError where a file system has less than so many bytes for this user. */
export function checkRoom(directory: string, wanted: number): void {
  const { bavail, bsize, blocks } = statfsSync(directory);
  const free = bavail * bsize;
  // Some file systems tell nothing at all.
  if (blocks > 0 && free < wanted) throw new NoRoomError(shownPlace(directory), free, wanted);
}
