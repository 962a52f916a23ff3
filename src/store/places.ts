import { lstatSync } from 'node:fs';
import { checkLinks } from '../files/links.ts';
import { RefusedFile } from '../files/refused-file.ts';
import { statusIfThere } from '../files/status.ts';
import { inStore } from './errors.ts';

/** What a store keeps beside the images: its presence makes a directory a store. */
export const OWN = '.jcds';

/** Where the record of an image is, below the store; `hex` has 64 digits. */
export function recordName(hex: string): string {
  return `${OWN}/images/${hex}.json`;
}

/** Where it is taken down what every name of an image stands for. */
export function listingName(hex: string): string {
  return `${OWN}/listings/${hex}`;
}

/** What a real directory of content in a store is named after, or null. */
export function identityOf(relativePath: string): string | null {
  const match = /^\.images\/([0-9a-f]{2})\/([0-9a-f]{62})$/.exec(relativePath);
  return match && `${match[1]}${match[2]}`;
}

/**
 * Whether there is a store. One that everybody may write, or that belongs to another user than you, root and, for a store that
 * others keep, its owner, is refused: whoever writes there decides what runs; and so does whoever has laid a link to the user's own, unless that
 * is the user or root. Throws StoreUnusableError.
 * @param uid whose it must be; null: a store that others keep
 */
export function isStore(store: string, uid: number | null): boolean {
  return inStore(store, () => {
    if (uid !== null) checkLinks(store, uid);
    const status = statusIfThere(store);
    if (status === null) return false;
    if (!status.isDirectory()) throw new RefusedFile(store, 'link');
    if (uid !== null && status.uid !== uid) throw new RefusedFile(store, 'foreign');
    if ((status.mode & (uid === null ? 0o002 : 0o022)) !== 0) throw new RefusedFile(store, 'writable');
    return lstatSync(`${store}/${OWN}`, { throwIfNoEntry: false })?.isDirectory() === true;
  });
}

/** Whether others may come to what is in a store, as far as its own mode says. */
export function isOpen(store: string): boolean {
  return ((statusIfThere(store)?.mode ?? 0) & 0o011) !== 0;
}
