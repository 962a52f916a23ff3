import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  copyFileSync,
  fchmodSync,
  fsyncSync,
  ftruncateSync,
  futimesSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  openSync,
  renameSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { type HeldTree, heldTree } from '../files/held-tree.ts';
import { errnoOf } from '../files/refused-file.ts';
import { NamesFoldedError } from './errors.ts';
import type { Operation } from './operations.ts';
import type { Tally } from './tally.ts';
import { type DirectoryNode, type FifoNode, type FileNode, joined, type Node } from './tree.ts';

const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW, COPYFILE_EXCL } = constants;

/** Seconds since 1970 that every file system takes: ext4 ends in 2446, and a time of an archive may be any number. */
const [EARLIEST, LATEST] = [-2_147_483_648, 15_032_385_535];

/** Makes a root filesystem on the disk, step by step. Everything throws what the system says, NamesFoldedError, and RefusedFile. */
export interface TreeWriter {
  /** Does a step. After a `file` its data comes, until `end`. */
  do(operation: Operation): void;
  data(bytes: Buffer, position: number): void;
  end(): void;
  /** Gives every directory its mode and time, now that nothing is put into them any more, and waits for the disk. */
  finish(root: DirectoryNode): void;
  /** Lets go of what is open. */
  close(): void;
}

/**
 * A writer into a directory that it makes, with mode 0700: no other user can put a link in its way, and none is followed that a job of this user's,
 * which is shown the place, puts there. All files are this user's; directories stay open to this user until the end.
 * @param directory absolute; nothing is there
 * @param workplace a directory of the same file system that is this user's alone
 * @param umask the bits that no mode of the result has
 */
export function treeWriter(directory: string, workplace: string, tally: Tally, umask: number): TreeWriter {
  let file: { readonly descriptor: number; readonly node: FileNode; end: number } | null = null;
  const modeOf = (node: { readonly mode: number }): number => node.mode & ~umask;
  mkdirSync(directory, { mode: 0o700 });
  const tree = heldTree(directory);
  const { at } = tree;

  const steps: { readonly [Kind in Operation['kind']]: (step: Extract<Operation, { kind: Kind }>) => void } =
    {
      directory: ({ path }) => mkdirSync(at(path), { mode: 0o700 }),
      file: ({ path, node }) => {
        file = {
          descriptor: openSync(at(path), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600),
          node,
          end: 0,
        };
      },
      symlink: ({ path, node }) => {
        symlinkSync(Buffer.from(node.target, 'latin1'), at(path));
        lutimesSync(at(path), within(node.mtime), within(node.mtime));
      },
      fifo: ({ path, node }) =>
        makeFifo(workplace, at(path), { ...node, mode: modeOf(node) }, () => tally.note('fifo', path)),
      link: ({ path, target, of }) => {
        try {
          linkSync(at(target), at(path));
          return;
        } catch (thrown) {
          if (!NO_LINKS.has(errnoOf(thrown) ?? '')) throw thrown;
        }
        tally.note('copied-link', path);
        if (of.kind === 'symlink') return steps.symlink({ kind: 'symlink', path, node: of });
        if (of.kind === 'fifo') return steps.fifo({ kind: 'fifo', path, node: of });
        copyFileSync(at(target), at(path), COPYFILE_EXCL);
        const copy = openSync(at(path), O_RDONLY | O_NOFOLLOW);
        try {
          fchmodSync(copy, modeOf(of));
          futimesSync(copy, within(of.mtime), within(of.mtime));
        } finally {
          closeSync(copy);
        }
      },
      remove: ({ path, node }) => remove(node, path, tree),
    };

  return {
    do(operation) {
      tree.settle();
      try {
        (steps[operation.kind] as (step: Operation) => void)(operation);
      } catch (thrown) {
        // Nothing was there: to this file system, two names are one.
        if (errnoOf(thrown) === 'EEXIST') throw new NamesFoldedError(operation.path);
        throw thrown;
      }
    },
    data(bytes, position) {
      if (file === null) return;
      for (let done = 0; done < bytes.length; )
        done += writeSync(file.descriptor, bytes, done, bytes.length - done, position + done);
      file.end = position + bytes.length;
    },
    end() {
      if (file === null) return;
      const { descriptor, node, end } = file;
      file = null;
      try {
        if (end < node.size) ftruncateSync(descriptor, node.size);
        fchmodSync(descriptor, modeOf(node));
        futimesSync(descriptor, within(node.mtime), within(node.mtime));
      } finally {
        closeSync(descriptor);
      }
    },
    finish(root) {
      finishDirectory(root, '', tree, modeOf);
      fsyncSync(tree.directory('').descriptor);
    },
    close() {
      if (file !== null) closeSync(file.descriptor);
      file = null;
      tree.close();
    },
  };
}

/** What says that no further name can be given to a file: too many, another file system below, or the kernel's own protection. */
const NO_LINKS: ReadonlySet<string> = new Set(['EMLINK', 'EXDEV', 'EPERM', 'ENOTSUP', 'ENOSYS']);

function within(seconds: number): number {
  return Math.min(LATEST, Math.max(EARLIEST, seconds));
}

/**
 * Node has no call for it. The program takes no names that are not UTF-8, so the fifo is made aside; it is told no name of the workplace, which
 * everybody could read in its arguments, and which may be one of this process alone.
 */
function makeFifo(workplace: string, path: Buffer, { mode, mtime }: FifoNode, fail: () => void): void {
  const aside = `${workplace}/fifo`;
  try {
    execFileSync('mkfifo', ['-m', mode.toString(8), 'fifo'], { cwd: workplace, stdio: 'ignore' });
  } catch {
    fail();
    return;
  }
  lutimesSync(aside, within(mtime), within(mtime));
  renameSync(aside, path);
}

/** By what is known to be there: nothing is looked at, so nothing else can be met. */
function remove(node: Node, path: string, tree: HeldTree): void {
  tree.settle();
  const { at } = tree;
  if (node.kind !== 'directory') {
    try {
      unlinkSync(at(path));
    } catch (thrown) {
      // A fifo that could not be made.
      if (errnoOf(thrown) !== 'ENOENT') throw thrown;
    }
    return;
  }
  for (const [name, child] of node.children) remove(child, joined(path, name), tree);
  rmdirSync(at(path));
  tree.forget(path);
}

function finishDirectory(
  node: DirectoryNode,
  path: string,
  tree: HeldTree,
  modeOf: (node: DirectoryNode) => number,
): void {
  for (const [name, child] of node.children)
    if (child.kind === 'directory') finishDirectory(child, joined(path, name), tree, modeOf);
  tree.settle();
  const { descriptor } = tree.directory(path);
  fchmodSync(descriptor, modeOf(node));
  futimesSync(descriptor, within(node.mtime), within(node.mtime));
}
