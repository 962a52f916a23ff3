import { setTimeout as sleep } from 'node:timers/promises';
import type { Output } from '../context.ts';

const HOME_AND_CLEAR = '\u001b[H\u001b[2J\u001b[3J';

/** One look at what is watched. */
export interface Round {
  readonly text: string;
  readonly code: number;
}

/**
 * Shows something again and again until it is interrupted or nobody reads any more: a terminal shows the last round
 * alone, everything else gets one round after the other. Answers the code of the last round.
 * @param pause milliseconds between two rounds
 */
export async function watch(
  look: () => Promise<Round>,
  stdout: Output,
  pause: number,
  wait: (milliseconds: number) => Promise<unknown> = sleep,
): Promise<number> {
  for (;;) {
    const { text, code } = await look();
    if (!stdout.write(stdout.isTerminal ? HOME_AND_CLEAR + text : text)) return code;
    await wait(pause);
  }
}
