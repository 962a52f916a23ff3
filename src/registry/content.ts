import { createHash } from 'node:crypto';
import { JcdsError } from '../errors.ts';
import { digestProblem } from '../image/digest.ts';

/** What arrived is not what was asked for. */
export class DigestMismatchError extends JcdsError {
  constructor(host: string, wanted: string, received: string) {
    super({
      code: 'REGISTRY_DIGEST_MISMATCH',
      message: `${host} answers with ${received} instead of ${wanted}`,
      hint: 'something between here and the registry alters what it sends, or its store is damaged',
    });
  }
}

const ALGORITHMS = new Set(['sha256', 'sha384', 'sha512']);

/** The digest of bytes by the algorithm of another digest; sha256 for one that cannot be computed. */
export function digestOf(bytes: Buffer, like = 'sha256:'): string {
  const named = like.slice(0, like.indexOf(':'));
  const algorithm = ALGORITHMS.has(named) ? named : 'sha256';
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
}

/** Throws DigestMismatchError unless the bytes have the digest. */
export function verify(host: string, bytes: Buffer, wanted: string): void {
  const received = digestOf(bytes, wanted);
  if (received !== wanted) throw new DigestMismatchError(host, wanted, received);
}

/** The digest in a Docker-Content-Digest field, or null where there is none that can be computed. */
export function digestField(field: string | string[] | undefined): string | null {
  if (typeof field !== 'string' || digestProblem(field) !== null) return null;
  return ALGORITHMS.has(field.slice(0, field.indexOf(':'))) ? field : null;
}
