import type { Operation } from './operations.ts';
import { type DirectoryNode, joined, type Node, type Place, TreeFault } from './tree.ts';

const PREFIX = '.wh.';
const AUFS = '.wh..wh.';
const OPAQUE = '.wh..wh..opq';

/** What a marker takes from lower layers: one name, or all that a directory has. */
export type Marker = { readonly kind: 'name'; readonly name: string } | { readonly kind: 'all' };

/** What a name in a layer marks, or null for an ordinary one and for what AUFS leaves. Throws TreeFault for one that marks nothing. */
export function markerOf(name: string): Marker | null {
  if (name === OPAQUE) return { kind: 'all' };
  if (!name.startsWith(PREFIX) || name.startsWith(AUFS)) return null;
  const hidden = name.slice(PREFIX.length);
  if (hidden === '' || hidden === '.' || hidden === '..')
    throw new TreeFault('has a whiteout that names nothing');
  return { kind: 'name', name: hidden };
}

/** Whether something on a path is what AUFS leaves in its own branches: `.wh..wh.plnk`, `.wh..wh.aufs`. */
export function isAufsLeaving(parts: readonly string[]): boolean {
  return parts.some(part => part.startsWith(AUFS) && part !== OPAQUE);
}

/**
 * Takes away what lower layers have brought; what this layer brought stays, before the marker or behind it, and with it the directories that it
 * is in. Changes the tree and answers what to do on the disk.
 */
export function removeLower({ directory, path }: Place, marker: Marker, layer: number): Operation[] {
  const sweeping = { layer, operations: [], known: new Map() };
  if (marker.kind === 'all') {
    sweep(directory, path, sweeping);
    return sweeping.operations;
  }
  const node = directory.children.get(marker.name);
  if (node !== undefined) take({ directory, path }, marker.name, node, sweeping);
  return sweeping.operations;
}

interface Sweeping {
  readonly layer: number;
  readonly operations: Operation[];
  /** Of directories that were looked into: at each level again, it would cost the depth times what is there. */
  readonly known: Map<Node, boolean>;
}

/** Each directory is swept once a layer: nothing of a lower one can come back to it. */
function sweep(directory: DirectoryNode, path: string, sweeping: Sweeping): void {
  const { layer } = sweeping;
  if (directory.born === layer || directory.swept === layer) return;
  directory.swept = layer;
  for (const [name, node] of directory.children) take({ directory, path }, name, node, sweeping);
}

function take({ directory, path }: Place, name: string, node: Node, sweeping: Sweeping): void {
  if (!isOf(node, sweeping)) {
    directory.children.delete(name);
    sweeping.operations.push({ kind: 'remove', path: joined(path, name), node });
  } else if (node.kind === 'directory') sweep(node, joined(path, name), sweeping);
}

/** Whether the layer listed it, or something in it. */
function isOf(node: Node, sweeping: Sweeping): boolean {
  if (node.layer === sweeping.layer) return true;
  if (node.kind !== 'directory') return false;
  const known = sweeping.known.get(node);
  if (known !== undefined) return known;
  const found = hasOne(node, sweeping);
  sweeping.known.set(node, found);
  return found;
}

function hasOne({ children }: DirectoryNode, sweeping: Sweeping): boolean {
  for (const child of children.values()) if (isOf(child, sweeping)) return true;
  return false;
}
