import type { JcdsError } from '../../errors.ts';
import { expandVariant } from '../../repositories/links.ts';
import { InvalidRepositoryNameError, isRepositoryName } from '../../repositories/repository.ts';
import { type Blacklist, NO_BLACKLIST } from './blacklist.ts';
import { type CatalogTree, catalogTree } from './catalog-tree.ts';
import { currentRevision, type Freshness } from './current-revision.ts';
import type { Entry } from './entry.ts';
import { createFetcher, type Fetcher } from './fetcher.ts';
import { type Followed, follow } from './follow.ts';
import { formatContentHash } from './hash.ts';
import { NoKeysError, type PublicKey } from './keys.ts';
import type { ObjectCache } from './object-cache.ts';
import { objectsFrom } from './objects.ts';
import { readContent, UnreadableFileError } from './read-content.ts';
import { parentOf, repositoryPath } from './repository-path.ts';
import { revisionMemory } from './revision-memory.ts';
import { InvalidServerError, serverUrl } from './servers.ts';
import { type Statistics, statisticsOf } from './statistics.ts';
import { httpTransport, type Transport } from './transport.ts';
import { type Found, holdsNames, type LeftOut, walk } from './walk.ts';

/** How to reach a repository, and whom to believe about it. */
export interface RepositoryOptions {
  /** Its name (FQRN), like `unpacked.cern.ch`. */
  readonly name: string;
  /** URLs, best first; `@fqrn@` stands for the name. */
  readonly servers: readonly string[];
  /** From `proxyOrder`; null or nothing asks the servers themselves. */
  readonly proxies?: readonly (string | null)[];
  /** Whether a server is asked through a proxy; absent: each through all. */
  readonly isProxyFor?: (server: string, proxy: string) => boolean;
  /** Master keys; without any, nothing can be verified: NoKeysError unless `insecure`. */
  readonly keys: readonly PublicKey[];
  /** Look without verifying: everything is then marked so, and no revision is remembered. */
  readonly insecure?: boolean;
  readonly cache: ObjectCache | null;
  /** What went wrong so far. */
  readonly notes?: readonly JcdsError[];
  readonly blacklist?: Blacklist;
  /** Whether proxies are told to ask the server for its newest manifest, instead of giving what they kept. */
  readonly isFresh?: boolean;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** For links that hold variables, like CVMFS_ARCH. */
  readonly variables?: Readonly<Record<string, string | undefined>>;
  /** Milliseconds of silence granted (CVMFS_TIMEOUT_DIRECT and CVMFS_TIMEOUT). */
  readonly timeout?: { readonly direct: number; readonly proxy: number };
  /** Milliseconds after which no further server is asked for the same object. */
  readonly patience?: number;
  readonly signal?: AbortSignal;
  readonly transport?: Transport;
  readonly pause?: (milliseconds: number) => Promise<unknown>;
  readonly random?: () => number;
}

/** One revision of a repository, read over HTTP. Paths begin at its root: "/library/busybox:1". */
export interface Repository {
  readonly name: string;
  readonly revision: number;
  readonly rootHash: string;
  /** Milliseconds since 1970; null when the server does not say. */
  readonly publishedAt: number | null;
  readonly ttlSeconds: number;
  /** Whether the whole chain of signatures was followed to a master key. */
  readonly isVerified: boolean;
  readonly freshness: Freshness;
  /** What went wrong without stopping an answer: servers passed over, a cache that is full. */
  notes(): readonly JcdsError[];
  /** Names that were left out of `list` and `walk` because no directory can hold them. */
  readonly leftOut: readonly LeftOut[];
  /** The entry at `path` itself, without following links; null when there is none. */
  stat(path: string): Promise<Entry | null>;
  /** The text of the link at `path`, variables expanded; null when it is no link. Quote it before showing it. */
  readlink(path: string): Promise<string | null>;
  follow(path: string): Promise<Followed>;
  /** What a directory lists; null when `path` is no directory. */
  list(path: string): Promise<Entry[] | null>;
  /** Every name below `start`, page by page; see `walk.ts`. */
  walk(start: string, enter?: (found: Found) => boolean): AsyncGenerator<Found[]>;
  /** Numbers and bytes below `path` where it has a catalog of its own (an image has); else null. */
  statistics(path: string): Promise<Statistics | null>;
  /** The content of a file of at most `limit` bytes. */
  read(path: string, limit: number): Promise<Uint8Array>;
  readonly traffic: Fetcher['traffic'];
  readonly catalogs: CatalogTree['counts'];
  /** Finishes writing to the cache and ends all connections. */
  close(): Promise<void>;
}

const TIMEOUT = { direct: 10_000, proxy: 5_000 };
const PATIENCE = 30_000;

/** Finds the newest revision and verifies it (`current-revision.ts` says what it throws). */
export async function openRepository(options: RepositoryOptions): Promise<Repository> {
  const { name, keys, insecure = false, cache, now = Date.now, blacklist = NO_BLACKLIST } = options;
  if (!isRepositoryName(name)) throw new InvalidRepositoryNameError(name);
  if (keys.length === 0 && !insecure) throw new NoKeysError(name);
  const transport = options.transport ?? httpTransport();
  const stop = new AbortController();
  const fetcher = fetcherFor(options, transport, stop.signal);
  /** Whatever is still under way would keep the process alive. */
  const end = async (): Promise<void> => {
    await objects.settle();
    stop.abort();
    await transport.close();
  };
  const objects = objectsFrom(fetcher, cache);
  const memory = cache && revisionMemory(cache, name);
  const trust = insecure ? null : { repository: name, keys, blacklist };
  const notes: JcdsError[] = [...(options.notes ?? [])];
  try {
    const note = (error: JcdsError): void => void notes.push(error);
    const source = { repository: name, fetcher, objects, isFresh: options.isFresh ?? false };
    const current = await currentRevision({ ...source, memory, trust, now, note });
    notes.push(...current.passedOver);
    const { manifest, freshness } = current;
    const root = { mountpoint: '', hash: manifest.rootHash, size: manifest.rootSize };
    const tree = catalogTree({
      repository: name,
      root,
      hasAlternativePath: manifest.hasAlternativePath,
      objects,
    });
    return {
      name,
      revision: manifest.revision,
      rootHash: formatContentHash(manifest.rootHash),
      publishedAt: manifest.publishedAt,
      ttlSeconds: manifest.ttlSeconds,
      isVerified: !insecure,
      freshness,
      notes: () => [...notes, ...objects.notes],
      traffic: fetcher.traffic,
      catalogs: tree.counts,
      ...reading({ repository: name, tree, objects }, options.variables ?? {}),
      async close() {
        tree.close();
        await end();
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}

type Reading = Pick<
  Repository,
  'leftOut' | 'stat' | 'readlink' | 'follow' | 'list' | 'walk' | 'statistics' | 'read'
>;

function reading(
  source: Parameters<typeof readContent>[0],
  variables: Readonly<Record<string, string | undefined>>,
): Reading {
  const { repository, tree } = source;
  const leftOut: LeftOut[] = [];
  const stat = (path: string): Promise<Entry | null> =>
    tree.inside(parentOf(path), catalog => catalog.find(path));
  const statAt = async (path: string): Promise<Entry | null> => stat(repositoryPath(path));

  return {
    leftOut,
    stat: statAt,
    async readlink(path) {
      const target = (await statAt(path))?.target ?? null;
      return target === null ? null : expandVariant(target, variables);
    },
    follow: path => follow(path, { stat, mountpoint: `/cvmfs/${repository}`, variables }),
    async list(path) {
      if ((await statAt(path))?.kind !== 'directory') return null;
      const entries: Entry[] = [];
      const only = { tree, repository, start: repositoryPath(path), enter: () => false };
      for await (const page of walk({ ...only, leftOut: left => leftOut.push(left) }))
        for (const { entry } of page) entries.push(entry);
      return entries;
    },
    walk: (start, enter = holdsNames) =>
      walk({ tree, repository, start: repositoryPath(start), enter, leftOut: left => leftOut.push(left) }),
    async statistics(path) {
      const mountpoint = repositoryPath(path);
      const mount = (await tree.mountsTo(mountpoint)).at(-1)!;
      return mount.mountpoint === mountpoint
        ? tree.within(mount, catalog => statisticsOf(catalog.counters()))
        : null;
    },
    async read(path, limit) {
      const entry = await statAt(path);
      if (!entry) throw new UnreadableFileError(repository, path, 'it does not exist');
      return readContent(source, repositoryPath(path), entry, limit);
    },
  };
}

function fetcherFor(options: RepositoryOptions, transport: Transport, stop: AbortSignal): Fetcher {
  const servers = options.servers.map(server => serverUrl(server, options.name));
  if (servers.length === 0) throw new InvalidServerError('');
  return createFetcher({
    servers,
    proxies: options.proxies ?? [],
    isProxyFor: options.isProxyFor,
    transport,
    timeout: options.timeout ?? TIMEOUT,
    patience: options.patience ?? PATIENCE,
    signal: options.signal ? AbortSignal.any([options.signal, stop]) : stop,
    pause: options.pause,
    random: options.random,
  });
}
