import type { ErrorCode } from '../../error-codes.ts';
import { isJcdsError, JcdsError } from '../../errors.ts';

/** The links of the chain of trust, in the order in which they are checked. */
export type VerificationStep = 'manifest' | 'whitelist' | 'certificate' | 'revision' | 'object' | 'catalog';

/** What a failed link of the chain knows: which link, of which repository, and what was wrong. */
export interface VerificationFacts {
  step: VerificationStep;
  code: ErrorCode;
  message: string;
  hint?: string;
  cause?: unknown;
}

const HINT =
  'ask another server with --server URL; if all answer alike, tell the operators of the repository';

/**
 * A link of the chain does not hold, so nothing that hangs on it is used. The image may well be published:
 * exit code 75, never "no".
 */
export class VerificationError extends JcdsError {
  readonly step: VerificationStep;

  constructor({ step, hint, ...facts }: VerificationFacts) {
    super({ ...facts, hint: hint ?? HINT });
    this.step = step;
  }
}

/** Whether a failure is a link of the chain that does not hold, rather than a server that does not answer. */
export function isVerificationError(error: unknown): error is VerificationError {
  return isJcdsError(error) && 'step' in error;
}

/** A signed text that is not one: cut short, or something else altogether. */
export class MalformedLetterError extends VerificationError {
  constructor(step: 'manifest' | 'whitelist', repository: string, what: string) {
    const code = { manifest: 'MANIFEST_MALFORMED', whitelist: 'WHITELIST_MALFORMED' } as const;
    super({ step, code: code[step], message: `the ${step} of ${repository} cannot be read: ${what}` });
  }
}

/** A signed text that was changed: its printed hash is not that of its lines. */
export class LetterHashError extends VerificationError {
  constructor(step: 'manifest' | 'whitelist', repository: string) {
    const code = { manifest: 'MANIFEST_HASH_MISMATCH', whitelist: 'WHITELIST_HASH_MISMATCH' } as const;
    super({
      step,
      code: code[step],
      message: `the ${step} of ${repository} does not match the hash that it prints`,
    });
  }
}

/** A signed text for another repository. */
export class WrongRepositoryError extends VerificationError {
  constructor(step: 'manifest' | 'whitelist', repository: string, quotedName: string) {
    const code = { manifest: 'MANIFEST_WRONG_REPOSITORY', whitelist: 'WHITELIST_WRONG_REPOSITORY' } as const;
    super({
      step,
      code: code[step],
      message: `the ${step} served for ${repository} is that of ${quotedName}`,
    });
  }
}
