import { constants, openSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { byteEntries } from '../files/byte-entries.ts';
import { fromBytes, toBytes } from '../launch/bytes.ts';
import type { RootEntry } from './facts.ts';
import { errnoOf, type Walked, walk } from './walk.ts';

/** A place of the host that is shown in the container. */
export interface Mount {
  /** null: an own directory, in which nothing is yet. */
  readonly source: string | null;
  readonly destination: string;
}

/** Where nothing is, whoever asks. */
const NOTHING = '/proc/0';

/**
 * An image's files as the container sees them: every link is followed inside the image, and what is mounted over it
 * is looked up on the host. Each name is asked for once. Paths are absolute inside the image.
 */
export interface ImageView {
  /** Where a path really is, or that nothing is there. Throws the system's error when that cannot be seen (EIO, …). */
  resolve(path: string): Walked;
  /** Text of the link at a resolved place, or null when something else is there. */
  linkAt(components: readonly string[]): string | null;
  /** Where a resolved path stands on the host. */
  hostPath(path: string): string;
  /** The names in a directory, sorted, links without their text; null when there is none that can be read. */
  list(path: string): readonly RootEntry[] | null;
  /** Mounts something more, where the links on the way to its destination lead: the real place. */
  mount(mount: Mount): string;
  /** Where something would be mounted that has this path as its destination, and what is mounted there or above it. */
  placeOf(path: string): { readonly at: string; readonly mount: Mount | null };
  /** Opens what is at a path for reading; never follows a link out of the image and never waits (FIFO). */
  open(path: string): Opened;
}

export type Opened =
  | { readonly state: 'open'; readonly descriptor: number; readonly path: string }
  | { readonly state: 'missing' | 'denied' | 'loop'; readonly path: string };

/** What may be wrong with one file without CVMFS itself being broken. */
const REFUSED: Readonly<Record<string, 'missing' | 'denied' | 'loop'>> = {
  ENOENT: 'missing',
  ENOTDIR: 'missing',
  ENAMETOOLONG: 'missing',
  ENXIO: 'denied',
  EACCES: 'denied',
  EPERM: 'denied',
  ELOOP: 'loop',
};

const OPEN_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;

/**
 * Looks at the image in a directory of this host, whose own path holds no links.
 * @param mounts in the order of mounting. As a mount does, each follows the links on the way to its destination, so it
 * is where they lead; a later one hides an earlier one at or below its place.
 */
export function imageView(root: string, mounts: readonly Mount[] = []): ImageView {
  /** Text of a link, or null for what is none. */
  const known = new Map<string, string | null>();
  /** Those that no later one hides. */
  let places: readonly Mount[] = [];
  const sources = new Map<string, string>();

  const mountOf = (path: string) => places.findLast(({ destination }) => isAtOrBelow(path, destination));
  const hostPath = (path: string): string => {
    const over = mountOf(path);
    if (!over) return join(root, path);
    if (over.source === null) return NOTHING;
    const source = sources.get(over.source) ?? realPathOf(over.source);
    sources.set(over.source, source);
    return join(source, over.destination === '/' ? path : path.slice(over.destination.length));
  };
  const linkAt = (components: readonly string[]): string | null => {
    const path = absolute(components.join('/'));
    const text = known.get(path);
    if (text !== undefined) return text;
    const read = places.some(({ destination }) => isAtOrBelow(destination, path))
      ? null // A mount point, or made for one.
      : readLinkOrNull(hostPath(path));
    known.set(path, read);
    return read;
  };
  const resolve = (path: string): Walked => walk({ linkAt, follow }, path.split('/'));
  const mount = ({ source, destination }: Mount): string => {
    const place = realPlace(destination, linkAt);
    const seen = places.filter(other => !isAtOrBelow(other.destination, place));
    places = [...seen, { source, destination: place }];
    for (const path of known.keys()) if (isAtOrBelow(path, place)) known.delete(path);
    return place;
  };
  const placeOf = (path: string) => {
    const at = realPlace(path, linkAt);
    return { at, mount: mountOf(at) ?? null };
  };
  mounts.forEach(mount);

  const list = (path: string): readonly RootEntry[] | null => {
    const walked = resolve(path);
    if (walked.state !== 'found') return null;
    const directory = absolute(walked.path.join('/'));
    const entries = listOrNull(hostPath(directory));
    for (const { name, kind } of entries ?? [])
      if (kind === 'directory' || kind === 'file') known.set(join(directory, `/${name}`), null);
    return entries;
  };

  const open = (path: string): Opened => {
    const slash = path.lastIndexOf('/');
    const parent = resolve(path.slice(0, slash));
    if (parent.state !== 'found') return { state: parent.state, path: absolute(parent.path.join('/')) };
    const direct = openHere(absolute([...parent.path, path.slice(slash + 1)].join('/')), hostPath);
    if (direct.state !== 'loop') return direct;
    const walked = resolve(path);
    const end = absolute(walked.path.join('/'));
    return walked.state === 'found' ? openHere(end, hostPath) : { state: walked.state, path: end };
  };
  return { resolve, linkAt, hostPath, list, open, mount, placeOf };
}

function follow(at: readonly string[], target: string): readonly string[] {
  return target.startsWith('/') ? target.split('/') : [...at.slice(0, -1), ...target.split('/')];
}

/** Where something is mounted: what is missing on the way will have been made. */
function realPlace(destination: string, linkAt: ImageView['linkAt']): string {
  const orMade = (path: readonly string[]) => {
    try {
      return linkAt(path);
    } catch (thrown) {
      if (REFUSED[errnoOf(thrown) ?? ''] === undefined) throw thrown;
      return null;
    }
  };
  const walked = walk({ linkAt: orMade, follow }, destination.split('/'));
  return absolute(walked.state === 'found' ? walked.path.join('/') : destination);
}

function openHere(path: string, hostPath: (path: string) => string): Opened {
  try {
    return { state: 'open', descriptor: openSync(onDisk(hostPath(path)), OPEN_FLAGS), path };
  } catch (thrown) {
    const state = REFUSED[errnoOf(thrown) ?? ''];
    if (state === undefined) throw thrown;
    return { state, path };
  }
}

/** A bind follows links in its source; one that is gone meanwhile is left to the look that follows. */
export function realPathOf(source: string): string {
  try {
    return fromBytes(realpathSync.native(onDisk(source), 'buffer'));
  } catch {
    return source;
  }
}

function readLinkOrNull(path: string): string | null {
  try {
    return fromBytes(readlinkSync(onDisk(path), 'buffer'));
  } catch (thrown) {
    if (errnoOf(thrown) === 'EINVAL') return null;
    throw thrown;
  }
}

function listOrNull(path: string): RootEntry[] | null {
  try {
    return namesIn(path)
      .map(entry => ({ name: entry.name, kind: kindOf(entry) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (thrown) {
    if (REFUSED[errnoOf(thrown) ?? ''] === undefined) throw thrown;
    return null;
  }
}

interface Named {
  readonly name: string;
  isDirectory(): boolean;
  isFile(): boolean;
  isSymbolicLink(): boolean;
}

/** Once more where a name is not UTF-8: Node has put U+FFFD then. */
function namesIn(path: string): Named[] {
  const entries = readdirSync(onDisk(path), { withFileTypes: true });
  if (!entries.some(({ name }) => name.includes('\ufffd'))) return entries;
  return byteEntries(onDisk(path)).map(entry => ({ ...entry, name: fromBytes(entry.name) }));
}

function kindOf(entry: Named): RootEntry['kind'] {
  if (entry.isDirectory()) return 'directory';
  if (entry.isFile()) return 'file';
  return entry.isSymbolicLink() ? 'link' : 'other';
}

/** A path as the system takes it: bytes that are not UTF-8 stand as lone surrogates in texts (launch/bytes.ts). */
export function onDisk(path: string): string | Buffer {
  return /[\udc80-\udcff]/.test(path) ? toBytes(path) : path;
}

function absolute(path: string): string {
  return `/${path
    .split('/')
    .filter(component => component !== '' && component !== '.')
    .join('/')}`;
}

function join(directory: string, path: string): string {
  return path === '/' || path === '' ? directory : directory === '/' ? path : `${directory}${path}`;
}

function isAtOrBelow(path: string, directory: string): boolean {
  return directory === '/' || path === directory || path.startsWith(`${directory}/`);
}
