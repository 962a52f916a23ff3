import { readdirSync, readlinkSync } from 'node:fs';
import { inStore } from './errors.ts';
import { OWN } from './places.ts';
import { readRecord, type StoreRecord } from './record.ts';
import { lastUse } from './used.ts';

/** A copy as it stands in a store. */
export interface Copy {
  /** 64 digits. */
  readonly hex: string;
  /** Names that lead to it: `docker.io/library/debian:12`. */
  readonly names: readonly string[];
  /** null: it cannot be read, or there is none. */
  readonly record: StoreRecord | null;
  /** Milliseconds since 1970; null: nothing was noted. */
  readonly usedAt: number | null;
}

/** What is in a store. @param uid whose it must be; null: a store that others keep. Throws StoreUnusableError */
export function contentsOf(store: string, uid: number | null): Copy[] {
  return inStore(store, () => {
    const names = new Map<string, string[]>();
    for (const [name, hex] of namesIn(store, '', 0)) names.set(hex, [...(names.get(hex) ?? []), name]);
    return directoriesIn(`${store}/.images`)
      .filter(two => /^[0-9a-f]{2}$/.test(two))
      .flatMap(two => directoriesIn(`${store}/.images/${two}`).map(rest => `${two}${rest}`))
      .filter(hex => /^[0-9a-f]{64}$/.test(hex))
      .map(hex => ({
        hex,
        names: names.get(hex) ?? [],
        record: readRecord(store, hex, uid),
        usedAt: lastUse(store, hex),
      }));
  });
}

/** Names and where they lead, those that lead to no content too. */
export function namesIn(store: string, below: string, depth: number): [name: string, hex: string][] {
  return readdirSync(`${store}/${below}`, { withFileTypes: true }).flatMap(entry => {
    const name = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.name === OWN || entry.name === '.images') return [];
    if (entry.isDirectory() && depth < 200) return namesIn(store, name, depth + 1);
    if (!entry.isSymbolicLink()) return [];
    const match = /\.images\/([0-9a-f]{2})\/([0-9a-f]{62})$/.exec(readlinkSync(`${store}/${name}`));
    return match === null ? [] : [[name, `${match[1]}${match[2]}`]];
  });
}

function directoriesIn(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter(entry => entry.isDirectory())
      .map(({ name }) => name);
  } catch {
    return [];
  }
}
