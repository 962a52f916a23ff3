import { lstatSync } from 'node:fs';
import { writeOwn } from '../files/write.ts';
import { OWN } from './places.ts';

/** Notes that a copy is used now, for `prune`. That it cannot be noted (a full disk) stops no job. */
export function noteUse(store: string, hex: string, uid: number): void {
  try {
    writeOwn({ base: store, name: `${OWN}/used/${hex}`, uid, isNamed: true }, '');
  } catch {
    // Then it is pruned a little earlier.
  }
}

/** When a copy was used last, in milliseconds since 1970, or null. By the file's time alone: nothing stands in it. */
export function lastUse(store: string, hex: string): number | null {
  return lstatSync(`${store}/${OWN}/used/${hex}`, { throwIfNoEntry: false })?.mtimeMs ?? null;
}
