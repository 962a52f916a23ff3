import { following } from '../http/redirects.ts';
import { Secret } from '../secret.ts';
import type { AnswerFacts } from './answers.ts';
import { type Challenge, parseChallenges, pullScopes } from './challenge.ts';
import { basic, type Credential, type FindCredential } from './credential.ts';
import { checkedAddress, isOwnTokenServer, REDIRECT_RULE } from './destinations.ts';
import type { Answer, Exchange, Send } from './exchange.ts';
import { fetchToken, isHeaderWord } from './token.ts';

/** What answering challenges needs. */
export interface AuthorizationOptions {
  /** The registry's name, as credentials are filed under. */
  readonly registry: string;
  readonly origin: URL;
  /** Sends without following redirects. */
  readonly send: Send;
  /** Asked only when the registry demands a credential or a token. */
  readonly findCredential: FindCredential;
  /** More token servers that belong to registries (rule 2 of destinations.ts). */
  readonly tokenServers: Readonly<Record<string, string>>;
  readonly now: () => number;
  /** When everything must have ended. */
  readonly deadline: AbortSignal;
}

/** An answer, and which credential it was given to. */
export interface AuthorizedAnswer {
  readonly answer: Answer;
  readonly facts: AnswerFacts;
}

/** Sends a request about a repository to its registry, with what the registry asks for. */
export type AuthorizedSend = (
  repository: string,
  subject: string,
  exchange: Exchange,
) => Promise<AuthorizedAnswer>;

interface Authorization {
  readonly header: Secret;
  readonly expiresAt: number;
  readonly credential: string | null;
  readonly withheldFrom: string | null;
}

/**
 * The token flow of the distribution specification: a request goes out bare (or with what an earlier one gained); a 401
 * is answered once, by Bearer before Basic, and the request repeated once. Whatever comes then is given back. What
 * goes where is ruled in destinations.ts; a 401 from the far end of a redirect is never answered.
 */
export function authorizing(options: AuthorizationOptions): AuthorizedSend {
  const gained = new Map<string, Authorization>();
  const follow = following(options.send, REDIRECT_RULE);
  return async (repository, subject, exchange) => {
    const kept = gained.get(repository);
    let authorization = kept !== undefined && kept.expiresAt > options.now() ? kept : null;
    let answer = await follow(withHeader(exchange, authorization));
    if (answer.status === 401 && answer.url.href === exchange.url.href) {
      const anew = await authorize(options, repository, subject, challengesOf(answer));
      if (anew) {
        authorization = anew;
        gained.set(repository, anew);
        answer = await follow(withHeader(exchange, anew));
      }
    }
    const { credential = null, withheldFrom = null } = authorization ?? {};
    return { answer, facts: { registry: options.registry, subject, credential, withheldFrom } };
  };
}

function withHeader(exchange: Exchange, authorization: Authorization | null): Exchange {
  if (authorization === null) return exchange;
  return { ...exchange, headers: { ...exchange.headers, authorization: authorization.header.reveal() } };
}

function challengesOf({ headers }: Answer): Challenge[] {
  return parseChallenges([headers['www-authenticate'] ?? []].flat());
}

async function authorize(
  options: AuthorizationOptions,
  repository: string,
  subject: string,
  challenges: readonly Challenge[],
): Promise<Authorization | null> {
  const bearer = challenges.find(({ scheme, parameters }) => scheme === 'bearer' && parameters.has('realm'));
  if (!bearer && !challenges.some(({ scheme }) => scheme === 'basic')) return null;
  const credential = await options.findCredential(options.registry, repository, options.deadline);
  if (!bearer) return credential && direct(credential);
  if (credential?.kind === 'bearer') return direct(credential);
  return await byToken(options, repository, subject, bearer.parameters, credential);
}

/** The credential as the registry itself takes it, or null when it is only good for a token server. */
function direct(credential: Credential): Authorization | null {
  if (credential.kind === 'identity') return null;
  if (credential.kind === 'bearer' && !isHeaderWord(credential.token.reveal())) return null;
  const header =
    credential.kind === 'bearer'
      ? `Bearer ${credential.token.reveal()}`
      : basic(credential.username, credential.password);
  return {
    header: new Secret(header),
    expiresAt: Number.POSITIVE_INFINITY,
    credential: credential.source,
    withheldFrom: null,
  };
}

async function byToken(
  { registry, origin, send, tokenServers, now }: AuthorizationOptions,
  repository: string,
  subject: string,
  parameters: ReadonlyMap<string, string>,
  credential: Exclude<Credential, { kind: 'bearer' }> | null,
): Promise<Authorization> {
  const realm = checkedAddress(origin, parameters.get('realm') ?? '', 'token server');
  const own = isOwnTokenServer(origin, realm, tokenServers);
  const used = own ? credential : null;
  const facts: AnswerFacts = {
    registry,
    subject,
    credential: used?.source ?? null,
    withheldFrom: credential && !own ? realm.host : null,
  };
  const scopes = pullScopes(parameters.get('scope') ?? '', repository);
  const service = parameters.get('service') ?? null;
  const { token, expiresAt } = await fetchToken(
    send,
    { realm, service, scopes, credential: used },
    facts,
    now,
  );
  return { ...facts, header: new Secret(`Bearer ${token.reveal()}`), expiresAt };
}
