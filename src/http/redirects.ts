import type { Answer, Exchange } from './exchange.ts';

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const MOST_HOPS = 5;

/** Where redirects may lead, and what is thrown at one that may not be followed. */
export interface RedirectRule {
  /** The address in `location` as seen from an answer; throws for one that is not gone to. */
  target(answer: Answer, location: string): URL;
  /** A redirect without an address. */
  nowhere(answer: Answer): Error;
  /** One more than is followed. */
  endless(answer: Answer): Error;
}

/** Whether an answer sends to another address. */
export function isRedirect({ status }: Pick<Answer, 'status'>): boolean {
  return REDIRECTS.has(status);
}

/**
 * A sender that follows at most five redirects, each by a rule and none with a credential. The answer's url tells whether one
 * was followed. Whoever does not use this follows none: forges (whose token must stay where it is) and the reader of CVMFS (as its
 * client does unless told otherwise).
 */
export function following<Sent extends Pick<Exchange, 'url' | 'headers'>>(
  send: (exchange: Sent) => Promise<Answer>,
  rule: RedirectRule,
): (exchange: Sent) => Promise<Answer> {
  return async exchange => {
    let answer = await send(exchange);
    for (let hops = 0; isRedirect(answer); hops += 1) {
      if (hops === MOST_HOPS) throw rule.endless(answer);
      answer = await send(redirected(exchange, answer, rule));
    }
    return answer;
  };
}

function redirected<Sent extends Pick<Exchange, 'url' | 'headers'>>(
  exchange: Sent,
  answer: Answer,
  rule: RedirectRule,
): Sent {
  const { location } = answer.headers;
  if (typeof location !== 'string') throw rule.nowhere(answer);
  const { authorization: _stays, ...headers } = exchange.headers;
  return { ...exchange, headers, url: rule.target(answer, location) };
}
