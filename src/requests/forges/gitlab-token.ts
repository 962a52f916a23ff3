import { safeText } from '../../output/safe-text.ts';
import { field, needText, readJson, textField } from './answer.ts';
import type { ForgeClient } from './client.ts';
import type { Account } from './forge.ts';
import { MissingScopeError, TokenExpiredError, TokenRejectedError } from './token-failures.ts';

/**
 * Whose token it is and what it may do. Tokens that are not personal ones (OAuth) cannot ask about
 * themselves: then scopes and expiry are unknown. Throws TokenRejectedError, TokenExpiredError, MissingScopeError.
 */
export async function readOwnToken(client: ForgeClient): Promise<Account> {
  const user = await client.send({ method: 'GET', path: '/user', what: 'read whose token this is' });
  const own = await client.send({
    method: 'GET',
    path: '/personal_access_tokens/self',
    what: 'read what the token may do',
    accept: [401, 403, 404],
  });
  const name = safeText(needText(user, readJson(user), 'username'), 80);
  if (own.status !== 200) return { name, scopes: null, expires: null };
  const data = readJson(own);
  const { host } = own.asked;
  const expires = textField(data, 'expires_at');
  if (expires !== null && isOver(expires, client.clock.now())) throw new TokenExpiredError(host, expires);
  if (field(data, 'revoked') === true || field(data, 'active') === false) throw new TokenRejectedError(host);
  const listed = field(data, 'scopes');
  const scopes = Array.isArray(listed) ? listed.filter(scope => typeof scope === 'string') : null;
  // A fine-grained token has permissions instead of scopes.
  if (scopes !== null && !scopes.includes('api') && field(data, 'granular') !== true)
    throw new MissingScopeError(host, 'api', scopes);
  return {
    name,
    scopes: scopes?.map(scope => safeText(scope, 60)) ?? null,
    expires: expires && safeText(expires, 40),
  };
}

/** A date alone ends when its day begins, UTC (GitLab: "expires at midnight UTC on that date"). */
function isOver(expires: string, now: number): boolean {
  const time = Date.parse(expires);
  return !Number.isNaN(time) && time <= now;
}
