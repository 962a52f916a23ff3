import { ArchiveFault } from './fault.ts';

/** Bytes of a tar's header, and what everything in it is padded to. */
export const BLOCK = 512;

/** One header as it stands, before PAX and GNU entries are put over it. Texts have one character a byte. */
export interface Header {
  readonly name: string;
  readonly mode: number;
  readonly size: number;
  /** Seconds since 1970. */
  readonly mtime: number;
  /** `0`, `5`, `x`, …; `\0` in old archives. */
  readonly type: string;
  readonly linkName: string;
}

/** Whether a block holds nothing but zeros: two of them end an archive. */
export function isZeroBlock(block: Buffer): boolean {
  for (let at = 0; at < BLOCK; at += 4) if (block.readInt32LE(at) !== 0) return false;
  return true;
}

/**
 * Whether the checksum of a block is right: the sum of its bytes with blanks in the place of the sum itself; old tars on some
 * systems added signed bytes.
 */
export function hasRightChecksum(block: Buffer): boolean {
  let unsigned = 8 * 0x20;
  let above = 0;
  for (let at = 0; at < BLOCK; at += 1) {
    if (at === 148) at = 156;
    const byte = block[at]!;
    unsigned += byte;
    if (byte > 127) above += 256;
  }
  const said = octal(block.toString('latin1', 148, 156));
  return said !== null && (said === unsigned || said === unsigned - above);
}

/**
 * Reads a header: v7, ustar, star and GNU. A ustar prefix counts only with ustar's own magic and version: archives of an old
 * docker have GNU fields in its place. Throws ArchiveFault.
 */
export function parseHeader(block: Buffer): Header {
  if (!hasRightChecksum(block)) throw new ArchiveFault('has a header with a wrong checksum');
  const name = text(block, 0, 100);
  const prefix = prefixOf(block);
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    mode: number(block, 100, 8, 'mode') & 0o7777,
    size: sizeOf(block, name),
    mtime: number(block, 136, 12, 'time'),
    type: block.toString('latin1', 156, 157),
    linkName: text(block, 157, 100),
  };
}

function prefixOf(block: Buffer): string {
  if (block.toString('latin1', 257, 265) !== 'ustar\x0000') return '';
  // star keeps times behind a shorter prefix.
  return text(block, 345, block.toString('latin1', 508, 512) === 'tar\0' ? 131 : 155);
}

function sizeOf(block: Buffer, name: string): number {
  const size = number(block, 124, 12, 'size');
  if (size < 0 || !Number.isSafeInteger(size)) throw new ArchiveFault('has an impossible size', name);
  return size;
}

/** Up to the first NUL. */
function text(block: Buffer, at: number, length: number): string {
  const end = block.indexOf(0, at);
  return block.toString('latin1', at, end < 0 || end > at + length ? at + length : end);
}

/** Octal digits, or, with the highest bit set, the number itself in base 256 (GNU), two's complement. */
function number(block: Buffer, at: number, length: number, what: string): number {
  if ((block[at]! & 0x80) === 0) {
    const value = octal(block.toString('latin1', at, at + length));
    if (value === null) throw new ArchiveFault(`has a ${what} that is no number`, text(block, 0, 100));
    return value;
  }
  const isNegative = (block[at]! & 0x40) !== 0;
  let value = isNegative ? (block[at]! & 0x7f) - 0x80 : block[at]! & 0x7f;
  for (let index = at + 1; index < at + length; index += 1) value = value * 256 + block[index]!;
  return value;
}

/** Null for what is no octal number; nothing at all is 0. */
function octal(field: string): number | null {
  const digits = /^[ \0]*([0-7]*)(?:[ \0].*)?$/s.exec(field)?.[1];
  return digits === undefined ? null : digits === '' ? 0 : Number.parseInt(digits, 8);
}
