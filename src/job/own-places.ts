import { cacheDirectory } from '../cache-directory.ts';
import { realPathOf, userDirectory } from '../configuration/user-directory.ts';
import type { Context } from '../context.ts';
import type { MountPoint } from '../cvmfs/mount-points.ts';
import type { OwnDirectory } from '../files/own-directory.ts';
import { ROOTS_STORE } from '../runtimes/engine-files.ts';
import type { Bind } from '../runtimes/shown.ts';
import { HomeOptionError } from './home.ts';
import { isAtOrBelow, realPath, statusOf } from './host-places.ts';

/** A directory of jcds' own. */
export interface OwnPlace {
  readonly path: string;
  /** By all its names on this host: one file system may be mounted at several places. */
  readonly names: readonly string[];
  /** Whether it is held only where it is there already: one that is missing is not made. */
  readonly isOptional: boolean;
  /** The directory of jcds' own in which nothing is, which a job sees in its place. */
  readonly cover?: OwnDirectory;
}

/**
 * jcds' own directories: settings choose servers, runtimes and binds of later jobs, and what is remembered says what starts in
 * another image's container. Stores are what `--local` runs; few users have one, and those who have none keep `~/.local` as it is.
 * What engines start for root is written by root alone, and by no job of root. Of the settings a job sees nothing at all: tokens for
 * forges may be written there while it runs. Those of the account's home count, too, which is shown where HOME names none, and those
 * that are used without XDG_CONFIG_HOME and XDG_CACHE_HOME, where they are there.
 */
export function ownPlaces(
  context: Pick<Context, 'environment' | 'home' | 'accountHome' | 'uid'>,
  stores: readonly string[],
  mounts: readonly MountPoint[],
): OwnPlace[] {
  const { environment, uid } = context;
  const homes = [context.home, context.accountHome].flatMap(home => (home?.startsWith('/') ? [home] : []));
  const each = (isOptional: boolean, variables: Context['environment']) =>
    homes.flatMap(home => {
      const cache = cacheDirectory({ environment: variables, home });
      const cover = { base: cacheDirectory({ environment, home }), names: ['nothing'], uid };
      // The cover lies in the cache, which is made first.
      return [{ path: cache }, { path: userDirectory({ environment: variables, home }), cover }].map(
        place => ({ ...place, isOptional: isOptional || isInMissing(home, place.path) }),
      );
    });
  const all: readonly Omit<OwnPlace, 'names'>[] = [
    ...each(false, environment),
    ...each(true, {}),
    ...(uid === 0 ? [{ path: ROOTS_STORE, isOptional: false }] : []),
    ...stores.map(path => ({ path, isOptional: true })),
  ];
  // Most of them are the same: each is looked at once.
  return all
    .filter(({ path }, at) => all.findIndex(other => other.path === path) === at)
    .filter(({ path, isOptional }) => !isOptional || statusOf(path) !== null)
    .map(place => ({ ...place, names: namesOf(realPathOf(place.path), mounts) }));
}

/** No home is made that is not there. */
function isInMissing(home: string, path: string): boolean {
  return isAtOrBelow(path, home) && statusOf(home) === null;
}

/** A bind of such a directory, or of what is in it, is read-only whatever was asked for. */
export function heldBind(bind: Bind, own: readonly OwnPlace[]): Bind {
  return isIn(bind.source, own) ? { ...bind, mode: 'ro' } : bind;
}

/** No job has such a directory for its home, which is there to be written to. @throws HomeOptionError */
export function checkHome(source: string, own: readonly OwnPlace[]): void {
  if (isIn(source, own)) throw new HomeOptionError(source, 'it is a directory of jcds’ own');
}

function isIn(path: string, own: readonly OwnPlace[]): boolean {
  const source = realPath(path);
  return own.some(({ names }) => names.some(name => isAtOrBelow(source, name)));
}

/** Every path of the host by which this one is reached, itself first. */
function namesOf(path: string, mounts: readonly MountPoint[]): string[] {
  const own = mounts
    .filter(({ directory }) => isAtOrBelow(path, directory))
    .reduce<MountPoint | null>(
      (best, mount) => (best !== null && best.directory.length > mount.directory.length ? best : mount),
      null,
    );
  if (own === null) return [path];
  const inFileSystem = join(own.root, below(path, own.directory));
  const others = mounts
    .filter(({ device, root }) => device === own.device && isAtOrBelow(inFileSystem, root))
    .map(({ directory, root }) => join(directory, below(inFileSystem, root)));
  return [...new Set([path, ...others])];
}

function below(path: string, directory: string): string {
  return directory === '/' ? path : path.slice(directory.length);
}

function join(directory: string, rest: string): string {
  return directory === '/' ? rest : `${directory}${rest}`;
}
