import type { Entry } from '../archive/entry.ts';
import type { Operation } from './operations.ts';
import type { Tally } from './tally.ts';
import {
  type DirectoryNode,
  endOfWay,
  findDirectory,
  joined,
  type Node,
  newDirectory,
  type Place,
  partsOf,
  reachDirectory,
  TreeFault,
} from './tree.ts';
import { isAufsLeaving, markerOf, removeLower } from './whiteouts.ts';

/** A layer that is being applied to a tree. */
export interface Layer {
  readonly root: DirectoryNode;
  readonly number: number;
  readonly tally: Tally;
  /** Hard links whose target has not come yet, by the path where they belong. */
  readonly waiting: Map<string, Entry>;
  /** Paths that AUFS has left: links may lead to them until the layer ends. */
  readonly leavings: Set<string>;
}

export function beginLayer(root: DirectoryNode, number: number, tally: Tally): Layer {
  return { root, number, tally, waiting: new Map(), leavings: new Set() };
}

/**
 * What an entry of a layer does to the tree, which is changed, and what has to be done on the disk. The result is what a process in the
 * root would see, had it unpacked the layer; docs of the OCI image specification, layer.md. Throws TreeFault.
 * @param source the number of the entry, counted through all layers
 */
export function applyEntry(layer: Layer, entry: Entry, source: number): Operation[] {
  const { parts, isUpward } = partsOf(entry.path);
  if (entry.path === '') throw new TreeFault('has an entry without a name');
  if (isUpward) layer.tally.note('upward-name', entry.path);
  if (entry.attributes > 0) layer.tally.note('attribute', entry.path, entry.attributes);
  const name = parts.pop();
  if (name === undefined) return applyRoot(layer, entry);
  if (parts.some(part => markerOf(part) !== null)) throw new TreeFault('has an entry below a whiteout');
  const marker = markerOf(name);
  if (marker !== null) {
    const place = findDirectory(layer.root, parts);
    return place === null ? [] : removeLower(place, marker, layer.number);
  }
  if (entry.type === 'device') {
    layer.tally.note('device', entry.path);
    return [];
  }
  if (isAufsLeaving(parts) || isAufsLeaving([name])) noteLeaving(layer, [...parts, name], entry);
  if (entry.type === 'hard-link') return link(layer, parts, name, entry);
  return put(layer, parts, name, entry, source);
}

/**
 * Hard links whose target came behind them, and the end of what AUFS has left: what is to be done, piece by piece, so that whoever does it
 * may be interrupted. Throws TreeFault.
 */
export function* endLayer(layer: Layer): Generator<readonly Operation[]> {
  yield* linkWaiting(layer);
  for (const path of layer.leavings) {
    const parts = path.split('/');
    const name = parts.pop()!;
    const place = findDirectory(layer.root, parts);
    if (place !== null) yield removal(place, name);
  }
}

/**
 * Makes the hard links that wait, in order, and what waits for one of them behind it. One whose target is not there is looked at again when something
 * comes to be where its way ends: their number times the depth, in whatever order they are.
 */
function* linkWaiting(layer: Layer): Generator<readonly Operation[]> {
  const left = new Set(layer.waiting.values());
  layer.waiting.clear();
  const stuck = new Map<string, Entry[]>();
  const queue = [...left];
  for (let at = 0; at < queue.length; at += 1) {
    const entry = queue[at]!;
    const { parts } = partsOf(entry.path);
    const name = parts.pop()!;
    const done = link(layer, parts, name, entry);
    yield done;
    for (const operation of done) {
      if (operation.kind === 'remove') continue;
      for (const waiting of stuck.get(operation.path) ?? []) queue.push(waiting);
      stuck.delete(operation.path);
    }
    if (done.at(-1)?.kind === 'link') left.delete(entry);
    else {
      const gap = endOfWay(layer.root, partsOf(entry.target).parts);
      const there = stuck.get(gap);
      if (there === undefined) stuck.set(gap, [entry]);
      else there.push(entry);
    }
  }
  const [lost] = left;
  if (lost === undefined) return;
  throw new TreeFault(
    `has a hard link ${shown(lost.path)} to ${shown(lost.target)}, which is not in the image`,
  );
}

function shown(path: string): string {
  return JSON.stringify(Buffer.from(path, 'latin1').toString('utf8'));
}

function noteLeaving(layer: Layer, parts: readonly string[], entry: Entry): void {
  layer.tally.note('aufs', entry.path);
  const at = parts.findIndex(part => isAufsLeaving([part]));
  layer.leavings.add(parts.slice(0, at + 1).join('/'));
}

function applyRoot(layer: Layer, entry: Entry): Operation[] {
  if (entry.type !== 'directory') throw new TreeFault('has an entry for the root that is no directory');
  describe(layer, layer.root, entry);
  return [];
}

/** Puts something where the path leads, in the place of what is there; a directory keeps what is in it. */
function put(
  layer: Layer,
  parts: readonly string[],
  name: string,
  entry: Entry,
  source: number,
): Operation[] {
  const operations: Operation[] = [];
  const place = reach(layer, parts, operations);
  const { directory } = place;
  const path = joined(place.path, name);
  layer.waiting.delete(path);
  const there = directory.children.get(name);
  if (entry.type === 'directory' && there?.kind === 'directory') {
    describe(layer, there, entry);
    return operations;
  }
  operations.push(...removal(place, name));
  const made = nodeOf(layer, entry, source);
  directory.children.set(name, made.node);
  operations.push({ ...made, path } as Operation);
  return operations;
}

type Made =
  Exclude<Operation, { kind: 'link' | 'remove' }> extends infer One
    ? One extends { path: string }
      ? Omit<One, 'path'>
      : never
    : never;

function nodeOf(layer: Layer, entry: Entry, source: number): Made {
  const { number: of } = layer;
  const { mtime, target, size } = entry;
  switch (entry.type) {
    case 'directory': {
      const node = newDirectory(of);
      describe(layer, node, entry);
      return { kind: 'directory', node };
    }
    case 'symlink':
      if (target === '') throw new TreeFault('has a link that leads nowhere');
      if (target.length > 4095 || target.includes('\0'))
        throw new TreeFault('has a link that no file system takes');
      return { kind: 'symlink', node: { kind: 'symlink', layer: of, target, mtime } };
    case 'fifo':
      return { kind: 'fifo', node: { kind: 'fifo', layer: of, mode: mode(layer, entry, 0o600), mtime } };
    default: {
      const node = { kind: 'file', layer: of, mode: mode(layer, entry, 0o600), mtime, size, source } as const;
      return { kind: 'file', node };
    }
  }
}

function describe(layer: Layer, node: DirectoryNode, entry: Entry): void {
  node.layer = layer.number;
  node.mode = mode(layer, entry, 0o700);
  node.mtime = entry.mtime;
}

/** Open enough for its owner to read, publish and remove it; without the rights of whoever unpacks it. */
function mode({ tally }: Layer, { mode: asked, path }: Entry, least: number): number {
  if ((asked & 0o6000) !== 0) tally.note('special-bits', path);
  if ((asked & least) !== least) tally.note('closed-mode', path);
  return (asked & 0o1777) | least;
}

/** A further name for what the target's name stands for; a link at its end is not followed, as by link(2). */
function link(layer: Layer, parts: readonly string[], name: string, entry: Entry): Operation[] {
  if (entry.target === '') throw new TreeFault('has a hard link that leads nowhere');
  const operations: Operation[] = [];
  const place = reach(layer, parts, operations);
  const path = joined(place.path, name);
  layer.waiting.delete(path);
  const target = findTarget(layer.root, entry.target);
  if (target?.path === path) throw new TreeFault('has a hard link to itself');
  operations.push(...removal(place, name));
  // What was removed may have held the target.
  const found = target === null ? null : findTarget(layer.root, entry.target);
  if (found === null) {
    layer.waiting.set(path, entry);
    return operations;
  }
  if (found.node.kind === 'directory') throw new TreeFault('has a hard link to a directory');
  const of = found.node.kind === 'name' ? found.node.of : found.node;
  place.directory.children.set(name, { kind: 'name', layer: layer.number, of });
  operations.push({ kind: 'link', path, target: found.path, of });
  return operations;
}

function findTarget(root: DirectoryNode, target: string): { path: string; node: Node } | null {
  const { parts } = partsOf(target);
  const name = parts.pop();
  if (name === undefined) return { path: '', node: root };
  const place = findDirectory(root, parts);
  const node = place?.directory.children.get(name);
  return place === null || node === undefined ? null : { path: joined(place.path, name), node };
}

/** The directory that the parts lead to; what is missing on the way is made, and a file on it becomes a directory. */
function reach(layer: Layer, parts: readonly string[], operations: Operation[]): Place {
  return reachDirectory(layer.root, parts, (parent, name) => {
    if (parent.directory.children.has(name)) layer.tally.note('file-as-directory', joined(parent.path, name));
    operations.push(...removal(parent, name));
    const node = newDirectory(layer.number);
    parent.directory.children.set(name, node);
    operations.push({ kind: 'directory', path: joined(parent.path, name), node });
    return node;
  });
}

function removal({ directory, path }: Place, name: string): Operation[] {
  const node = directory.children.get(name);
  if (node === undefined) return [];
  directory.children.delete(name);
  return [{ kind: 'remove', path: joined(path, name), node }];
}
