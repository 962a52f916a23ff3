import { readFile } from 'node:fs/promises';
import type { ContentHash } from './hash.ts';
import { fingerprints } from './whitelist.ts';

/** What the host's administrator distrusts, whatever the whitelist says. */
export interface Blacklist {
  /** Where it was read, for messages. */
  readonly source: string;
  /** Fingerprints of certificates. */
  readonly fingerprints: readonly ContentHash[];
  /** Repository -> first revision that is trusted. */
  readonly leastRevisions: ReadonlyMap<string, number>;
}

export const NO_BLACKLIST: Blacklist = { source: '', fingerprints: [], leastRevisions: new Map() };

/** Where CVMFS keeps it. */
export const BLACKLIST_FILE = '/etc/cvmfs/blacklist';

/** Reads lines of fingerprints and of `<REPOSITORY REVISION` (revisions before it are distrusted). */
export function parseBlacklist(text: string, source: string): Blacklist {
  const lines = text.split('\n').map(line => line.trim());
  const leastRevisions = new Map<string, number>();
  for (const line of lines) {
    const match = /^<\s*(\S+)\s+(\d{1,15})/.exec(line);
    if (match) leastRevisions.set(match[1]!, Math.max(Number(match[2]), leastRevisions.get(match[1]!) ?? 0));
  }
  return { source, fingerprints: fingerprints(lines), leastRevisions };
}

/** The blacklist in `file`; empty when there is none. One that exists and cannot be read throws: distrust is no option. */
export async function readBlacklist(file: string = BLACKLIST_FILE): Promise<Blacklist> {
  try {
    return parseBlacklist(await readFile(file, 'utf8'), file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return NO_BLACKLIST;
    throw error;
  }
}
