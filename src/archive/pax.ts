import { ArchiveFault } from './fault.ts';
import { pairs, type Run } from './sparse.ts';

/** What a PAX header says of the entry behind it. Texts have one character a byte; absent: it says nothing of it. */
export interface Pax {
  path?: string;
  linkPath?: string;
  size?: number;
  /** Seconds since 1970, with their fraction. */
  mtime?: number;
  /** How many extended attributes it has. */
  attributes: number;
  sparse: SparseWords;
}

/** What it says of holes; GNU tar has had three ways. */
export interface SparseWords {
  name?: string;
  realSize?: number;
  /** The runs of data; `first`: they stand before the data (form 1.0). */
  runs?: Run[] | 'first';
}

/** Names of the records that say where an entry is; a NUL in them would cut the name in the kernel. */
const NAMES: ReadonlySet<string> = new Set(['path', 'linkpath', 'GNU.sparse.name']);

/**
 * Reads the records `LENGTH KEY=VALUE\n` of a PAX header; the length counts its own digits, the blank and the line end, in
 * bytes. An empty value takes back what the header before it said, so it says nothing here. Throws ArchiveFault.
 */
export function parsePax(bytes: Buffer): Pax {
  const pax: Pax = { attributes: 0, sparse: {} };
  const offsets: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const { key, value, end } = record(bytes, at);
    at = end;
    if (NAMES.has(key) && value.includes('\0')) throw new ArchiveFault('has a PAX name with a NUL in it');
    if (value !== '') take(pax, key, value, offsets);
  }
  if (offsets.length > 0) pax.sparse.runs = pairs(offsets);
  return pax;
}

function record(bytes: Buffer, at: number): { key: string; value: string; end: number } {
  const blank = bytes.indexOf(0x20, at);
  const digits = blank < 0 ? '' : bytes.toString('latin1', at, Math.min(blank, at + 12));
  const end = at + Number(digits);
  if (!/^[0-9]{1,10}$/.test(digits) || end <= blank + 1 || end > bytes.length || bytes[end - 1] !== 0x0a)
    throw new ArchiveFault('has a PAX record with a wrong length');
  const content = bytes.toString('latin1', blank + 1, end - 1);
  const equals = content.indexOf('=');
  if (equals < 1) throw new ArchiveFault('has a PAX record without a name');
  return { key: content.slice(0, equals), value: content.slice(equals + 1), end };
}

function take(pax: Pax, key: string, value: string, offsets: string[]): void {
  switch (key) {
    case 'path':
      pax.path = value;
      return;
    case 'linkpath':
      pax.linkPath = value;
      return;
    case 'size':
      pax.size = whole(value, 'size');
      return;
    case 'mtime':
      if (!/^-?[0-9]{1,18}(?:\.[0-9]*)?$/.test(value)) throw new ArchiveFault('has a PAX time that is none');
      pax.mtime = Number(value);
      return;
    case 'GNU.sparse.name':
      pax.sparse.name = value;
      return;
    case 'GNU.sparse.size':
    case 'GNU.sparse.realsize':
      pax.sparse.realSize = whole(value, 'size');
      return;
    case 'GNU.sparse.offset':
    case 'GNU.sparse.numbytes':
      offsets.push(value);
      return;
    case 'GNU.sparse.map':
      pax.sparse.runs = pairs(value.split(','));
      return;
    case 'GNU.sparse.major':
      if (value === '1') pax.sparse.runs = 'first';
      return;
    default:
      if (/^(?:SCHILY\.xattr|LIBARCHIVE\.xattr|SCHILY\.acl)\./.test(key)) pax.attributes += 1;
  }
}

function whole(value: string, what: string): number {
  const number = Number(value);
  if (!/^[0-9]{1,16}$/.test(value) || !Number.isSafeInteger(number))
    throw new ArchiveFault(`has a PAX ${what} that is none`);
  return number;
}
