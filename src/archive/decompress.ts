import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ArchiveFault } from './fault.ts';
import { unzstd } from './zstd.ts';

/** How content is compressed. */
export type Compression = 'gzip' | 'zstd' | 'none';

/** Bytes that tell it. */
const HEAD = 4;
const PIECE = 256 * 1024;

/** By the first bytes, whatever a media type says. */
export function compressionOf(head: Buffer): Compression {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  if (head.length >= HEAD && isZstd(head.readUInt32LE(0))) return 'zstd';
  return 'none';
}

/** A frame of data, or one to be skipped: zstd:chunked may begin with either. */
function isZstd(magic: number): boolean {
  return magic === 0xfd2fb528 || (magic & 0xfffffff0) >>> 0 === 0x184d2a50;
}

/**
 * The content of what may be compressed, piece by piece: gzip of any number of members, zstd of any number of frames, or the bytes
 * themselves. Throws ArchiveFault for content that is damaged, that breaks off, or that junk follows; and what the source throws.
 */
export async function* decompressed(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const { head, whole } = await withHead(source);
  switch (compressionOf(head)) {
    case 'none':
      yield* whole;
      return;
    case 'gzip':
      yield* gunzip(whole);
      return;
    case 'zstd':
      yield* unzstd(whole);
      return;
  }
}

async function withHead(
  source: AsyncIterable<Buffer>,
): Promise<{ head: Buffer; whole: AsyncIterable<Buffer> }> {
  const pieces = source[Symbol.asyncIterator]();
  let head: Buffer = Buffer.alloc(0);
  while (head.length < HEAD) {
    const { done, value } = await pieces.next();
    if (done === true) break;
    head = head.length === 0 ? value : Buffer.concat([head, value]);
  }
  const whole = async function* () {
    try {
      if (head.length > 0) yield head;
      for (;;) {
        const { done, value } = await pieces.next();
        if (done === true) return;
        yield value;
      }
    } finally {
      await pieces.return?.();
    }
  };
  return { head, whole: whole() };
}

async function* gunzip(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let failure: unknown = null;
  const stream = createGunzip({ chunkSize: PIECE });
  pipeline(Readable.from(source, { objectMode: false, highWaterMark: PIECE }), stream, thrown => {
    failure = thrown ?? null;
  });
  try {
    for await (const piece of stream) yield piece as Buffer;
  } catch (thrown) {
    throw gzipFault(thrown) ?? failure ?? thrown;
  }
}

function gzipFault(thrown: unknown): ArchiveFault | null {
  const { code } = thrown as NodeJS.ErrnoException;
  if (code === 'Z_BUF_ERROR') return new ArchiveFault('is compressed by gzip, and breaks off');
  return code?.startsWith('Z_') === true ? new ArchiveFault('is compressed by gzip, and damaged') : null;
}
