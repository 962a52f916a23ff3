import { createHash, type Hash } from 'node:crypto';
import type { StepSink } from './convert.ts';
import { type DirectoryNode, everyName, type Node } from './tree.ts';

/** Bytes of a SHA-256 that are kept of each file: enough to see that it was changed. */
const KEPT = 16;
/** Bytes of text that are handed on at once. */
const PIECE = 256 * 1024;

/** What the files of an image hold, by the numbers of their entries. */
export interface ContentDigests {
  /** Passes steps on, and keeps what their data is. */
  readonly sink: StepSink;
  /** 32 digits; '': not known, since the file has holes. */
  of(source: number): string;
}

/** Digests in one buffer that grows: an object each would cost more than the names. */
export function contentDigests(behind: StepSink): ContentDigests {
  let kept = Buffer.alloc(KEPT * 1024);
  const own = new Map<number, string>();
  let now: { readonly hash: Hash; readonly source: number; readonly size: number; end: number } | null = null;
  const keep = (source: number, digest: Buffer): void => {
    if (source < 0) {
      own.set(source, digest.toString('hex', 0, KEPT));
      return;
    }
    if ((source + 1) * KEPT > kept.length) kept = Buffer.concat([kept, Buffer.alloc(kept.length)]);
    digest.copy(kept, source * KEPT, 0, KEPT);
  };
  return {
    sink: {
      do(operation) {
        behind.do(operation);
        if (operation.kind !== 'file') return;
        const { source, size } = operation.node;
        now = { hash: createHash('sha256'), source, size, end: 0 };
      },
      data(bytes, position) {
        behind.data(bytes, position);
        if (now === null) return;
        if (position === now.end) now.hash.update(bytes);
        now.end = position === now.end ? position + bytes.length : Number.NaN;
      },
      end() {
        behind.end();
        if (now !== null && now.end === now.size) keep(now.source, now.hash.digest());
        now = null;
      },
    },
    of(source) {
      if (source < 0) return own.get(source) ?? '';
      const digest = kept.subarray(source * KEPT, (source + 1) * KEPT);
      return digest.some(byte => byte !== 0) ? digest.toString('hex') : '';
    },
  };
}

/** What a name of a root filesystem stands for. Texts have one character a byte. */
export interface Listed {
  /** `directory`, `file`, `symlink` or `fifo`, by its first letter. */
  readonly kind: 'd' | 'f' | 's' | 'p';
  /** 0 for a symlink: it has none. */
  readonly mode: number;
  /** Of a file. */
  readonly size: number;
  /** A file's first half of its SHA-256 ('': not known), or where a symlink leads. */
  readonly content: string;
}

/** Five texts, each ended by a NUL, for every name: its kind, mode (octal), size, content, and the path below the root. */
export function* listingOf(root: DirectoryNode, digests: ContentDigests, umask: number): Generator<Buffer> {
  let text = '';
  for (const [path, node] of everyName(root)) {
    const { kind, mode, size, content } = listed(node, digests, umask);
    text += `${kind}\0${mode.toString(8)}\0${size}\0${content}\0${path}\0`;
    if (text.length < PIECE) continue;
    yield Buffer.from(text, 'latin1');
    text = '';
  }
  yield Buffer.from(text, 'latin1');
}

function listed(node: Node, digests: ContentDigests, umask: number): Listed {
  const what = node.kind === 'name' ? node.of : node;
  switch (what.kind) {
    case 'directory':
      return { kind: 'd', mode: what.mode & ~umask, size: 0, content: '' };
    case 'fifo':
      return { kind: 'p', mode: what.mode & ~umask, size: 0, content: '' };
    case 'symlink':
      return { kind: 's', mode: 0, size: 0, content: what.target };
    case 'file': {
      const { mode, size, source } = what;
      return { kind: 'f', mode: mode & ~umask, size, content: digests.of(source) };
    }
    default:
      return what satisfies never;
  }
}
