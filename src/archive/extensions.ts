import type { Entry, EntryType } from './entry.ts';
import { ArchiveFault } from './fault.ts';
import { type Pax, parsePax } from './pax.ts';
import type { Run } from './sparse.ts';
import type { Header } from './tar-header.ts';

/** What the headers before an entry say of it. */
export interface Extensions {
  readonly pax: Pax | null;
  /** GNU's own entries for long names. */
  readonly longName: string | null;
  readonly longLink: string | null;
}

export const NO_EXTENSIONS: Extensions = { pax: null, longName: null, longLink: null };

/** Whether a type says something of another entry: PAX (`x`, and `g` of all that follow), GNU's long name and link. */
export function isOfEntryBehind(type: string): boolean {
  return type === 'x' || type === 'g' || type === 'L' || type === 'K';
}

/** Global PAX headers (`g`) are read over, as every other tool does. Throws ArchiveFault. */
export function withExtension(extensions: Extensions, type: string, bytes: Buffer): Extensions {
  switch (type) {
    case 'x':
      return { ...extensions, pax: parsePax(bytes) };
    case 'L':
      return { ...extensions, longName: untilNul(bytes) };
    case 'K':
      return { ...extensions, longLink: untilNul(bytes) };
    default:
      return extensions;
  }
}

function untilNul(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString('latin1', 0, end < 0 ? bytes.length : end);
}

const TYPES: Readonly<Record<string, EntryType>> = {
  '0': 'file',
  '\0': 'file',
  '7': 'file',
  '1': 'hard-link',
  '2': 'symlink',
  '3': 'device',
  '4': 'device',
  '5': 'directory',
  '6': 'fifo',
};

/** An entry, how much data follows it in the archive, and where that belongs when the file has holes. */
export interface EntryAndData {
  readonly entry: Entry;
  readonly size: number;
  readonly runs: Run[] | 'first' | null;
}

/** Puts what stood before an entry over its header: a GNU long name beats PAX, as in Go's reader, and both beat it. Throws ArchiveFault. */
export function entryOf(head: Header, { pax, longName, longLink }: Extensions, dataAt: number): EntryAndData {
  const path = longName ?? pax?.sparse.name ?? pax?.path ?? head.name;
  const type = typeOf(head.type, path);
  const size = pax?.size ?? head.size;
  const runs = type === 'file' ? (pax?.sparse.runs ?? null) : null;
  if (runs !== null && pax?.sparse.realSize === undefined)
    throw new ArchiveFault('has a sparse file without a size', path);
  const entry: Entry = {
    type,
    path,
    target: longLink ?? pax?.linkPath ?? head.linkName,
    mode: head.mode,
    mtime: pax?.mtime ?? head.mtime,
    size: type !== 'file' ? 0 : runs === null ? size : pax!.sparse.realSize!,
    attributes: pax?.attributes ?? 0,
    dataAt,
  };
  return { entry, size, runs };
}

function typeOf(type: string, path: string): EntryType {
  if (type === 'S') throw new ArchiveFault('is a sparse file of the old GNU form, which is not read', path);
  const known = Object.hasOwn(TYPES, type) ? TYPES[type]! : null;
  if (known === null) throw new ArchiveFault(`has the type ${JSON.stringify(type)}, which no file has`, path);
  // Before there was a type for directories they were files whose names end so.
  return type === '\0' && path.endsWith('/') ? 'directory' : known;
}
