import { setTimeout as wait } from 'node:timers/promises';
import { endedBy } from '../http/deadline.ts';
import type { Persistence } from '../http/persistence.ts';
import { retryAfter } from '../http/rate-limit.ts';
import { isNoAnswer } from '../http/silence.ts';

/** How a sender waits when it is told to. */
export interface Patience {
  /** Milliseconds that all waiting for one registry may take together. */
  readonly waiting: number;
  readonly now: () => number;
  /** Ends after so many milliseconds; rejects with what ended the deadline when that comes first. */
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** The usual patience: ten seconds in all. */
export function usualPatience(now: () => number, deadline: AbortSignal): Patience {
  const sleep = async (milliseconds: number): Promise<void> => {
    await wait(milliseconds, undefined, { signal: deadline }).catch(() => {
      throw endedBy(deadline);
    });
  };
  return { waiting: 10_000, now, sleep };
}

const LIMITED: ReadonlySet<number> = new Set([429, 503]);
const BROKEN: ReadonlySet<number> = new Set([500, 502, 504]);

/**
 * How registries are asked again: after as long as a 429 or 503 with Retry-After says, while the patience lasts, and once
 * at once after what broke off or was answered by 500, 502 or 504.
 */
export function persistence({ waiting, now, sleep }: Patience): Persistence {
  return {
    repeats: [0],
    isFailure: outcome => (isNoAnswer(outcome) ? outcome.silence === 'reset' : BROKEN.has(outcome.status)),
    pauseAsked: ({ status, headers }) => (LIMITED.has(status) ? retryAfter(headers, now()) : null),
    patience: { left: waiting },
    mostPauses: 4,
    async pause(milliseconds) {
      try {
        await sleep(milliseconds);
        return true;
      } catch (reason) {
        if (isNoAnswer(reason)) return false;
        throw reason;
      }
    },
  };
}
