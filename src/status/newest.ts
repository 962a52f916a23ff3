import type { SeenImage } from '../cvmfs/find-anywhere.ts';
import type { Freshness } from '../cvmfs/freshness.ts';
import type { Known } from './publication-json.ts';

/** How an answer stands to the newest revision of the servers. */
export interface Standing extends Pick<SeenImage, 'publication'> {
  /** Of each repository that was looked at. */
  readonly freshness: readonly Freshness[];
  /** What the signed repository says of it; null: it was not asked. */
  readonly witness: SeenImage | null;
  /** Whether it was looked for in directories of this host alone, which no client serves: nothing newer can appear there. */
  readonly isLocal: boolean;
}

/**
 * Whether an answer is that of the servers' newest revision: because this host shows that revision, or because the signed
 * repository has not got in it what is missing here either. Of several repositories the one that is least known counts.
 */
export function newestOf({ publication, freshness, witness }: Standing): Known<boolean> {
  if (freshness.length === 0) return { reason: 'no repository was asked' };
  // Over HTTP there is nothing on this host that could be compared; an absence is the server's own word.
  const told = freshness.find(({ standing, client }) => standing === 'current' && client.revision === null);
  if (told !== undefined && publication.state !== 'missing') return { reason: told.sentence };
  const absent = publication.state === 'missing' ? witness : null;
  const open = freshness.filter(one => one.standing !== 'current' && !lacksIt(absent, one));
  if (open.some(({ standing }) => standing === 'behind')) return { value: false };
  const [unknown] = open;
  return unknown === undefined ? { value: true } : { reason: unknown.sentence };
}

/** Whether "it is not there" is the last word: it holds for the newest revision, or no client could bring another one. */
export function isFinal(standing: Standing): boolean {
  const newest = newestOf(standing);
  return standing.isLocal || ('value' in newest && newest.value);
}

/** Whether a server gave the newest revision of a repository, signed, and the image is not in it. */
function lacksIt(witness: SeenImage | null, { repository }: Freshness): boolean {
  if (witness?.publication.state !== 'missing') return false;
  const view = witness.views.find(one => one.repository === repository);
  return view?.verified === true && view.from === 'server';
}
