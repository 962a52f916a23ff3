import { setTimeout as wait } from 'node:timers/promises';
import { DEADLINE } from './deadline.ts';
import type { Answer, Exchange, Send } from './exchange.ts';
import { isReset } from './unreachable.ts';

/** How a sender waits when it is told to. */
export interface Patience {
  /** Milliseconds that all waiting for one registry may take together. */
  readonly waiting: number;
  readonly now: () => number;
  /** Ends after so many milliseconds; rejects with the reason of the deadline when that comes first. */
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** The usual patience: ten seconds in all. */
export function usualPatience(now: () => number, deadline: AbortSignal): Patience {
  const sleep = async (milliseconds: number): Promise<void> => {
    await wait(milliseconds, undefined, { signal: deadline }).catch(() => deadline.throwIfAborted());
  };
  return { waiting: 10_000, now, sleep };
}

const LIMITED = new Set([429, 503]);
const BROKEN = new Set([500, 502, 504]);
const MOST_WAITS = 4;

/**
 * A sender that waits as long as a 429 or 503 with Retry-After says, while its patience lasts, and repeats once what
 * broke off or was answered by 500, 502 or 504. The last answer is given back as it is.
 */
export function patient(send: Send, patience: Patience): Send {
  let left = patience.waiting;
  return async exchange => {
    for (let waits = 0; ; waits += 1) {
      const answer = await sendTwice(send, exchange);
      const pause = LIMITED.has(answer.status) ? retryAfter(answer, patience.now()) : null;
      if (pause === null || pause > left || waits === MOST_WAITS) return answer;
      left -= pause;
      if (!(await slept(patience, pause))) return answer;
    }
  };
}

/** Whether there is time left after the pause. Rejects when the caller gave up meanwhile. */
async function slept(patience: Patience, pause: number): Promise<boolean> {
  try {
    await patience.sleep(pause);
    return true;
  } catch (reason) {
    if (reason === DEADLINE) return false;
    throw reason;
  }
}

async function sendTwice(send: Send, exchange: Exchange): Promise<Answer> {
  try {
    const answer = await send(exchange);
    if (!BROKEN.has(answer.status)) return answer;
  } catch (thrown) {
    if (!isReset(thrown)) throw thrown;
  }
  return await send(exchange);
}

/** What Retry-After asks for in milliseconds (seconds or a date), at least 0, or null without a usable one. */
export function retryAfter(answer: Pick<Answer, 'headers'>, now: number): number | null {
  const field = answer.headers['retry-after'];
  if (typeof field !== 'string') return null;
  if (/^[0-9]{1,9}$/.test(field)) return Number(field) * 1000;
  const date = /^[A-Z][a-z]{2,8},? /.test(field) ? Date.parse(field) : Number.NaN;
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
