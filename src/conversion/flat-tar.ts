import { ARCHIVE_END, headerOf, paddingOf, type WrittenEntry } from '../archive/tar-writer.ts';
import { type HeldTree, heldTree } from '../files/held-tree.ts';
import { openRegularFile } from '../files/regular-file.ts';
import { type DirectoryNode, everyName, type Node } from './tree.ts';

/** Bytes that are handed on at once: most files are small. */
const PIECE = 256 * 1024;

/**
 * A finished root filesystem as one tar: each path once, a directory before what is in it, no whiteouts. A further name of a file is a hard link to the
 * first; a hole is written as zeros. No link is followed that was put there since. Throws what reading throws.
 * @param directory where it was made
 */
export async function* flatTar(root: DirectoryNode, directory: string): AsyncGenerator<Buffer> {
  const tree = heldTree(directory);
  try {
    let pieces: Buffer[] = [];
    let held = 0;
    for await (const bytes of entries(root, tree)) {
      pieces.push(bytes);
      held += bytes.length;
      if (held < PIECE) continue;
      yield Buffer.concat(pieces);
      pieces = [];
      held = 0;
    }
    yield Buffer.concat([...pieces, ARCHIVE_END]);
  } finally {
    tree.close();
  }
}

async function* entries(root: DirectoryNode, tree: HeldTree): AsyncGenerator<Buffer> {
  const known = new Map<Node, string>();
  for (const [path, node] of everyName(root)) {
    const what = node.kind === 'name' ? node.of : node;
    const first = what.kind === 'file' ? known.get(what) : undefined;
    const entry = entryOf(path, what, first ?? null);
    yield headerOf(entry);
    if (entry.type !== 'file') continue;
    known.set(what, path);
    tree.settle();
    yield* contentOf(tree.at(path), entry.size);
    yield paddingOf(entry.size);
  }
}

/** @param first the name under which the same file was written already */
function entryOf(path: string, node: Exclude<Node, { kind: 'name' }>, first: string | null): WrittenEntry {
  // A name that begins with a hyphen, or like a whiteout, is one of this directory.
  const entry = { path: `./${path}`.replace(/\/$/, ''), mtime: Math.floor(node.mtime), target: '', size: 0 };
  switch (node.kind) {
    case 'directory':
    case 'fifo':
      return { ...entry, type: node.kind, mode: node.mode };
    case 'symlink':
      return { ...entry, type: 'symlink', mode: 0o777, target: node.target };
    case 'file':
      return first === null
        ? { ...entry, type: 'file', mode: node.mode, size: node.size }
        : { ...entry, type: 'hard-link', mode: node.mode, target: `./${first}` };
    default:
      return node satisfies never;
  }
}

async function* contentOf(file: Buffer, size: number): AsyncGenerator<Buffer> {
  const opened = openRegularFile('image-source', file);
  try {
    let length = 0;
    for await (const piece of opened.pieces(0, size)) {
      length += piece.length;
      yield piece;
    }
    if (length !== size) throw new Error(`${file.toString()} has become shorter`);
  } finally {
    opened.close();
  }
}
