import type { Answer } from './answer.ts';

const UNTOLD = 60_000;

/**
 * How many milliseconds a server asks to wait, or null when it does not: 429, and GitHub's 403 with an empty quota. In order:
 * Retry-After (seconds or a date), the time of reset (Unix time; GitLab's and GitHub's header); else a minute.
 */
export function requestedPause(
  { status, headers }: Pick<Answer, 'status' | 'headers'>,
  now: number,
): number | null {
  const isSpent = headers['x-ratelimit-remaining'] === '0' || headers['retry-after'] !== undefined;
  if (status !== 429 && !(status === 403 && isSpent)) return null;
  const after = headers['retry-after'] ?? '';
  if (/^\d{1,9}$/.test(after)) return Number(after) * 1000;
  const date = Date.parse(after);
  if (!Number.isNaN(date)) return Math.max(0, date - now);
  const reset = headers['ratelimit-reset'] ?? headers['x-ratelimit-reset'] ?? '';
  return /^\d{1,12}$/.test(reset) ? Math.max(1000, Number(reset) * 1000 - now) : UNTOLD;
}
