import { commandText } from '../command-text.ts';
import type { Context } from '../context.ts';
import { readAttributes } from '../cvmfs/attributes.ts';
import { runCvmfsTalk } from '../cvmfs/client-cache.ts';
import type { Search } from '../cvmfs/find-publication.ts';
import type { HttpOptions } from '../cvmfs/no-mount/http-options.ts';
import type { Published } from '../cvmfs/publication.ts';
import type { Deadline } from './deadline.ts';
import { NO_NETWORK } from './gather-freshness.ts';

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
  /** Whether it was found over HTTP: then no client of this host has anything of it. */
  readonly overHttp: boolean;
  readonly search: Search;
  readonly requested: HttpOptions;
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
  const { published, deadline, overHttp } = question;
  if (published.kind === 'file') return { state: 'unknown', reason: 'it is one image file, not unpacked' };
  if (overHttp) return askServer(question, context);
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
  { published, search, requested, deadline }: ImageCacheQuestion,
  context: ImageCacheContext,
): Promise<ImageContents | Unknown> {
  if (requested.when === 'never') return { state: 'unknown', reason: NO_NETWORK };
  // The reader of signed catalogs is large, and of no use to the other reports.
  const { imageSize } = await import('../cvmfs/no-mount/image-size.ts');
  const left = { ...search, timeout: deadline.left() / 1000 };
  const size = await imageSize(published.targetPlace, left, requested, context);
  if (size.state === 'unreachable') return { state: 'unknown', reason: size.reason.detail };
  if (size.statistics === null) return { state: 'unknown', reason: NO_CATALOG };
  const { files, bytes } = size.statistics;
  return { state: 'known', files, bytes, source: 'server' };
}

const NO_CATALOG =
  'the repository counts it together with other images, and looking at every file would load all of its catalogs';

const LONGEST_LIST = 64 * 1024 * 1024;

/**
 * How many files of an image are cached. The client tells it to root and its own account only; its list has a path for
 * each object, and of large files one for each part.
 */
export async function cachedHere(
  { published, deadline, overHttp }: Pick<ImageCacheQuestion, 'published' | 'deadline' | 'overHttp'>,
  { environment }: Pick<Context, 'environment'>,
): Promise<CachedHere | Unknown> {
  if (overHttp) return { state: 'unknown', reason: 'it was looked at over HTTP, without a CVMFS client' };
  const { repository, relativePath } = published.targetPlace;
  const command = ['cache', 'list'];
  const list = await runCvmfsTalk(repository, command, environment, deadline.left(), LONGEST_LIST);
  if (list.state !== 'answered') return { state: 'unknown', reason: UNLISTED[list.state](repository) };
  return { state: 'known', files: countFiles(list.text, relativePath) };
}

const UNLISTED = {
  absent: () => 'only the CVMFS client could tell, and its tool cvmfs_talk is not here',
  refused: (repository: string) =>
    `the client tells it to root and the account cvmfs only: ${commandText('cvmfs_talk', '-i', repository, 'cache', 'list')}`,
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
