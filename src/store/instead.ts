import { createHash } from 'node:crypto';
import { lstatSync, unlinkSync } from 'node:fs';
import { ifOwnDirectory } from '../files/own-directory.ts';
import { writeOwn } from '../files/write.ts';
import { OWN } from './places.ts';

const PLACE = 'instead';

function noteOf(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}

/**
 * Notes that a local copy runs since the image is not published. That it cannot be noted stops no job: nobody is told then when it is.
 * @param store the user's own
 */
export function noteInstead(store: string, name: string, uid: number): void {
  try {
    if (lstatSync(`${store}/${OWN}`, { throwIfNoEntry: false }) === undefined) return;
    writeOwn({ base: store, name: `${OWN}/${PLACE}/${noteOf(name)}`, uid, isNamed: true }, '');
  } catch {
    // A full disk, say.
  }
}

/** Whether a local copy ran in the place of the image; of many starts at once, only the first is told. */
export function wasInstead(store: string, name: string, uid: number): boolean {
  try {
    const note = `${store}/${OWN}/${PLACE}/${noteOf(name)}`;
    if (lstatSync(note, { throwIfNoEntry: false }) === undefined) return false;
    const own = { base: store, names: [OWN, PLACE], uid, isNamed: true };
    return ifOwnDirectory(own, directory => unlinkSync(`${directory}/${noteOf(name)}`)) !== null;
  } catch {
    return false;
  }
}
