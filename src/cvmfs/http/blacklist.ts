import { JcdsError } from '../../errors.ts';
import { runChild } from '../bounded-child.ts';
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

/**
 * Reads the blacklists of a host together; those that do not exist are left out. One may lie in a configuration
 * repository whose mount hangs, so a child reads them. Throws BlacklistError for one that exists and cannot be read: it
 * would have to say no.
 */
export async function readBlacklists(
  files: readonly string[],
  timeout: number = READ_TIMEOUT,
): Promise<Blacklist> {
  const texts = await Promise.all(files.map(file => readText(file, timeout)));
  return parseBlacklist(texts.join('\n'), files.filter((_, index) => texts[index] !== '').join(', '));
}

/** The script says by its exit code whether the file is there. */
const READ_SCRIPT = '[ -e "$1" ] || exit 0; exec cat -- "$1"';
const READ_TIMEOUT = 3000;
const LONGEST_FILE = 1024 * 1024;

async function readText(file: string, timeout: number): Promise<string> {
  const environment = { PATH: '/usr/bin:/bin' };
  const args = ['-c', READ_SCRIPT, 'sh', file];
  const result = await runChild({ file: '/bin/sh', args, environment, timeout, limit: LONGEST_FILE });
  if (result.state === 'ended' && result.code === 0) return result.output;
  throw new BlacklistError(
    file,
    result.state === 'timeout' ? 'its file system does not answer' : 'it cannot be read',
  );
}

/** A blacklist that is there, and whose words cannot be known. */
export class BlacklistError extends JcdsError {
  constructor(file: string, why: string) {
    super({
      code: 'BLACKLIST_UNREADABLE',
      message: `the blacklist ${file} cannot be used: ${why}`,
      hint: 'ask the administrator of this host, or look unverified with --insecure',
    });
  }
}
