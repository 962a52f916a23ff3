import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { decompressed } from '../../src/archive/decompress.ts';

/** What comes out, in pieces of so many bytes going in. */
async function content(bytes: Buffer, piece = bytes.length): Promise<string> {
  const source = async function* () {
    for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
  };
  const pieces: Buffer[] = [];
  for await (const out of decompressed(source())) pieces.push(out);
  return Buffer.concat(pieces).toString('latin1');
}

const ONE = gzipSync('one ');
const TWO = gzipSync('two');
/** By the program zstd 1.5.4: `printf 'one ' | zstd`, `printf two | zstd`. */
const Z_ONE = Buffer.from('KLUv/QRYIQAAb25lICmSP9c=', 'base64');
const Z_TWO = Buffer.from('KLUv/QRYGQAAdHdvi0T07A==', 'base64');
/** Four bytes that are to be skipped. */
const SKIPPED = Buffer.from('502a4d1804000000deadbeef', 'hex');

describe('by its first bytes', () => {
  test.each([
    ['nothing at all', Buffer.alloc(0), ''],
    ['plain bytes', Buffer.from('plain'), 'plain'],
    ['one byte', Buffer.from('p'), 'p'],
    ['gzip', ONE, 'one '],
    ['gzip of two members', Buffer.concat([ONE, TWO]), 'one two'],
    ['gzip and zeros', Buffer.concat([ONE, Buffer.alloc(700)]), 'one '],
    ['zstd', Z_ONE, 'one '],
    ['zstd of two frames', Buffer.concat([Z_ONE, Z_TWO]), 'one two'],
    ['zstd with frames to be skipped', Buffer.concat([SKIPPED, Z_ONE, SKIPPED, Z_TWO, SKIPPED]), 'one two'],
  ])('%s', async (_, bytes, wanted) => {
    expect(await content(bytes)).toBe(wanted);
    expect(await content(bytes, 1)).toBe(wanted);
  });

  test.each([
    ['gzip that breaks off', ONE.subarray(0, -3), /gzip, and breaks off/],
    ['gzip with a wrong sum', Buffer.concat([ONE.subarray(0, -6), Buffer.alloc(6, 1)]), /gzip, and damaged/],
    ['gzip and junk', Buffer.concat([ONE, Buffer.from('junk')]), /gzip, and damaged/],
    ['zstd that breaks off', Z_ONE.subarray(0, -6), /zstd, and breaks off/],
    [
      'zstd that breaks off in its second frame',
      Buffer.concat([Z_ONE, Z_TWO.subarray(0, 9)]),
      /zstd, and breaks off/,
    ],
    ['zstd and junk', Buffer.concat([Z_ONE, Buffer.from('junk')]), /zstd, and junk follows it/],
    // Window descriptor 0xa8: 2 GiB.
    ['zstd with a window of 2 GiB', Buffer.from('28b52ffd00a8010000', 'hex'), /window above 128 MiB/],
    [
      'zstd with a block of a type that there is not',
      Buffer.from('28b52ffd0058070000', 'hex'),
      /zstd, and damaged/,
    ],
  ])('%s: an error', async (_, bytes, message) => {
    await expect(content(bytes)).rejects.toThrow(message);
    await expect(content(bytes, 1)).rejects.toThrow(message);
  });
});
