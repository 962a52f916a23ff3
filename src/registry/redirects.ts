import { checkedAddress, RefusedAddressError } from './destinations.ts';
import type { Answer, Exchange, Send } from './exchange.ts';

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const MOST_HOPS = 5;

/** Whether an answer sends to another address. */
export function isRedirect(answer: Answer): boolean {
  return REDIRECTS.has(answer.status);
}

/**
 * A sender that follows at most five redirects, each to an address that the rules of destinations.ts let pass and none
 * with a credential. Throws RefusedAddressError. The answer's url tells whether one was followed.
 */
export function following(send: Send): Send {
  return async exchange => {
    let answer = await send(exchange);
    for (let hops = 0; isRedirect(answer); hops += 1) {
      if (hops === MOST_HOPS) throw new RefusedAddressError(answer.url, 'redirect', 'endless');
      answer = await send(redirected(exchange, answer));
    }
    return answer;
  };
}

function redirected(exchange: Exchange, answer: Answer): Exchange {
  const { location } = answer.headers;
  if (typeof location !== 'string') throw new RefusedAddressError(answer.url, 'redirect', 'malformed');
  const { authorization: _stays, ...headers } = exchange.headers;
  return { ...exchange, headers, url: checkedAddress(answer.url, location, 'redirect') };
}
