import { secondsToWait } from '../../http/rate-limit.ts';
import { type Answer, pageAddress, textField, tryJson, wordsOf } from './answer.ts';
import {
  AnswerLostError,
  ForeignLinkError,
  ForgeDownError,
  ForgeRefusedError,
  PageBetweenError,
  RateLimitedError,
  SignedOutError,
} from './failures.ts';
import { requestedPause } from './rate-limit.ts';
import {
  MissingPermissionError,
  MissingScopeError,
  SingleSignOnError,
  TokenExpiredError,
  TokenNeededError,
  TokenRejectedError,
} from './token-failures.ts';

/** What the meaning of an answer depends on beside it. */
export interface Asking {
  /** Statuses that the caller reads by itself. */
  readonly accept: readonly number[];
  /** Whether something was to be changed. */
  readonly changes: boolean;
  readonly hasToken: boolean;
  readonly now: number;
}

/**
 * Gives an answer back, or throws what it means. What the forge did not say, or says of the token and of its limits, is no answer to
 * the question, whatever statuses the caller can read: a full quota does not mean that there is no fork.
 */
export function judge(answer: Answer, asking: Asking): Answer {
  const failure = aside(answer, asking);
  if (failure !== null) throw failure;
  if (asking.accept.includes(answer.status) || answer.status < 300) return answer;
  throw refusal(answer, asking);
}

/** What stands beside the question, or null. */
function aside(answer: Answer, { changes, now }: Asking): Error | null {
  const { status, headers, asked } = answer;
  if (status < 300) return null;
  const pause = requestedPause(answer, now);
  if (pause !== null) return new RateLimitedError(asked, Math.ceil(pause / 1000));
  if (status >= 500)
    return changes
      ? new AnswerLostError(asked, status)
      : new ForgeDownError(asked, status, secondsToWait(headers, now));
  if (status < 400) return isSignIn(answer) ? new SignedOutError(asked) : null;
  if (isPage(answer)) return new PageBetweenError(asked, status);
  return status === 403 ? aboutToken(answer) : null;
}

/** The page of this very server for those who are not signed in. */
function isSignIn({ headers, asked }: Answer): boolean {
  const base = `https://${asked.host}/`;
  const url = URL.canParse(headers.location ?? '', base) ? new URL(headers.location ?? '', base) : null;
  return (
    url?.host === asked.host && /^\/(?:users\/(?:sign_in|auth)|login|session|sign_in)\b/.test(url.pathname)
  );
}

function isPage({ headers, text }: Answer): boolean {
  return (
    /^\s*(?:text\/html|application\/xhtml)/i.test(headers['content-type'] ?? '') ||
    /^\s*<(?:!doctype|html)/i.test(text)
  );
}

/** A 403 that is about the token, by GitHub's headers and words and GitLab's codes. */
function aboutToken(answer: Answer): Error | null {
  const { headers, asked } = answer;
  const sso = /^required;\s*url=(\S+)$/.exec(headers['x-github-sso'] ?? '')?.[1];
  if (sso !== undefined) return new SingleSignOnError(asked, pageAddress(sso, asked.host));
  if (textField(tryJson(answer), 'error') === 'insufficient_scope')
    return new MissingScopeError(asked.host, 'api', null);
  if (!/^Resource not accessible by /.test(textField(tryJson(answer), 'message') ?? '')) return null;
  return new MissingPermissionError(asked, headers['x-accepted-github-permissions'] ?? null);
}

function refusal(answer: Answer, { hasToken }: Asking): Error {
  const { status, asked, headers } = answer;
  if (status < 400) return new ForeignLinkError(asked, headers.location ?? 'nowhere');
  return status === 401
    ? unauthorized(answer, hasToken)
    : new ForgeRefusedError(asked, status, wordsOf(answer));
}

function unauthorized(answer: Answer, hasToken: boolean): Error {
  const { host } = answer.asked;
  if (!hasToken) return new TokenNeededError(host);
  // GitLab's code for expired and revoked tokens is one, `invalid_token`; only its words tell them apart.
  return /\bexpired\b/i.test(answer.text.slice(0, 2000))
    ? new TokenExpiredError(host, null)
    : new TokenRejectedError(host);
}
