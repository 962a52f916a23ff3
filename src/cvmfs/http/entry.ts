import { type ContentHash, HASH_ALGORITHMS } from './hash.ts';

/** One name in a catalog. */
export interface Entry {
  readonly name: string;
  readonly kind: 'directory' | 'file' | 'link' | 'special';
  /** Bytes of the content (of a link: of its text), as the catalog says. */
  readonly size: number;
  /** Type and permissions, as in stat(2). */
  readonly mode: number;
  /** Seconds since 1970. */
  readonly mtime: number;
  /** A link's text, variables not expanded; null for everything else. */
  readonly target: string | null;
  /** Left out of listings, but there. */
  readonly isHidden: boolean;
  /** Whether the names below lie in another catalog, and of which sort. */
  readonly mountpoint: 'nested' | 'bind' | null;
  /** Of a file: where its content is, and how it is stored. */
  readonly content: Content | null;
}

export interface Content {
  /** Null when the content lies in chunks only. */
  readonly hash: ContentHash | null;
  readonly isCompressed: boolean;
  readonly isChunked: boolean;
  /** Stored on servers of another kind, by path and not by hash. */
  readonly isExternal: boolean;
}

/** The bits of a catalog's `flags` (cvmfs/catalog_sql.h). */
const FLAG = {
  directory: 0x1,
  nestedMountpoint: 0x2,
  file: 0x4,
  link: 0x8,
  special: 0x10,
  chunked: 0x40,
  external: 0x80,
  bindMountpoint: 0x4000,
  hidden: 0x8000,
} as const;
const HASH_SHIFT = 8;
const COMPRESSION_SHIFT = 11;
const THREE_BITS = 0x7;
const COMPRESSED = 0;
const STORED_PLAIN = 1;

/** A row of `catalog`, as SQLite gives it. */
export interface Row {
  readonly name: string;
  readonly flags: number;
  readonly size: number;
  readonly mode: number;
  readonly mtime: number;
  readonly link: string;
  readonly hash: Uint8Array | null;
}

/** The entry of a row; null when its flags contradict themselves or name what is not known (fail, never guess). */
export function readEntry(row: Row): Entry | null {
  const { flags } = row;
  const kind = kindOf(flags);
  const algorithm = HASH_ALGORITHMS[(flags >> HASH_SHIFT) & THREE_BITS];
  const compression = (flags >> COMPRESSION_SHIFT) & THREE_BITS;
  if (!kind || !algorithm || compression > STORED_PLAIN || !(row.size >= 0)) return null;
  return {
    name: row.name,
    kind,
    size: row.size,
    mode: row.mode,
    mtime: row.mtime,
    target: kind === 'link' ? row.link : null,
    isHidden: (flags & FLAG.hidden) !== 0,
    mountpoint: kind === 'directory' ? mountpointOf(flags) : null,
    content:
      kind !== 'file'
        ? null
        : {
            hash: row.hash?.length === 20 ? { algorithm, hex: Buffer.from(row.hash).toString('hex') } : null,
            isCompressed: compression === COMPRESSED,
            isChunked: (flags & FLAG.chunked) !== 0,
            isExternal: (flags & FLAG.external) !== 0,
          },
  };
}

/** A link carries the flag of a file too; so does a special file. */
function kindOf(flags: number): Entry['kind'] | null {
  if (flags & FLAG.directory) return flags & (FLAG.file | FLAG.link) ? null : 'directory';
  if (flags & FLAG.link) return 'link';
  if (flags & FLAG.special) return 'special';
  return flags & FLAG.file ? 'file' : null;
}

function mountpointOf(flags: number): Entry['mountpoint'] {
  if (flags & FLAG.nestedMountpoint) return 'nested';
  return flags & FLAG.bindMountpoint ? 'bind' : null;
}

/** Longest name that Linux can hold, in bytes. */
const LONGEST_NAME = 255;

/** Whether a directory can hold the name, and a terminal show it: a catalog may say anything. */
export function isUsableName(name: string): boolean {
  if (name === '' || name === '.' || name === '..') return false;
  if (/[/\u0000-\u001f\u007f-\u009f\ufffd]/.test(name)) return false;
  return Buffer.byteLength(name) <= LONGEST_NAME;
}
