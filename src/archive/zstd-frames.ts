import { ArchiveFault } from './fault.ts';

/** Follows zstd content as it goes by. Both throw ArchiveFault. */
export interface FrameWatch {
  push(bytes: Buffer): void;
  finish(): void;
}

/** What is to be read next, and how many bytes it has. */
type Part = 'magic' | 'skippable size' | 'descriptor' | 'frame header' | 'block header' | 'skip';

/**
 * Follows the frames of zstd content (RFC 8878, section 3) by their headers alone: refuses windows above `mostWindow` bytes, which
 * would be asked of the memory, and content that breaks off or goes on with something else. Decompressors differ in both.
 */
export function frameWatch(mostWindow: number): FrameWatch {
  let part: Part = 'magic';
  let wanted = 4;
  let held: Buffer = Buffer.alloc(0);
  let afterSkip: Part = 'magic';
  let descriptor = 0;

  const next = (to: Part, length: number) => {
    [part, wanted] = [to, length];
  };
  const skip = (length: number, then: Part, thenLength: number) => {
    if (length === 0) next(then, thenLength);
    else {
      next('skip', length);
      afterSkip = then;
    }
  };
  const read = (bytes: Buffer) => {
    switch (part) {
      case 'magic': {
        const magic = bytes.readUInt32LE(0);
        if (magic === 0xfd2fb528) return next('descriptor', 1);
        if ((magic & 0xfffffff0) >>> 0 === 0x184d2a50) return next('skippable size', 4);
        throw new ArchiveFault('is compressed by zstd, and junk follows it');
      }
      case 'skippable size':
        return skip(bytes.readUInt32LE(0), 'magic', 4);
      case 'descriptor':
        descriptor = bytes[0]!;
        return next('frame header', headerLength(descriptor));
      case 'frame header':
        if (windowOf(descriptor, bytes) > mostWindow)
          throw new ArchiveFault('is compressed by zstd with a window above 128 MiB');
        return next('block header', 3);
      case 'block header': {
        const word = bytes.readUIntLE(0, 3);
        // A block of one byte that is repeated (type 1) holds that byte alone.
        const length = ((word >> 1) & 3) === 1 ? 1 : word >> 3;
        if ((word & 1) === 0) return skip(length, 'block header', 3);
        return skip(length + ((descriptor & 4) === 0 ? 0 : 4), 'magic', 4);
      }
      case 'skip':
        return;
      default:
        return part satisfies never;
    }
  };

  return {
    push(bytes) {
      for (let at = 0; at < bytes.length; ) {
        if (part === 'skip') {
          const length = Math.min(wanted, bytes.length - at);
          at += length;
          wanted -= length;
          if (wanted === 0) next(afterSkip, afterSkip === 'magic' ? 4 : 3);
          continue;
        }
        const piece = bytes.subarray(at, at + wanted - held.length);
        at += piece.length;
        held = held.length === 0 ? piece : Buffer.concat([held, piece]);
        if (held.length < wanted) {
          held = Buffer.from(held);
          continue;
        }
        const whole = held;
        held = Buffer.alloc(0);
        read(whole);
      }
    },
    finish() {
      if (part !== 'magic' || held.length > 0)
        throw new ArchiveFault('is compressed by zstd, and breaks off');
    },
  };
}

/** Bytes of window descriptor, dictionary and content size, as the frame's first byte says. */
function headerLength(descriptor: number): number {
  const isSingle = (descriptor & 0x20) !== 0;
  const dictionary = [0, 1, 2, 4][descriptor & 3]!;
  const size = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6]!;
  return (isSingle ? 0 : 1) + dictionary + size;
}

/** Bytes: by the window descriptor, or the size of the content where it is one segment. */
function windowOf(descriptor: number, header: Buffer): number {
  if ((descriptor & 0x20) === 0) {
    const base = 2 ** (10 + (header[0]! >> 3));
    return base + (base / 8) * (header[0]! & 7);
  }
  const at = [0, 1, 2, 4][descriptor & 3]!;
  switch (descriptor >> 6) {
    case 0:
      return header[at]!;
    case 1:
      return header.readUInt16LE(at) + 256;
    case 2:
      return header.readUInt32LE(at);
    default:
      return Number(header.readBigUInt64LE(at));
  }
}
