import { isRedirect } from '../http/redirects.ts';
import { Secret } from '../secret.ts';
import {
  type AnswerFacts,
  CredentialRefusedError,
  failureOf,
  UnauthorizedError,
  UnexpectedAnswerError,
} from './answers.ts';
import { basic, type Credential } from './credential.ts';
import { RefusedAddressError } from './destinations.ts';
import type { Answer, Exchange, Send } from './exchange.ts';
import { parseObject } from './json.ts';

/** A question to a token server. `credential` is one that may go there. */
export interface TokenRequest {
  readonly realm: URL;
  readonly service: string | null;
  readonly scopes: readonly string[];
  readonly credential: Extract<Credential, { kind: 'password' | 'identity' }> | null;
}

/** A bearer token and until when it is good, in milliseconds since 1970. */
export interface BearerToken {
  readonly token: Secret;
  readonly expiresAt: number;
}

const ANSWER_LIMIT = 256 * 1024;
const TOKEN_LIMIT = 32 * 1024;
/** The lifetime of a token whose answer does not say it, by the token specification. */
const DEFAULT_LIFETIME = 60;
const LONGEST_LIFETIME = 3600;
/** Renewed so much sooner, in milliseconds: the two clocks and the way there. */
const MARGIN = 5000;

/**
 * Asks a token server: by GET, with Basic where there is a password, and by POST (OAuth2 refresh grant) for an identity
 * token. Follows no redirect. Throws CredentialRefusedError, UnauthorizedError and what failureOf and `send` give.
 */
export async function fetchToken(
  send: Send,
  request: TokenRequest,
  facts: AnswerFacts,
  now: () => number,
): Promise<BearerToken> {
  const { credential, realm } = request;
  const answer = await send(credential?.kind === 'identity' ? post(request, credential) : get(request));
  if (isRedirect(answer)) throw new RefusedAddressError(realm, 'token server', 'token-redirect');
  if (answer.status === 401 && credential)
    throw new CredentialRefusedError(facts.registry, credential.source);
  if (answer.status === 401 || answer.status === 403) throw new UnauthorizedError(facts);
  if (answer.status === 400 && credential?.kind === 'identity')
    throw new CredentialRefusedError(facts.registry, credential.source);
  if (answer.status === 404) throw new UnexpectedAnswerError(realm.host, 'token');
  const failure = failureOf(answer, facts, now());
  if (failure) throw failure;
  return readToken(answer, now());
}

function get({ realm, service, scopes, credential }: TokenRequest): Exchange {
  const url = new URL(realm);
  if (service !== null) url.searchParams.set('service', service);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  if (credential?.kind !== 'password') return { url, method: 'GET', headers: {}, limit: ANSWER_LIMIT };
  url.searchParams.set('account', credential.username);
  const authorization = basic(credential.username, credential.password);
  return { url, method: 'GET', headers: { authorization }, limit: ANSWER_LIMIT };
}

function post(
  { realm, service, scopes }: TokenRequest,
  credential: Extract<Credential, { kind: 'identity' }>,
): Exchange {
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    client_id: 'jcds',
    scope: scopes.join(' '),
    refresh_token: credential.token.reveal(),
  });
  if (service !== null) form.set('service', service);
  return {
    url: realm,
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
    limit: ANSWER_LIMIT,
  };
}

function readToken(answer: Answer, now: number): BearerToken {
  const fields = parseObject(answer.body) ?? {};
  const token = [fields.token, fields.access_token].find(field => typeof field === 'string' && field !== '');
  if (typeof token !== 'string' || !isHeaderWord(token))
    throw new UnexpectedAnswerError(answer.url.host, 'token');
  const said = typeof fields.expires_in === 'number' && fields.expires_in > 0 ? fields.expires_in : 0;
  const lifetime = Math.min(said || DEFAULT_LIFETIME, LONGEST_LIFETIME) * 1000;
  return { token: new Secret(token), expiresAt: now + lifetime - MARGIN };
}

/** Whether a token can stand in a header: visible ASCII, not absurdly long. */
export function isHeaderWord(token: string): boolean {
  return token.length <= TOKEN_LIMIT && /^[\x21-\x7e]+$/.test(token);
}
