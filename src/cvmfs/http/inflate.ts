import { promisify } from 'node:util';
import { inflate as zlibInflate } from 'node:zlib';
import { VerificationError } from './verification-error.ts';

const inflateBytes = promisify(zlibInflate);

/** No zlib stream grows more than this (RFC 1951: 258 bytes from two bits), so no more is ever set aside. */
const GREATEST_GROWTH = 1032;
const SLACK = 64;

/** How large the content of a stored object may be, and whether that is known exactly. */
export interface SizeBound {
  readonly bytes: number;
  readonly isExact: boolean;
}

/**
 * Inflates the stored bytes of an object into one buffer and stops at `bound`, so that a compressed bomb costs no
 * more than that. `what` names the object in messages. Throws ObjectSizeError and ObjectInflateError.
 */
export async function inflate(stored: Uint8Array, bound: SizeBound, what: string): Promise<Uint8Array> {
  const content = await inflateBounded(stored, bound, what);
  if (bound.isExact && content.length !== bound.bytes)
    throw new ObjectSizeError(what, bound.bytes, 'smaller');
  return content;
}

async function inflateBounded(stored: Uint8Array, bound: SizeBound, what: string): Promise<Uint8Array> {
  // One chunk for everything: zlib then never joins pieces, which would hold the content twice.
  const chunkSize = Math.min(bound.bytes, stored.length * GREATEST_GROWTH) + SLACK;
  try {
    return await inflateBytes(stored, { chunkSize, maxOutputLength: Math.max(bound.bytes, 1) });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') throw new ObjectSizeError(what, bound.bytes, 'larger');
    throw new ObjectInflateError(what, cause);
  }
}

/** An object whose content is not as large as it was said to be: a mistake, or a bomb. */
export class ObjectSizeError extends VerificationError {
  constructor(what: string, bytes: number, how: 'larger' | 'smaller') {
    super({
      step: 'object',
      code: 'OBJECT_SIZE_MISMATCH',
      message: `${what} is ${how} than the ${bytes} bytes announced`,
    });
  }
}

/** An object that has the right hash but is no zlib stream: published so. */
export class ObjectInflateError extends VerificationError {
  constructor(what: string, cause: unknown) {
    super({
      step: 'object',
      code: 'OBJECT_NOT_COMPRESSED',
      message: `${what} is not a whole zlib stream`,
      cause,
    });
  }
}
