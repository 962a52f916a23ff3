import type { Answer } from './exchange.ts';

type Headers = Answer['headers'];

/** What Retry-After asks for in milliseconds (seconds or a date), at least 0, or null without a usable one. */
export function retryAfter(headers: Headers, now: number): number | null {
  const field = headers['retry-after'];
  if (typeof field !== 'string') return null;
  if (/^[0-9]{1,9}$/.test(field)) return Number(field) * 1000;
  const date = /^[A-Z][a-z]{2,8},? /.test(field) ? Date.parse(field) : Number.NaN;
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

/** The same in seconds, at least one, for people: more than a day is not worth saying. */
export function secondsToWait(headers: Headers, now: number): number | null {
  const wait = retryAfter(headers, now);
  return wait === null || wait > 86_400_000 ? null : Math.max(1, Math.ceil(wait / 1000));
}

/** Milliseconds until a limit is lifted by its own header (Unix time; GitLab's name, GitHub's), at least a second, or null. */
export function untilReset(headers: Headers, now: number): number | null {
  const reset = headers['ratelimit-reset'] ?? headers['x-ratelimit-reset'];
  if (typeof reset !== 'string' || !/^\d{1,12}$/.test(reset)) return null;
  return Math.max(1000, Number(reset) * 1000 - now);
}

/** Whether a header says that nothing is left of what may be asked for. */
export function isSpent(headers: Headers): boolean {
  return headers['x-ratelimit-remaining'] === '0' || headers['ratelimit-remaining'] === '0';
}
