import type { Context } from '../context.ts';
import { isRepositoryName } from '../repositories/repository.ts';
import { SHELL_ENVIRONMENT } from './abandonable-child.ts';
import { type Attributes, readAttributes } from './attributes.ts';
import { runChild } from './bounded-child.ts';
import { type ClientTraffic, clientTraffic, TRAFFIC_NAMES } from './client-view.ts';
import { type MountPoint, mountPoints } from './mount-points.ts';

/** What one mounted repository tells of the client's cache, in bytes. */
export interface RepositoryCache {
  readonly repository: string;
  /** Whether a CVMFS client of this host serves it; else nothing here is about a cache. */
  readonly isClients: boolean;
  /** Of the whole cache, which the repositories of a host share as a rule. null: not told. */
  readonly quota: number | null;
  readonly used: number | null;
  /** What cannot be cleaned up, being in use. Only root and the client's own account are told. */
  readonly pinned: number | null;
  /** Since the repository was mounted. */
  readonly traffic: ClientTraffic;
  /** Why the client says nothing of itself; null: it does. */
  readonly unknown: string | null;
}

export interface CacheQuestion {
  readonly root: string;
  readonly repository: string;
  /** Milliseconds for each of the questions, which are asked at the same time. */
  readonly timeout: number;
  readonly mounts?: readonly MountPoint[];
}

/** Repositories that a CVMFS client has mounted below a root now. */
export function mountedRepositories(
  root: string,
  mounts: readonly MountPoint[] = mountPoints(),
): readonly string[] {
  const names = mounts
    .filter(({ source, directory }) => source === 'cvmfs2' && directory.startsWith(`${root}/`))
    .map(({ directory }) => directory.slice(root.length + 1))
    .filter(isRepositoryName);
  return [...new Set(names)];
}

/** Asks a mount about its cache by attributes, by statfs, and by the client's own tool where that is allowed. */
export async function readRepositoryCache(
  { root, repository, timeout, mounts = mountPoints() }: CacheQuestion,
  { environment }: Pick<Context, 'environment'>,
): Promise<RepositoryCache> {
  const path = `${root}/${repository}`;
  const [attributes, room, pinned] = await Promise.all([
    readAttributes({ path, names: TRAFFIC_NAMES, environment, timeout }),
    readRoom(path, timeout),
    readPinned(repository, environment, timeout),
  ]);
  const isClients = attributes.state === 'read' || mountedRepositories(root, mounts).includes(repository);
  return {
    repository,
    isClients,
    quota: isClients ? room.quota : null,
    used: isClients ? room.used : null,
    pinned,
    traffic: clientTraffic(attributes),
    unknown: whyUnknown(attributes),
  };
}

function whyUnknown(attributes: Attributes): string | null {
  return attributes.state === 'unknown' ? attributes.reason : null;
}

const LIMIT = 1024 * 1024;

/** statfs, by coreutils or busybox: of a CVMFS mount it tells the cache, not the repository. */
async function readRoom(
  path: string,
  timeout: number,
): Promise<{ readonly quota: number | null; readonly used: number | null }> {
  const run = await runChild({
    file: 'stat',
    args: ['-f', '-c', '%S %b %f', path],
    environment: SHELL_ENVIRONMENT,
    timeout,
    limit: LIMIT,
  });
  const [, unit, total, free] =
    (run.state === 'ended' && /^(\d{1,9}) (\d{1,15}) (\d{1,15})\n$/.exec(run.output)) || [];
  if (unit === undefined || Number(total) === 0) return { quota: null, used: null };
  const used = Math.max(0, Number(total) - Number(free));
  return { quota: Number(total) * Number(unit), used: used * Number(unit) };
}

/** `Current cache size is 30MB (32057556 Bytes), pinned: 1MB (2056192 Bytes)`: for those who may ask. */
async function readPinned(
  repository: string,
  environment: Context['environment'],
  timeout: number,
): Promise<number | null> {
  const said = await runCvmfsTalk(repository, ['cache', 'size'], environment, timeout);
  const bytes =
    said.state === 'answered' ? /pinned: \S+ \((\d{1,15}) Bytes\)/.exec(said.text)?.[1] : undefined;
  return bytes === undefined ? null : Number(bytes);
}

/** What `cvmfs_talk` answers. Its socket is for root and the account cvmfs; a client that is stuck never answers. */
export type CvmfsTalk =
  | { readonly state: 'answered'; readonly text: string }
  | { readonly state: 'absent' | 'refused' | 'hung' };

/** Asks the client of a repository by its own tool. `timeout` in milliseconds, `limit` in bytes. */
export async function runCvmfsTalk(
  repository: string,
  command: readonly string[],
  environment: Context['environment'],
  timeout: number,
  limit: number = LIMIT,
): Promise<CvmfsTalk> {
  const PATH = `${environment.PATH || '/usr/bin:/bin'}:/usr/bin:/usr/sbin`;
  const run = await runChild({
    file: 'cvmfs_talk',
    args: ['-i', repository, ...command],
    environment: { PATH, LC_ALL: 'C' },
    timeout,
    limit,
  });
  if (run.state === 'not-started') return { state: 'absent' };
  if (run.state === 'timeout') return { state: 'hung' };
  return run.code === 0 ? { state: 'answered', text: run.output } : { state: 'refused' };
}
