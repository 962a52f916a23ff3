import { EXIT, JcdsError } from '../../errors.ts';
import { safeText } from '../../output/safe-text.ts';

const STATUS_HINT = (host: string) => `\`jcds auth status ${safeText(host, 100)}\` says where it comes from`;

/** Something that needs a token was asked without one. */
export class TokenNeededError extends JcdsError {
  constructor(host: string) {
    super({
      code: 'TOKEN_NEEDED',
      message: `${safeText(host, 100)} wants a token for this`,
      hint: `\`jcds auth status ${safeText(host, 100)}\` says how to give one`,
      exitCode: EXIT.failed,
    });
  }
}

/** 401 with a token. */
export class TokenRejectedError extends JcdsError {
  constructor(host: string) {
    super({
      code: 'TOKEN_REJECTED',
      message: `${safeText(host, 100)} does not accept the token (revoked, mistyped, or of another server)`,
      hint: STATUS_HINT(host),
      exitCode: EXIT.failed,
    });
  }
}

/** Its last day is over. `day` as the server told, or null. */
export class TokenExpiredError extends JcdsError {
  constructor(host: string, day: string | null) {
    super({
      code: 'TOKEN_EXPIRED',
      message: `the token for ${safeText(host, 100)} has expired${day === null ? '' : ` (${safeText(day, 40)})`}`,
      hint: `make a new one; ${STATUS_HINT(host)}`,
      exitCode: EXIT.failed,
    });
  }
}

/** The token is good and may not do this. */
export class MissingScopeError extends JcdsError {
  constructor(host: string, needed: string, present: readonly string[] | null) {
    const has =
      present === null ? '' : `; it has ${present.length === 0 ? 'none' : safeText(present.join(', '))}`;
    super({
      code: 'TOKEN_SCOPE',
      message: `the token for ${safeText(host, 100)} lacks the scope ${safeText(needed, 80)}${has}`,
      hint: `make one with that scope; ${STATUS_HINT(host)}`,
      exitCode: EXIT.failed,
    });
  }
}

/** A token would travel unencrypted. */
export class InsecureForgeError extends JcdsError {
  constructor(origin: string) {
    super({
      code: 'FORGE_INSECURE',
      message: `${safeText(origin, 100)} is not https, and a token is only sent over https or to this very host`,
      hint: 'write https:// in the configuration, or ask the operators of the server for it',
      exitCode: EXIT.usage,
    });
  }
}
