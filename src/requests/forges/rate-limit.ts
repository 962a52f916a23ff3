import { isSpent, retryAfter, untilReset } from '../../http/rate-limit.ts';
import type { Answer } from './answer.ts';

/** What GitHub asks for where it says no time of its own: at least a minute. */
const UNTOLD = 60_000;

/**
 * How many milliseconds a server asks to wait, or null when it does not: 429, and GitHub's 403 with an empty quota, a time to
 * wait, or the words of its secondary limits. In order: Retry-After, the time of reset where nothing is left; else a minute.
 */
export function requestedPause({ status, headers, text }: Answer, now: number): number | null {
  const isLimit =
    status === 429 ||
    (status === 403 &&
      (isSpent(headers) || headers['retry-after'] !== undefined || /secondary rate limit/i.test(text)));
  if (!isLimit) return null;
  // The reset of a quota that is not spent is no time to wait for.
  const isOther = headers['x-ratelimit-remaining'] !== undefined && !isSpent(headers);
  return retryAfter(headers, now) ?? (isOther ? null : untilReset(headers, now)) ?? UNTOLD;
}
