import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  renameSync,
  symlinkSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { posix } from 'node:path';
import { cleaningUp } from '../files/clean-up.ts';
import { holdNamedOwn, letGo, withShownPath } from '../files/held-directory.ts';
import { makeParents } from '../files/make-parents.ts';
import { inOwnDirectory } from '../files/own-directory.ts';
import { removeTree } from '../files/own-tree.ts';
import { isGone, ownerName } from '../files/owner.ts';
import { errnoOf } from '../files/refused-file.ts';
import { storeContent } from '../repositories/layouts/store.ts';
import type { StorePlaces } from '../store-directory.ts';
import { inStore } from './errors.ts';
import { isStore, listingName, OWN, recordName } from './places.ts';

const TMP = `${OWN}/tmp`;
const CLAIMS = `${OWN}/claims`;

/**
 * Lets `use` work in the user's own store, which is made where there is none, and judged. The store is held open, so that nobody who may rename it
 * (in a directory that a group shares) leads `use` elsewhere: it is told a name that holds as long as it works. Throws StoreUnusableError.
 */
export async function withStore<T>(
  places: StorePlaces,
  uid: number,
  use: (store: string) => Promise<T>,
): Promise<T> {
  const { own } = places;
  isStore(own, uid);
  const held = inStore(own, () => {
    makeStore(places, uid);
    return holdNamedOwn(own, uid);
  });
  try {
    inStore(own, () => {
      for (const name of ['tmp', 'claims', 'images', 'listings', 'used'])
        inOwnDirectory({ base: held.path, names: [OWN, name], uid, isNamed: true }, () => undefined);
    });
    return await use(held.path);
  } finally {
    letGo(held);
  }
}

function makeStore({ own, isNamed }: StorePlaces, uid: number): void {
  if (isNamed) {
    makeDirectory(own);
    return;
  }
  const { dir, base } = posix.parse(own);
  makeParents(posix.dirname(dir), 0o700);
  inOwnDirectory({ base: dir, names: [base], uid }, () => undefined);
}

/** Lets `make` work in a directory of this process alone, on the store's file system, which is gone afterwards. */
export async function inWorkplace<T>(store: string, make: (workplace: string) => Promise<T>): Promise<T> {
  const workplace = `${store}/${TMP}/${ownerName()}-${randomBytes(6).toString('hex')}`;
  inStore(store, () => mkdirSync(workplace, { mode: 0o700 }));
  return cleaningUp(
    () => removeTree(workplace),
    () => make(workplace).catch(thrown => Promise.reject(withShownPath(thrown))),
  );
}

/** Removes what processes that are gone have left. Answers how many things. */
export function sweep(store: string, now: number): number {
  const left = [TMP, CLAIMS].flatMap(place =>
    readdirSync(`${store}/${place}`).map(name => ({ name, path: `${store}/${place}/${name}` })),
  );
  const gone = left.filter(({ name, path }) => {
    const status = lstatSync(path, { throwIfNoEntry: false });
    const owner = status?.isSymbolicLink() === true ? readlinkOr(path, name) : name;
    return status !== undefined && isGone(owner, status.mtimeMs, now);
  });
  for (const { path } of gone) removeTree(path);
  return gone.length;
}

/**
 * Puts a finished root filesystem into its place. Where another process was faster, its work stays, and this one's is
 * dropped; with `again` this one's takes the place. Both directories are on the store's file system.
 */
export function enter(store: string, hex: string, made: string, again: boolean): void {
  inStore(store, () => {
    const place = `${store}/${storeContent(hex)}`;
    makeDirectory(`${store}/.images`);
    makeDirectory(posix.dirname(place));
    if (again && lstatSync(place, { throwIfNoEntry: false }) !== undefined) renameSync(place, `${made}.old`);
    try {
      renameSync(made, place);
    } catch (thrown) {
      const errno = errnoOf(thrown);
      if (errno !== 'ENOTEMPTY' && errno !== 'EEXIST') throw thrown;
    }
  });
}

/** Writes the listing of a copy aside. */
export function writeListing(path: string, pieces: Iterable<Buffer>): void {
  const descriptor = openSync(path, 'wx', 0o600);
  try {
    for (const piece of pieces)
      for (let at = 0; at < piece.length; ) at += writeSync(descriptor, piece, at, piece.length - at);
  } finally {
    closeSync(descriptor);
  }
}

/** Puts the listing of a copy into its place. */
export function enterListing(store: string, hex: string, made: string): void {
  inStore(store, () => {
    const place = `${store}/${listingName(hex)}`;
    removeTree(place);
    renameSync(made, place);
  });
}

/** Lets a name of the store lead to a copy: made aside, and renamed over what was there. */
export function nameCopy(store: string, name: string, hex: string, workplace: string): void {
  inStore(store, () => {
    const parts = name.split('/').slice(0, -1);
    for (const at of parts.keys()) makeDirectory([store, ...parts.slice(0, at + 1)].join('/'));
    const aside = `${workplace}/name-${randomBytes(4).toString('hex')}`;
    symlinkSync(posix.relative(posix.dirname(name), storeContent(hex)), aside);
    renameSync(aside, `${store}/${name}`);
  });
}

/** Where a name leads: 64 digits; null: nowhere that holds something. */
export function namedCopy(store: string, name: string): string | null {
  const [, two, rest] =
    /(?:^|\/)\.images\/([0-9a-f]{2})\/([0-9a-f]{62})$/.exec(readlinkOr(`${store}/${name}`, '')) ?? [];
  const hex = `${two}${rest}`;
  return two !== undefined && hasCopy(store, hex) ? hex : null;
}

/** Whether the content is there. */
export function hasCopy(store: string, hex: string): boolean {
  return lstatSync(`${store}/${storeContent(hex)}`, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Takes content out of the store by one rename, with all that is kept of it, and removes it then. */
export function removeCopy(store: string, hex: string, workplace: string): void {
  inStore(store, () => {
    const aside = `${workplace}/removed-${hex}`;
    renameSync(`${store}/${storeContent(hex)}`, aside);
    for (const name of [recordName(hex), listingName(hex), `${OWN}/used/${hex}`])
      removeTree(`${store}/${name}`);
    removeTree(aside);
  });
}

/** Takes a name out of the store. */
export function removeName(store: string, name: string): void {
  inStore(store, () => unlinkSync(`${store}/${name}`));
}

/**
 * Claims the work on a key for this process: null, or who is at it. Only work is saved by it: entering is right without.
 * @param key a name of a file
 */
export function claim(store: string, key: string, now: number): string | null {
  const path = `${store}/${CLAIMS}/${key}`;
  for (let tries = 0; tries < 3; tries += 1) {
    try {
      symlinkSync(ownerName(), path);
      return null;
    } catch (thrown) {
      if (errnoOf(thrown) !== 'EEXIST') throw thrown;
    }
    const status = lstatSync(path, { throwIfNoEntry: false });
    const owner = readlinkOr(path, '');
    if (status !== undefined && owner !== '' && !isGone(owner, status.mtimeMs, now)) return owner;
    removeTree(path);
  }
  return 'another process';
}

/** Gives a claim back: by default that of this process. */
export function release(store: string, key: string, owner = ownerName()): void {
  const path = `${store}/${CLAIMS}/${key}`;
  if (readlinkOr(path, '') === owner) removeTree(path);
}

/** With its mode whatever the umask is. */
function makeDirectory(path: string): void {
  try {
    mkdirSync(path, { mode: 0o755 });
    chmodSync(path, 0o755);
  } catch (thrown) {
    if (errnoOf(thrown) !== 'EEXIST') throw thrown;
  }
}

function readlinkOr(path: string, otherwise: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return otherwise;
  }
}
