import { type ContentHash, contentHash, formatContentHash, parseContentHash } from './hash.ts';

/**
 * How CVMFS signs its manifest and its whitelist: lines of text, `--`, the hash of that text as text, and a binary
 * signature over the hash's text.
 */
export interface SignedLetter {
  /** The lines before `--`. */
  readonly lines: readonly string[];
  /** The hash as printed: the text that is signed. */
  readonly printedHash: string;
  /** Whether the printed hash is that of the lines. */
  readonly isIntact: boolean;
  readonly signature: Uint8Array;
}

const SEPARATOR = Buffer.from('\n--\n');

/** Takes a signed letter apart; null when it is none (cut short, or something else). */
export function readSignedLetter(bytes: Uint8Array): SignedLetter | null {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const separator = buffer.indexOf(SEPARATOR);
  if (separator < 0) return null;
  const hashStart = separator + SEPARATOR.length;
  const hashEnd = buffer.indexOf('\n', hashStart);
  if (hashEnd < 0 || hashEnd - hashStart > 60) return null;
  const printedHash = buffer.toString('latin1', hashStart, hashEnd);
  const hash = parseContentHash(printedHash);
  if (!hash) return null;
  const text = buffer.subarray(0, separator + 1);
  return {
    lines: text.toString('utf8').split('\n').slice(0, -1),
    printedHash,
    isIntact: isHashOf(hash, text),
    signature: buffer.subarray(hashEnd + 1),
  };
}

function isHashOf(hash: ContentHash, text: Uint8Array): boolean {
  return formatContentHash(contentHash(hash.algorithm, text)) === formatContentHash(hash);
}
