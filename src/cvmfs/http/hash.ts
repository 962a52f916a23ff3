import { createHash } from 'node:crypto';
import { ripemd160 } from './ripemd160.ts';

/**
 * CVMFS names every object by the hash of its stored bytes. Three algorithms exist, 20 bytes each; SHA-1 is written
 * without a suffix, the others as `<40 hex>-rmd160` and `<40 hex>-shake128`.
 */
export type HashAlgorithm = 'sha1' | 'rmd160' | 'shake128';

export interface ContentHash {
  readonly algorithm: HashAlgorithm;
  /** 40 lower-case hexadecimal digits. */
  readonly hex: string;
}

/** The algorithms in the order in which a catalog's flags number them. */
export const HASH_ALGORITHMS = ['sha1', 'rmd160', 'shake128'] as const satisfies readonly HashAlgorithm[];

/** Reads `<40 hex>[-rmd160|-shake128]`; null for anything else. */
export function parseContentHash(text: string): ContentHash | null {
  const match = /^([0-9a-f]{40})(?:-(rmd160|shake128))?$/.exec(text);
  if (!match) return null;
  return { hex: match[1]!, algorithm: (match[2] as HashAlgorithm | undefined) ?? 'sha1' };
}

/** The hash as CVMFS prints it. */
export function formatContentHash(hash: ContentHash): string {
  return hash.algorithm === 'sha1' ? hash.hex : `${hash.hex}-${hash.algorithm}`;
}

/** The hash of `bytes`, 20 bytes long whatever the algorithm. */
export function contentHash(algorithm: HashAlgorithm, bytes: Uint8Array): ContentHash {
  return { algorithm, hex: digest(algorithm, bytes).toString('hex') };
}

export function isSameHash(one: ContentHash, other: ContentHash): boolean {
  return one.algorithm === other.algorithm && one.hex === other.hex;
}

function digest(algorithm: HashAlgorithm, bytes: Uint8Array): Buffer {
  switch (algorithm) {
    case 'sha1':
      return createHash('sha1').update(bytes).digest();
    case 'shake128':
      return createHash('shake128', { outputLength: 20 }).update(bytes).digest();
    case 'rmd160':
      return digestRipemd160(bytes);
    default:
      return algorithm satisfies never;
  }
}

/** OpenSSL 3 has it only where a loaded provider has. */
function digestRipemd160(bytes: Uint8Array): Buffer {
  try {
    return createHash('ripemd160').update(bytes).digest();
  } catch {
    return ripemd160(bytes);
  }
}
