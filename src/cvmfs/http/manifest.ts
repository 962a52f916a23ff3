import { type ContentHash, parseContentHash } from './hash.ts';
import { quoted } from './quoted.ts';
import { readSignedLetter } from './signed-letter.ts';
import { LetterHashError, MalformedLetterError, WrongRepositoryError } from './verification-error.ts';

/**
 * `.cvmfspublished`: what the repository is at this moment. Lines of one letter and a value; letters not known here
 * are passed over, as a client does.
 */
export interface Manifest {
  readonly name: string;
  readonly revision: number;
  readonly rootHash: ContentHash;
  /** Size of the root catalog once inflated, in bytes; null in a manifest of an old server. */
  readonly rootSize: number | null;
  readonly certificate: ContentHash;
  /** Seconds for which a client takes the manifest as current. */
  readonly ttlSeconds: number;
  /** When it was published, in milliseconds since 1970; null in a manifest of an old server. */
  readonly publishedAt: number | null;
  /** Whether root catalog and certificate lie outside `data/` too. */
  readonly hasAlternativePath: boolean;
  /** The text that the certificate's key signed, and its signature. */
  readonly printedHash: string;
  readonly signature: Uint8Array;
}

const DEFAULT_TTL_SECONDS = 240;

/**
 * Reads a manifest and checks what it says of itself: that its hash is that of its text and that it is of
 * `repository`. The signature is checked by `verify-chain.ts`.
 */
export function parseManifest(bytes: Uint8Array, repository: string): Manifest {
  const letter = readSignedLetter(bytes);
  if (!letter) throw new MalformedLetterError('manifest', repository, 'it is cut short or no signed text');
  if (!letter.isIntact) throw new LetterHashError('manifest', repository);
  const fields = new Map(letter.lines.map(line => [line.slice(0, 1), line.slice(1)]));
  const name = fields.get('N') ?? '';
  if (name !== repository) throw new WrongRepositoryError('manifest', repository, quoted(name));
  return {
    name,
    revision: number(fields, 'S', repository) ?? missing('S', repository),
    rootHash: hash(fields, 'C', repository),
    rootSize: number(fields, 'B', repository),
    certificate: hash(fields, 'X', repository),
    ttlSeconds: number(fields, 'D', repository) ?? DEFAULT_TTL_SECONDS,
    publishedAt: milliseconds(number(fields, 'T', repository)),
    hasAlternativePath: fields.get('A') === 'yes',
    printedHash: letter.printedHash,
    signature: letter.signature,
  };
}

function hash(fields: ReadonlyMap<string, string>, letter: string, repository: string): ContentHash {
  const text = fields.get(letter);
  return (text === undefined ? null : parseContentHash(text)) ?? missing(letter, repository);
}

function number(fields: ReadonlyMap<string, string>, letter: string, repository: string): number | null {
  const text = fields.get(letter);
  if (text === undefined) return null;
  return /^\d{1,15}$/.test(text) ? Number(text) : missing(letter, repository);
}

function milliseconds(seconds: number | null): number | null {
  return seconds === null ? null : seconds * 1000;
}

function missing(letter: string, repository: string): never {
  throw new MalformedLetterError('manifest', repository, `its line ${letter} is missing or malformed`);
}
