import type { Output } from '../context.ts';
import { safeText } from './safe-text.ts';

/** Tells how something long goes on, on standard error. */
export interface Progress {
  /** What is true now. On a terminal it replaces what was said before; elsewhere a line is written when it is news. */
  update(news: string, detail?: string): void;
  /** Leaves the terminal's line clean. */
  end(): void;
}

const CLEAR_LINE = '\r\u001b[K';

/** `quiet` (-q) says nothing. A dumb terminal gets lines, as a log does. */
export function progress(stderr: Output, { quiet, dumb }: { quiet: boolean; dumb: boolean }): Progress {
  if (quiet) return { update: () => {}, end: () => {} };
  const inPlace = stderr.isTerminal && !dumb;
  let said = '';
  return {
    update(news, detail = '') {
      if (inPlace) {
        const line = safeText(news + detail, Math.max(4, stderr.columns - 1));
        stderr.write(CLEAR_LINE + line);
      } else if (news !== said) {
        stderr.write(`jcds: ${safeText(news, 1000)}\n`);
      }
      said = news;
    },
    end() {
      if (inPlace && said !== '') stderr.write(CLEAR_LINE);
    },
  };
}
