import type { Answer, Exchange, Send } from './exchange.ts';
import { isNoAnswer, type NoAnswerError } from './silence.ts';

/** How often and how long a sender tries. */
export interface Persistence {
  /** Pauses, in milliseconds, before sending again what changes nothing and met a failure of the server's. */
  readonly repeats: readonly number[];
  /** Whether such a failure is one that may be gone the next time. */
  isFailure(outcome: Answer | NoAnswerError): boolean;
  /** Milliseconds that a server asks to wait because of its limits, or null. */
  pauseAsked(answer: Answer): number | null;
  /** Milliseconds that may be waited in all; lessened by what was waited. Shared where requests share it. */
  readonly patience: { left: number };
  /** Pauses for limits in one exchange, so that a server that says "at once" for ever comes to an end too. */
  readonly mostPauses: number;
  /** Whether there is time left after the pause. Rejects when the caller gave up meanwhile. */
  pause(milliseconds: number): Promise<boolean>;
}

/**
 * A sender that sends again: what may be sent twice after a failure of the server's, anything after as long a pause as the
 * server asks for, since that says that nothing was done. The last outcome is given back, or thrown, as it is.
 */
export function persistent(send: Send, persistence: Persistence): Send {
  return async exchange => {
    let [repeats, pauses] = [0, 0];
    for (;;) {
      const outcome = await attempt(send, exchange);
      const asked = 'status' in outcome ? persistence.pauseAsked(outcome) : null;
      const pause = asked ?? repeatAfter(exchange, outcome, persistence, repeats);
      const isOver = asked !== null && pauses++ >= persistence.mostPauses;
      if (asked === null) repeats += 1;
      if (pause === null || isOver || pause > persistence.patience.left) return given(outcome);
      persistence.patience.left -= pause;
      if (pause > 0 && !(await persistence.pause(pause))) return given(outcome);
    }
  };
}

async function attempt(send: Send, exchange: Exchange): Promise<Answer | NoAnswerError> {
  try {
    return await send(exchange);
  } catch (thrown) {
    if (isNoAnswer(thrown)) return thrown;
    throw thrown;
  }
}

function given(outcome: Answer | NoAnswerError): Answer {
  if (isNoAnswer(outcome)) throw outcome;
  return outcome;
}

function repeatAfter(
  { changes = false, sink }: Exchange,
  outcome: Answer | NoAnswerError,
  { repeats, isFailure }: Persistence,
  done: number,
): number | null {
  return changes || sink !== undefined || !isFailure(outcome) ? null : (repeats[done] ?? null);
}
