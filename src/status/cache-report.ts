import type { Context } from '../context.ts';
import { mountedRepositories, type RepositoryCache, readRepositoryCache } from '../cvmfs/client-cache.ts';
import { type DirectorySize, directorySize } from './directory-size.ts';
import { type LocalCache, ownCache, runtimeCaches, storeCache } from './local-caches.ts';

/** A cache directory and the room it takes. */
export interface MeasuredCache extends LocalCache {
  readonly size: DirectorySize;
}

/** All caches that have to do with running images on this host. */
export interface CacheReport {
  readonly root: string;
  /** Of each repository that is mounted or configured. */
  readonly repositories: readonly RepositoryCache[];
  /** Of the runtimes that have one here. */
  readonly runtimes: readonly MeasuredCache[];
  readonly own: MeasuredCache;
  /** The user's own store of local copies. */
  readonly store: MeasuredCache;
}

export interface CacheReportQuestion {
  readonly root: string;
  /** Names of the repositories that are searched for images. */
  readonly repositories: readonly string[];
  /** The user's own store of local copies. */
  readonly store: string;
  /** Milliseconds for everything. */
  readonly timeout: number;
}

type CacheContext = Pick<Context, 'environment' | 'home' | 'userName'>;

/** Asks every cache at the same time; what hangs is told to be unknown. */
export async function gatherCacheReport(
  { root, repositories, store: directory, timeout }: CacheReportQuestion,
  context: CacheContext,
): Promise<CacheReport> {
  const names = [...new Set([...repositories, ...mountedRepositories(root)])];
  const measured = async (cache: LocalCache): Promise<MeasuredCache> => ({
    ...cache,
    size: await directorySize(cache.directory, timeout),
  });
  const [caches, runtimes, own, store] = await Promise.all([
    Promise.all(names.map(repository => readRepositoryCache({ root, repository, timeout }, context))),
    Promise.all(runtimeCaches(context).map(measured)),
    measured(ownCache(context)),
    measured(storeCache(directory)),
  ]);
  return {
    root,
    repositories: caches,
    runtimes: runtimes.filter(({ size }) => size.state !== 'absent'),
    own,
    store,
  };
}
