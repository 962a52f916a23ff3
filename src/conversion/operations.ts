import type { DirectoryNode, FifoNode, FileNode, NameNode, Node, SymlinkNode } from './tree.ts';

/**
 * One step in making a root filesystem. Paths are below the root, one character a byte, without links on their way; a step's parent is
 * there, and nothing is at its place.
 */
export type Operation =
  | { readonly kind: 'directory'; readonly path: string; readonly node: DirectoryNode }
  | { readonly kind: 'file'; readonly path: string; readonly node: FileNode }
  | { readonly kind: 'symlink'; readonly path: string; readonly node: SymlinkNode }
  | { readonly kind: 'fifo'; readonly path: string; readonly node: FifoNode }
  /** A further name for what is at `target`. */
  | { readonly kind: 'link'; readonly path: string; readonly target: string; readonly of: NameNode['of'] }
  /** With all that is in it. */
  | { readonly kind: 'remove'; readonly path: string; readonly node: Node };
