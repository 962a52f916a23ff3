import { isJcdsError } from '../../errors.ts';
import { expandVariant, followLink } from '../../repositories/links.ts';
import { type Entry, isUsableName } from '../http/entry.ts';
import type { RepositoryRow } from '../look-question.ts';

/** A repository as far as following links needs it. */
export interface LinkedRepository {
  readonly row: RepositoryRow;
  /** The entry itself, without following it. `path` begins with a slash, or is empty: the root. */
  stat(path: string): Promise<Entry | null>;
  /** What the client expands in links. */
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/** Where a path leads by the rule of the repositories (links.ts). */
export type Followed =
  | {
      readonly state: 'found';
      readonly repository: string;
      readonly relativePath: string;
      readonly entry: Entry;
    }
  /** `leadsTo`: a link led there; null: the name itself is not there. */
  | { readonly state: 'missing'; readonly leadsTo: string | null }
  | { readonly state: 'loop'; readonly at: string }
  | { readonly state: 'escapes'; readonly target: string };

export interface FollowQuestion {
  /** The CVMFS root in use: absolute links count from it, and from /cvmfs. */
  readonly root: string;
  readonly repository: LinkedRepository;
  /** Below the repository, without slashes at its ends. */
  readonly entryPath: string;
  open(name: string): Promise<LinkedRepository>;
}

/** Linux' MAXSYMLINKS. */
const MOST_LINKS = 40;

/** Where the walk is. */
interface Here {
  readonly repository: LinkedRepository;
  readonly names: readonly string[];
  readonly entry: Entry | null;
}

/** Follows a path name by name. Throws what `stat` and `open` throw. */
export async function followOverHttp(question: FollowQuestion): Promise<Followed> {
  const { root, repository: first, entryPath } = question;
  let here: Here = { repository: first, names: [], entry: null };
  let todo = entryPath.split('/');
  let leadsTo: string | null = null;
  let links = 0;
  for (let name = todo.shift(); name !== undefined; name = todo.shift()) {
    const names = [...here.names, name];
    const entry = isUsableName(name) ? await here.repository.stat(`/${names.join('/')}`) : null;
    if (entry === null) return { state: 'missing', leadsTo };
    if (entry.kind !== 'link') {
      here = { ...here, names, entry };
      continue;
    }
    if (++links > MOST_LINKS)
      return { state: 'loop', at: [root, here.repository.row.name, ...names].join('/') };
    const step = await followOne(question, here.repository, names.join('/'), entry.target ?? '');
    if ('escapes' in step) return { state: 'escapes', target: step.escapes };
    leadsTo = [root, step.repository.row.name, ...step.names].join('/');
    todo = [...step.names, ...todo];
    here = { repository: step.repository, names: [], entry: null };
  }
  const entry = here.entry ?? (await here.repository.stat(''));
  const relativePath = here.names.join('/');
  return entry === null
    ? { state: 'missing', leadsTo }
    : { state: 'found', repository: here.repository.row.name, relativePath, entry };
}

async function followOne(
  { root, repository: first, open }: FollowQuestion,
  repository: LinkedRepository,
  linkRelativePath: string,
  text: string,
): Promise<
  { readonly repository: LinkedRepository; readonly names: string[] } | { readonly escapes: string }
> {
  const { name, allowedLinkTargets } = repository.row;
  const target = expandVariant(text, repository.variables);
  const home = first.row.name;
  const allowed = name === home ? allowedLinkTargets : [...allowedLinkTargets, home];
  const place = placeOf(() => followLink({ root, repository: name, linkRelativePath, target, allowed }));
  if (place === null) return { escapes: target };
  return {
    repository: place.repository === name ? repository : await open(place.repository),
    names: place.relativePath.split('/').filter(part => part !== ''),
  };
}

function placeOf<Place>(follow: () => Place): Place | null {
  try {
    return follow();
  } catch (thrown) {
    if (isJcdsError(thrown) && thrown.code === 'LINK_ESCAPES') return null;
    throw thrown;
  }
}
