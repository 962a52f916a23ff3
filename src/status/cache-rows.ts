import { commandText } from '../command-text.ts';
import type { RepositoryCache } from '../cvmfs/client-cache.ts';
import { bar, bytesText, percentText } from '../output/amount.ts';
import type { CacheReport, MeasuredCache } from './cache-report.ts';
import { durationText } from './duration.ts';
import type { LocalCache } from './local-caches.ts';

/** A line of the report: which cache, which number of it, how much, and what that means and covers. */
export type CacheRow = readonly [cache: string, number: string, amount: string, meaning: string];

/** The report as lines, CVMFS first. */
export function cacheRows({ repositories, runtimes, own, store }: CacheReport): readonly CacheRow[] {
  const clients = repositories.filter(({ isClients }) => isClients);
  return [
    ...clientRows(clients),
    ...clients.flatMap(repositoryRows),
    ...runtimes.map(localRow),
    localRow(own),
    ...(store.size.state === 'absent' ? [] : [localRow(store)]),
  ];
}

/** What there is to say where no CVMFS client of this host keeps a cache. */
export function whyNoClient({ repositories, root }: CacheReport): readonly string[] {
  if (repositories.some(({ isClients }) => isClients)) return [];
  return [
    `No CVMFS client of this host serves a repository below ${root}, so there is no cache of CVMFS here that could be reported.`,
    ...repositories.map(
      ({ repository, unknown }) => `${repository}: ${unknown ?? 'it says nothing of itself'}`,
    ),
  ];
}

/** How the caches that are not jcds' are emptied, and who may. `repository` is one that is mounted here. */
export function cleaningLines(
  repository: string | undefined,
  runtimes: readonly LocalCache[],
): readonly string[] {
  return [
    `CVMFS, by root or the account cvmfs: ${commandText('cvmfs_talk', '-i', repository ?? 'REPOSITORY', 'cleanup', '0')} (shrinks the cache to what is in use; jobs go on)`,
    'CVMFS, by root: cvmfs_config wipecache (only while nothing uses it; everything is downloaded anew)',
    ...runtimes.map(({ name, clean }) => `${name}, by you: ${clean}`),
  ];
}

const NOT_TOLD = 'not told';

/** The cache itself, which every repository reports in the same way; a site may give some a cache of their own. */
function clientRows(clients: readonly RepositoryCache[]): CacheRow[] {
  const byQuota = new Map<number, RepositoryCache[]>();
  for (const client of clients)
    if (client.quota !== null) byQuota.set(client.quota, [...(byQuota.get(client.quota) ?? []), client]);
  const caches = [...byQuota.values()];
  return caches.flatMap(sharers => {
    const [{ quota }] = sharers as [RepositoryCache];
    const used = Math.max(...sharers.map(client => client.used ?? 0));
    const pinned = sharers.map(client => client.pinned).find(bytes => bytes !== null) ?? null;
    const name =
      caches.length === 1 ? 'CVMFS' : `CVMFS: ${sharers.map(client => client.repository).join(', ')}`;
    return [
      [
        name,
        'used',
        `${bar(used / quota!)} ${bytesText(used)} of ${bytesText(quota!)}`,
        'files on this host’s disk, of all repositories that share the cache; at the quota the client removes what was not used for longest',
      ],
      [
        name,
        'pinned',
        pinned === null ? NOT_TOLD : bytesText(pinned),
        pinned === null
          ? 'the part that is in use and cannot be removed; cvmfs_talk tells it to root and the account cvmfs only'
          : 'the part that is in use and cannot be removed (directory catalogs, mostly)',
      ],
    ] satisfies CacheRow[];
  });
}

function repositoryRows({ repository, traffic, unknown }: RepositoryCache): CacheRow[] {
  if (unknown !== null) return [[repository, 'use', NOT_TOLD, unknown]];
  const { hitRate, received, downloads, cleanups, uptimeMinutes, inputOutputErrors } = traffic;
  const since = uptimeMinutes === null ? '' : ` in ${durationText(uptimeMinutes * 60)}`;
  const files = downloads === null ? '' : `, ${downloads} downloads`;
  return [
    [
      repository,
      'hit rate',
      hitRate === null ? NOT_TOLD : `${bar(hitRate / 100)} ${percentText(hitRate)}`,
      'share of opened files that were in the cache already, by everybody on this host since it was mounted',
    ],
    [
      repository,
      'downloaded',
      received === null ? NOT_TOLD : `${bytesText(received)}${files}${since}`,
      'what this host fetched from the repository since it was mounted, whoever read it',
    ],
    [
      repository,
      'clean-ups',
      cleanups === null ? NOT_TOLD : String(cleanups),
      'how often the cache was full in the last 24 hours: more than a few, and it is too small for what runs here',
    ],
    ...(inputOutputErrors === null || inputOutputErrors === 0
      ? []
      : [
          [
            repository,
            'read errors',
            String(inputOutputErrors),
            'reads that failed since it was mounted, because a server or proxy did not deliver',
          ] satisfies CacheRow,
        ]),
  ];
}

function localRow({ name, directory, meaning, size }: MeasuredCache): CacheRow {
  return [name, 'used', amountOf(size), `${directory}: ${meaning}`];
}

function amountOf(size: MeasuredCache['size']): string {
  switch (size.state) {
    case 'measured':
      return `${size.isWhole ? '' : 'at least '}${bytesText(size.bytes)}`;
    case 'absent':
      return 'nothing yet';
    case 'unknown':
      return 'not counted in time';
    default:
      return size satisfies never;
  }
}
