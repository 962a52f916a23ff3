import { setMaxListeners } from 'node:events';
import { NoAnswerError } from './silence.ts';

/** The reason with which a deadline that jcds set itself is aborted. */
const DEADLINE = Symbol('deadline');

/** A signal that is aborted when the time is over or the caller gives up, and a way to let go of its timer. */
export interface Deadline {
  readonly signal: AbortSignal;
  cancel(): void;
}

/** A deadline so many milliseconds from now, or when `outer` is aborted (with its reason). */
export function deadlineAfter(milliseconds: number, outer?: AbortSignal): Deadline {
  const controller = new AbortController();
  // As many as requests are on their way: Node would print a warning from the eleventh on.
  setMaxListeners(0, controller.signal);
  const giveUp = (): void => controller.abort(outer?.reason);
  if (outer?.aborted) giveUp();
  outer?.addEventListener('abort', giveUp, { once: true });
  const timer = setTimeout(() => controller.abort(DEADLINE), milliseconds);
  timer.unref();
  const cancel = (): void => {
    clearTimeout(timer);
    outer?.removeEventListener('abort', giveUp);
  };
  return { signal: controller.signal, cancel };
}

/** What an aborted signal means: the end of the time is a server's silence, any other reason (Ctrl-C) the caller's own. */
export function endedBy(signal: AbortSignal): unknown {
  if (!signal.aborted) return null;
  return signal.reason === DEADLINE ? new NoAnswerError('timeout', 'DEADLINE') : signal.reason;
}
