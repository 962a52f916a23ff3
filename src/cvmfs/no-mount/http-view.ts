import type { Access } from '../http/access.ts';
import type { Repository } from '../http/repository.ts';
import { AUTO, withoutCredentials } from '../http/servers.ts';

/** What an answer over HTTP rests on. Plain data; texts are not yet cleaned for a terminal. */
export interface HttpView {
  readonly repository: string;
  readonly revision: number;
  readonly rootHash: string;
  /** ISO 8601; null: the repository does not say. */
  readonly publishedAt: string | null;
  /** Seconds for which clients take the revision as current. */
  readonly ttlSeconds: number;
  /** Whether the signatures were followed to a master key; false only with --insecure. */
  readonly verified: boolean;
  /** `cache`: no server could be asked, and the newest revision seen before answers. */
  readonly from: 'server' | 'cache';
  /** Without credentials; null: from the cache. */
  readonly server: string | null;
  /** ISO 8601: when a server last said that this is the newest revision. */
  readonly confirmedAt: string;
  /** Why no server could be asked; null: one was. */
  readonly because: string | null;
  /** The keys that were tried. */
  readonly keys: readonly { readonly fingerprint: string; readonly source: string }[];
  /** What went wrong without stopping the answer: servers passed over, a cache that is full. */
  readonly notes: readonly string[];
}

/** What an answer of this repository rests on, as of now. @param now milliseconds since 1970 */
export function viewOf(
  repository: Repository,
  { keys, proxies }: Pick<Access, 'keys' | 'proxies'>,
  now: number,
): HttpView {
  const { name, revision, rootHash, publishedAt, ttlSeconds, isVerified, freshness } = repository;
  const isFresh = freshness.from === 'server';
  return {
    repository: name,
    revision,
    rootHash,
    publishedAt: publishedAt === null ? null : timeOf(publishedAt),
    ttlSeconds,
    verified: isVerified,
    from: isFresh ? 'server' : 'cache',
    server: isFresh ? withoutCredentials(freshness.server) : null,
    confirmedAt: timeOf(isFresh ? now : freshness.confirmedAt) ?? '',
    because: isFresh ? null : freshness.because.message,
    keys: isVerified ? keys.map(({ fingerprint, source }) => ({ fingerprint, source })) : [],
    notes: [
      ...repository.notes().map(({ message }) => message),
      ...(isFresh && freshness.age !== undefined ? [keptNote(freshness.age)] : []),
      ...(proxies.includes(AUTO) ? [NO_PAC] : []),
    ],
  };
}

/** What was published since then is not in it: `jcds status` asks past proxies. */
function keptNote(age: number): string {
  return `a proxy had kept this for ${age} s: jcds status asks the server itself`;
}

const NO_PAC =
  'the CVMFS client of this host takes its proxies from a PAC file (CVMFS_HTTP_PROXY is "auto"), which jcds cannot read: the servers were asked without them';

/** null: no time that a calendar holds (a manifest may say anything). */
function timeOf(milliseconds: number): string | null {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
