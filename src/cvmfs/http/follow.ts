import { expandVariant } from '../../repositories/links.ts';
import { type Entry, isUsableName } from './entry.ts';
import { LONGEST_PATH, parentOf, repositoryPath } from './repository-path.ts';

/** Where a path leads once its links are followed. */
export type Followed =
  | { readonly state: 'found'; readonly path: string; readonly entry: Entry }
  /** `path` is the first that does not exist: a dangling link, if it is not what was asked for. */
  | { readonly state: 'missing'; readonly path: string }
  /** A link leads out of the repository, to `target`: nothing can be said of it here. */
  | { readonly state: 'outside'; readonly link: string; readonly target: string }
  /** More links than Linux follows. */
  | { readonly state: 'loop'; readonly link: string };

export interface FollowOptions {
  readonly stat: (path: string) => Promise<Entry | null>;
  /** Where the repository is mounted: absolute links begin with it. */
  readonly mountpoint: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/** Linux' MAXSYMLINKS. */
const MOST_LINKS = 40;

/** Follows `path` as the kernel would on a mounted repository, name by name, and never leaves the repository. */
export async function follow(
  path: string,
  { stat, mountpoint, variables }: FollowOptions,
): Promise<Followed> {
  let names = repositoryPath(path).split('/').slice(1);
  let current = '';
  let links = 0;
  for (let name = names.shift(); name !== undefined; name = names.shift()) {
    if (name === '..') {
      current = parentOf(current);
      continue;
    }
    const next = `${current}/${name}`;
    const found = await stat(next);
    if (!found) return { state: 'missing', path: next };
    if (found.kind !== 'link') {
      current = next;
      continue;
    }
    if (++links > MOST_LINKS) return { state: 'loop', link: next };
    const target = expandVariant(found.target ?? '', variables);
    const step = readTarget(target, current, mountpoint);
    if (!step) return { state: 'outside', link: next, target };
    names = [...step.names, ...names];
    if (step.isAbsolute) current = '';
  }
  const entry = await stat(current);
  return entry ? { state: 'found', path: current, entry } : { state: 'missing', path: current };
}

/** The names that a link in `directory` puts in its place; null when it leads out, or to what is no path. */
function readTarget(
  target: string,
  directory: string,
  mountpoint: string,
): { readonly names: string[]; readonly isAbsolute: boolean } | null {
  const isAbsolute = target.startsWith('/');
  if (isAbsolute && target !== mountpoint && !target.startsWith(`${mountpoint}/`)) return null;
  const names = (isAbsolute ? target.slice(mountpoint.length) : target).split('/').filter(isStep);
  if (target === '' || target.length > LONGEST_PATH) return null;
  if (!names.every(name => name === '..' || isUsableName(name))) return null;
  return staysInside(names, isAbsolute ? 0 : directory.split('/').length - 1) ? { names, isAbsolute } : null;
}

function isStep(name: string): boolean {
  return name !== '' && name !== '.';
}

/** Whether no `..` climbs above the root, beginning `depth` directories below it. */
function staysInside(names: readonly string[], depth: number): boolean {
  let level = depth;
  for (const name of names) {
    level += name === '..' ? -1 : 1;
    if (level < 0) return false;
  }
  return true;
}
