import { Readable } from 'node:stream';
import * as zlib from 'node:zlib';
import { ArchiveFault } from './fault.ts';
import { frameWatch } from './zstd-frames.ts';

/** The largest window that zstd's own program takes without being told: 128 MiB. */
const WINDOW_LOG = 27;

/**
 * zstd of any number of frames. By Node's own zlib from 24 on; 20 has none, and that of 22 takes the end of the first frame for the end of
 * all and a frame that breaks off for a whole one, so fzstd serves there. Throws ArchiveFault, and what the source throws.
 */
export async function* unzstd(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const watch = frameWatch(2 ** WINDOW_LOG);
  const watched = async function* () {
    for await (const piece of source) {
      watch.push(piece);
      yield piece;
    }
    watch.finish();
  };
  yield* hasOwn() ? native(watched()) : byFzstd(watched());
}

function hasOwn(): boolean {
  return Number(process.versions.node.split('.')[0]) >= 24 && process.versions.bun === undefined;
}

interface NativeZstd {
  createZstdDecompress(options: object): NodeJS.ReadWriteStream;
  readonly constants: Readonly<Record<string, number>>;
}

async function* native(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const { createZstdDecompress, constants } = zlib as unknown as NativeZstd;
  const stream = createZstdDecompress({
    chunkSize: 256 * 1024,
    params: { [constants.ZSTD_d_windowLogMax!]: WINDOW_LOG },
  });
  const input = Readable.from(source, { objectMode: false });
  let failure: unknown = null;
  input.on('error', thrown => {
    failure = thrown;
    (stream as unknown as Readable).destroy(thrown);
  });
  input.pipe(stream);
  try {
    for await (const piece of stream) yield piece as Buffer;
  } catch (thrown) {
    throw failure ?? damaged(thrown);
  } finally {
    input.destroy();
  }
}

async function* byFzstd(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const { Decompress } = await import('fzstd');
  let pieces: Uint8Array[] = [];
  const stream = new Decompress(piece => pieces.push(piece));
  const push = (bytes: Uint8Array, isLast: boolean) => {
    try {
      stream.push(bytes, isLast);
    } catch (thrown) {
      throw damaged(thrown);
    }
  };
  for await (const bytes of source) {
    // A piece of zeros can stand for thousands of times its length.
    for (let at = 0; at < bytes.length; at += SMALL) {
      push(bytes.subarray(at, at + SMALL), false);
      for (const piece of pieces) yield Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
      pieces = [];
    }
  }
  push(new Uint8Array(0), true);
  for (const piece of pieces) yield Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
}

const SMALL = 16 * 1024;

function damaged(thrown: unknown): ArchiveFault {
  const fault = new ArchiveFault('is compressed by zstd, and damaged');
  fault.cause = thrown;
  return fault;
}
