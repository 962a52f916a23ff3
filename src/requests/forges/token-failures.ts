import { commandText } from '../../command-text.ts';
import { JcdsError } from '../../errors.ts';
import { safeText } from '../../output/safe-text.ts';
import type { Asked } from './failures.ts';

const STATUS_HINT = (host: string) =>
  `\`${commandText('jcds', 'auth', 'status', host)}\` says where it comes from`;

/** Something that needs a token was asked without one. */
export class TokenNeededError extends JcdsError {
  constructor(host: string) {
    super({
      code: 'TOKEN_NEEDED',
      message: `${safeText(host, 100)} wants a token for this`,
      hint: `\`${commandText('jcds', 'auth', 'status', host)}\` says how to give one`,
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
    });
  }
}

/** GitHub: a fine-grained token, or an application's, without the permission for this. `needed` as its header says it. */
export class MissingPermissionError extends JcdsError {
  constructor({ host, what }: Asked, needed: string | null) {
    const which = needed === null ? 'a permission' : `the permission ${safeText(needed, 120)}`;
    super({
      code: 'TOKEN_PERMISSION',
      message: `the token for ${safeText(host, 100)} lacks ${which} that is needed to ${safeText(what, 160)}`,
      hint: `give it that permission, or use a classic token, at https://${safeText(host, 100)}/settings/tokens; ${STATUS_HINT(host)}`,
    });
  }
}

/** GitHub: an organization lets in only tokens that were authorised by its single sign-on. `page` is where, when told. */
export class SingleSignOnError extends JcdsError {
  constructor({ host, what }: Asked, page: string | null) {
    super({
      code: 'TOKEN_SSO',
      message: `could not ${safeText(what, 160)} on ${safeText(host, 100)}: the organization wants the token to be authorised by its single sign-on`,
      hint: `authorise it at ${page ?? `https://${safeText(host, 100)}/settings/tokens`}, then run the same command again`,
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
    });
  }
}
