import { join } from 'node:path';
import type { Context } from '../context.ts';
import { readAttributes } from '../cvmfs/attributes.ts';
import { runCvmfsTalk } from '../cvmfs/client-cache.ts';
import { openObjectCache } from '../cvmfs/http/object-cache.ts';
import { openRepository } from '../cvmfs/http/repository.ts';
import type { Published } from '../cvmfs/publication.ts';
import { isJcdsError } from '../errors.ts';
import type { Repository } from '../repositories/index.ts';
import { accessHere } from './access-here.ts';
import type { Deadline } from './deadline.ts';
import { NO_NETWORK } from './gather-freshness.ts';
import { ownCache } from './local-caches.ts';

/** What an image holds, unpacked. */
export interface ImageContents {
  readonly state: 'known';
  readonly files: number;
  readonly bytes: number;
  /** Who told: the client of this host, or a server by its signed catalog. */
  readonly source: 'client' | 'server';
}

/** How much of an image is in the client's cache. */
export interface CachedHere {
  readonly state: 'known';
  /** Files that are there, wholly or in part. */
  readonly files: number;
}

export interface Unknown {
  readonly state: 'unknown';
  /** One sentence for people, without a full stop. */
  readonly reason: string;
}

export interface ImageCacheQuestion {
  readonly published: Published;
  /** Of the repository in which the image really lies. */
  readonly row: Repository;
  readonly servers: readonly string[];
  readonly network: boolean;
  readonly deadline: Deadline;
}

type ImageCacheContext = Pick<Context, 'environment' | 'home' | 'now'>;

/** What is known of an image's size and of its share in the cache. */
export interface ImageCache {
  readonly contents: ImageContents | Unknown;
  readonly cached: CachedHere | Unknown;
}

/** Asks the client and, for what it does not tell, a server. */
export async function gatherImageCache(
  question: ImageCacheQuestion,
  context: ImageCacheContext,
): Promise<ImageCache> {
  const [contents, cached] = await Promise.all([
    imageContents(question, context),
    cachedHere(question, context),
  ]);
  return { contents, cached };
}

/** The client's own counters first, which cost nothing; then the signed catalog; never a walk through all files. */
export async function imageContents(
  question: ImageCacheQuestion,
  context: ImageCacheContext,
): Promise<ImageContents | Unknown> {
  const { published, deadline } = question;
  if (published.kind === 'file') return { state: 'unknown', reason: 'it is one image file, not unpacked' };
  const attributes = await readAttributes({
    path: published.target,
    names: ['catalog_counters'],
    environment: context.environment,
    timeout: deadline.left() / 2,
  });
  const text = attributes.state === 'read' ? attributes.values.catalog_counters : undefined;
  const counted = parseCounters(text ?? '', published.targetPlace.relativePath);
  return counted ?? askServer(question, context);
}

/** The counters of a catalog, when it is the image's own and not one that holds others too. */
export function parseCounters(text: string, relativePath: string): ImageContents | null {
  const mountpoint = /^catalog_mountpoint: (.*)$/m.exec(text)?.[1];
  const [files, bytes] = ['regular', 'file_size'].map(
    name => new RegExp(`^${name},(\\d{1,15})$`, 'm').exec(text)?.[1],
  );
  if (mountpoint !== `/${relativePath}` || files === undefined || bytes === undefined) return null;
  return { state: 'known', files: Number(files), bytes: Number(bytes), source: 'client' };
}

async function askServer(
  { published, row, servers, network, deadline }: ImageCacheQuestion,
  context: ImageCacheContext,
): Promise<ImageContents | Unknown> {
  if (!network) return { state: 'unknown', reason: NO_NETWORK };
  const { relativePath } = published.targetPlace;
  const signal = AbortSignal.timeout(deadline.left());
  try {
    const access = await accessHere(row, { servers, insecure: false }, deadline.left(), context);
    const directory = join(ownCache(context).directory, 'cvmfs');
    const cache = await openObjectCache({ directory });
    const repository = await openRepository({ ...access, cache, now: context.now, signal });
    try {
      const statistics = await repository.statistics(`/${relativePath}`);
      if (statistics === null) return { state: 'unknown', reason: NO_CATALOG };
      return { state: 'known', files: statistics.files, bytes: statistics.bytes, source: 'server' };
    } finally {
      await repository.close();
    }
  } catch (thrown) {
    if (isJcdsError(thrown)) return { state: 'unknown', reason: thrown.message };
    if (signal.aborted) return { state: 'unknown', reason: 'no server answered in time' };
    throw thrown;
  }
}

const NO_CATALOG =
  'the repository counts it together with other images, and looking at every file would load all of its catalogs';

const LONGEST_LIST = 64 * 1024 * 1024;

/**
 * How many files of an image are cached. The client tells it to root and its own account only; its list has a path for
 * each object, and of large files one for each part.
 */
export async function cachedHere(
  { published, deadline }: Pick<ImageCacheQuestion, 'published' | 'deadline'>,
  { environment }: Pick<Context, 'environment'>,
): Promise<CachedHere | Unknown> {
  const { repository, relativePath } = published.targetPlace;
  const command = ['cache', 'list'];
  const list = await runCvmfsTalk(repository, command, environment, deadline.left(), LONGEST_LIST);
  if (list.state !== 'answered') return { state: 'unknown', reason: UNLISTED[list.state](repository) };
  return { state: 'known', files: countFiles(list.text, relativePath) };
}

const UNLISTED = {
  absent: () => 'only the CVMFS client could tell, and its tool cvmfs_talk is not here',
  refused: (repository: string) =>
    `the client tells it to root and the account cvmfs only: cvmfs_talk -i ${repository} cache list`,
  hung: (repository: string) => `the client of ${repository} did not answer in time`,
} satisfies Record<string, (repository: string) => string>;

/** Distinct files below a path of the repository, parts of one counted once. */
export function countFiles(list: string, relativePath: string): number {
  const files = list
    .split('\n')
    .map(line => line.replace(/^Part of /, ''))
    .filter(path => path.startsWith(`/${relativePath}/`));
  return new Set(files).size;
}
