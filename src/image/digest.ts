/**
 * The digest grammar of distribution/reference and the algorithms that it knows, those registered by the OCI image specification:
 *
 *     digest    := algorithm ":" hex
 *     algorithm := component [ [+._-] component ]*      component := [A-Za-z][A-Za-z0-9]*
 *     hex       := at least 32 hexadecimal digits
 *
 * A registered algorithm has exactly its own number of digits, all lower-case. Another one is refused: no registry has it, and it is
 * a misspelling as a rule (`sha265`).
 */
const SHAPE = /^([A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*):([0-9a-fA-F]{32,})$/;
const DIGITS: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };

/** What is wrong with a digest; `length` counts what was given. */
export type DigestProblem =
  | { kind: 'digest-shape' }
  | { kind: 'digest-algorithm'; algorithm: string }
  | { kind: 'digest-algorithm-case'; algorithm: string }
  | { kind: 'digest-length'; algorithm: string; length: number; expected: number }
  | { kind: 'digest-case' };

/** Why a text is no digest, or null when it is one. */
export function digestProblem(text: string): DigestProblem | null {
  const match = SHAPE.exec(text);
  const algorithm = match?.[1] ?? text.split(':', 1)[0] ?? '';
  const hex = match?.[2] ?? text.slice(algorithm.length + 1);
  const expected = DIGITS[algorithm.toLowerCase()];
  if (expected !== undefined && /^[0-9a-fA-F]+$/.test(hex)) {
    if (hex.length !== expected) return { kind: 'digest-length', algorithm, length: hex.length, expected };
    if (algorithm !== algorithm.toLowerCase()) return { kind: 'digest-algorithm-case', algorithm };
    if (hex !== hex.toLowerCase()) return { kind: 'digest-case' };
  }
  if (match === null) return { kind: 'digest-shape' };
  return expected === undefined ? { kind: 'digest-algorithm', algorithm } : null;
}

/** The hexadecimal part of a sha256 digest, or null when the digest is of another algorithm. */
export function sha256Hex(digest: string): string | null {
  return /^sha256:([0-9a-f]{64})$/.exec(digest)?.[1] ?? null;
}
