import { formatPlatform, type Platform } from '../image/platform.ts';
import type { Reference } from '../image/reference.ts';
import { storeNames } from '../repositories/layouts/store.ts';
import { allStores, type StorePlaces } from '../store-directory.ts';
import { namesIn } from './contents.ts';
import { namedCopy } from './enter.ts';
import { inStore } from './errors.ts';
import { isStore } from './places.ts';
import { readRecord } from './record.ts';

/** A local copy, for people and programs. */
export interface KnownCopy {
  /** By its readable name. */
  readonly path: string;
  readonly digest: string;
  /** ISO 8601; null: not known. */
  readonly made: string | null;
}

/**
 * The local copy of an image, by the names and records of the stores alone, without a look into it; null: there is none. Throws
 * StoreUnusableError.
 * @param platform the one that was asked for; null: any
 */
export function knownCopy(
  stores: StorePlaces,
  reference: Reference,
  platform: Platform | null,
  uid: number,
): KnownCopy | null {
  for (const store of allStores(stores)) {
    const owner = store === stores.own ? uid : null;
    if (!isStore(store, owner)) continue;
    const [name = ''] = storeNames(reference);
    const hex = namedCopy(store, name);
    if (hex === null) continue;
    const record = readRecord(store, hex, owner);
    if (platform !== null && record !== null && record.platform !== formatPlatform(platform)) continue;
    const made = new Date(record?.madeAt ?? Number.NaN);
    return {
      path: `${store}/${name}`,
      digest: `sha256:${hex}`,
      made: Number.isNaN(made.getTime()) ? null : made.toISOString(),
    };
  }
  return null;
}

/** Every name in the stores that leads to a copy, each by the store in which it is found first; sorted. Throws StoreUnusableError. */
export function namedCopies(stores: StorePlaces, uid: number): { store: string; name: string }[] {
  const found = new Map<string, string>();
  for (const store of allStores(stores)) {
    if (!isStore(store, store === stores.own ? uid : null)) continue;
    for (const [name] of inStore(store, () => namesIn(store, '', 0)))
      if (!found.has(name) && namedCopy(store, name) !== null) found.set(name, store);
  }
  const sorted = [...found].sort(([one], [other]) => (one < other ? -1 : 1));
  return sorted.map(([name, store]) => ({ store, name }));
}
