import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { PLACES, type PlaceName } from './places.ts';
import { errnoOf, RefusedFile } from './refused-file.ts';

const { O_RDONLY, O_NOCTTY, O_NOFOLLOW, O_NONBLOCK } = constants;
const PIECE = 256 * 1024;

/** A long file that is read by pieces. Reading throws what the system says. */
export interface RegularFile {
  /** Bytes, when it was opened. */
  readonly size: number;
  /** So many bytes from a place on, or as many as there are. */
  read(at: number, length: number): Buffer;
  /** The same, piece by piece; a new buffer each. */
  pieces(at: number, length: number): AsyncGenerator<Buffer>;
  close(): void;
}

/**
 * Opens a file that is too long to be read whole, and no link, pipe or device in its place. Throws RefusedFile, and what the system says.
 * @param isTyped the user named this very file: it may be a link
 */
export function openRegularFile(place: PlaceName, file: string | Buffer, isTyped = false): RegularFile {
  const descriptor = open(file, isTyped);
  const status = fstatSync(descriptor);
  if (!status.isFile() || status.size > PLACES[place].limit) {
    closeSync(descriptor);
    throw new RefusedFile(String(file), status.isFile() ? 'too-long' : 'no-file');
  }
  const read = (at: number, length: number): Buffer => {
    const buffer = Buffer.allocUnsafe(length);
    let done = 0;
    while (done < length) {
      const count = readSync(descriptor, buffer, done, length - done, at + done);
      if (count === 0) break;
      done += count;
    }
    return buffer.subarray(0, done);
  };
  return {
    size: status.size,
    read,
    async *pieces(at, length) {
      for (let done = 0; done < length; ) {
        const piece = read(at + done, Math.min(PIECE, length - done));
        if (piece.length === 0) return;
        done += piece.length;
        yield piece;
        // All else is done at once: signals would wait for the end.
        await turn();
      }
    },
    close: () => closeSync(descriptor),
  };
}

function open(file: string | Buffer, isTyped: boolean): number {
  try {
    return openSync(file, O_RDONLY | O_NOCTTY | O_NONBLOCK | (isTyped ? 0 : O_NOFOLLOW));
  } catch (thrown) {
    // The system's word for a link that is not followed.
    if (errnoOf(thrown) === 'ELOOP') throw new RefusedFile(String(file), 'no-file');
    throw thrown;
  }
}
