/** The bytes that one name may have, and a whole path: what Linux allows. */
const LONGEST_NAME = 255;
const LONGEST_PATH = 4095;
/** The kernel's own bound (MAXSYMLINKS). */
const MOST_LINKS = 40;

/**
 * The root filesystem of an image, from nothing on: parents, links and whiteouts are decided here, without a system call, so that
 * nothing on the disk can lead them elsewhere. Names and targets have one character a byte. `layer` is the number of the
 * layer that put a name there.
 */
export interface DirectoryNode {
  readonly kind: 'directory';
  readonly children: Map<string, Node>;
  /** The last layer that listed it. */
  layer: number;
  /** The layer that made it: nothing in it is of a lower one. */
  readonly born: number;
  /** The last layer whose whiteout took from it all that was of lower ones, or -1. */
  swept: number;
  mode: number;
  mtime: number;
}

export interface FileNode {
  readonly kind: 'file';
  readonly layer: number;
  readonly mode: number;
  readonly mtime: number;
  readonly size: number;
  /** Which entry of the image brought it, counted through all layers. */
  readonly source: number;
}

export interface SymlinkNode {
  readonly kind: 'symlink';
  readonly layer: number;
  readonly target: string;
  readonly mtime: number;
}

export interface FifoNode {
  readonly kind: 'fifo';
  readonly layer: number;
  readonly mode: number;
  readonly mtime: number;
}

/** A further name of a file, link or fifo. */
export interface NameNode {
  readonly kind: 'name';
  readonly layer: number;
  readonly of: FileNode | SymlinkNode | FifoNode;
}

export type Node = DirectoryNode | FileNode | SymlinkNode | FifoNode | NameNode;

/** Something that no process in the root could have asked for either. A sentence's end: `has a name of more than 255 bytes`. */
export class TreeFault extends Error {}

/** A directory that is there, and its path below the root: `usr/lib`, '' for the root itself. */
export interface Place {
  readonly directory: DirectoryNode;
  readonly path: string;
}

/** A directory without an entry of its own, or not told about yet: open to all to read, whatever the umask. */
export function newDirectory(layer: number): DirectoryNode {
  return { kind: 'directory', children: new Map(), layer, born: layer, swept: -1, mode: 0o755, mtime: 0 };
}

/** Every name in a tree by its path, a directory before what is in it; '' is the root. */
export function* everyName(node: Node, path = ''): Generator<readonly [path: string, node: Node]> {
  yield [path, node];
  if (node.kind !== 'directory') return;
  for (const [name, child] of node.children) yield* everyName(child, joined(path, name));
}

/** The parts of a name in an archive, as seen from the root: `..` leads no further than there. Throws TreeFault. */
export function partsOf(name: string): { readonly parts: string[]; readonly isUpward: boolean } {
  const parts: string[] = [];
  let isUpward = false;
  if (name.length > 2 * LONGEST_PATH) throw tooLong();
  for (const part of name.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') {
      isUpward = true;
      parts.pop();
    } else parts.push(checkedName(part));
  }
  return { parts, isUpward };
}

function checkedName(name: string): string {
  if (name.includes('\0')) throw new TreeFault('has a name with a NUL in it');
  if (name.length > LONGEST_NAME) throw new TreeFault(`has a name of more than ${LONGEST_NAME} bytes`);
  return name;
}

export function joined(path: string, name: string): string {
  const whole = path === '' ? name : `${path}/${name}`;
  if (whole.length > LONGEST_PATH) throw tooLong();
  return whole;
}

function tooLong(): TreeFault {
  return new TreeFault(`has a path of more than ${LONGEST_PATH} bytes`);
}

/** One step of the way to a directory: what is there under the name, or null where nothing is. */
interface Step {
  readonly name: string;
  readonly node: Exclude<Node, SymlinkNode> | null;
}

/** The way to a directory with every link on it followed inside the root. Throws TreeFault for too many of them. */
function way(root: DirectoryNode, parts: readonly string[]): Step[] {
  const steps: Step[] = [];
  const todo = [...parts].reverse();
  let links = 0;
  while (todo.length > 0) {
    const name = todo.pop()!;
    if (name === '' || name === '.') continue;
    if (name === '..') {
      steps.pop();
      continue;
    }
    const from = steps.length === 0 ? root : steps.at(-1)!.node;
    const found = from?.kind === 'directory' ? (from.children.get(name) ?? null) : null;
    const node = found?.kind === 'name' ? found.of : found;
    if (node?.kind !== 'symlink') {
      steps.push({ name: checkedName(name), node });
      continue;
    }
    links += 1;
    if (links > MOST_LINKS) throw new TreeFault('leads through too many links');
    if (node.target.startsWith('/')) steps.length = 0;
    todo.push(...node.target.split('/').reverse());
  }
  return steps;
}

/** The directory that a path leads to, or null where it leads to none. Throws TreeFault. */
export function findDirectory(root: DirectoryNode, parts: readonly string[]): Place | null {
  let at: Place = { directory: root, path: '' };
  for (const { name, node } of way(root, parts)) {
    if (node?.kind !== 'directory') return null;
    at = { directory: node, path: joined(at.path, name) };
  }
  return at;
}

/** The path of the first thing on the way to something that is not there, or no directory on the way to more; or of what is there. Throws TreeFault. */
export function endOfWay(root: DirectoryNode, parts: readonly string[]): string {
  const steps = way(root, parts.slice(0, -1));
  let path = '';
  for (const { name, node } of steps) {
    path = joined(path, name);
    if (node?.kind !== 'directory') return path;
  }
  return joined(path, parts.at(-1) ?? '');
}

/** The same; what is missing on the way is made by `make`, which also replaces what is no directory. Throws TreeFault. */
export function reachDirectory(
  root: DirectoryNode,
  parts: readonly string[],
  make: (parent: Place, name: string) => DirectoryNode,
): Place {
  let at: Place = { directory: root, path: '' };
  for (const { name, node } of way(root, parts)) {
    const path = joined(at.path, name);
    // What a step before has replaced leads nowhere any more.
    const isThere = node?.kind === 'directory' && at.directory.children.get(name) === node;
    at = { directory: isThere ? node : make(at, name), path };
  }
  return at;
}
