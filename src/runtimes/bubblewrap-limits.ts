import { JcdsError } from '../errors.ts';
import { INPUT_LIMIT } from '../launch/plan.ts';
import { latin1 } from '../launch/quote.ts';
import type { AccountFile } from './accounts.ts';
import type { RootOperation } from './root-operations.ts';
import type { Copy } from './shown.ts';

/** bubblewrap takes 9,000 words (0.8.0), those of the job among them. */
export const MOST_WORDS = 8_900;

/** The image's entries would have to be named one by one, and are too many for bubblewrap. */
export class TooManyEntriesError extends JcdsError {
  constructor(directory: string) {
    super({
      code: 'UNSUPPORTED_BY_RUNTIME',
      message: `bubblewrap takes ${MOST_WORDS} words, and more would be needed to show one by one what the image has in ${directory}`,
      hint: 'jcds run --runtime apptainer (or unshare)',
    });
  }
}

/** The directory that most entries are shown of. */
export function largestOf(root: readonly RootOperation[]): string {
  const counts = new Map<string, number>();
  for (const { kind, at } of root) {
    const parent = at.slice(0, at.lastIndexOf('/')) || '/';
    if (kind === 'entry' || kind === 'link') counts.set(parent, (counts.get(parent) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? '/';
}

/** What is kept for a user's own lines, of whom some have hundreds of groups. */
export const OWN_LINES_LIMIT = 3072;

/** The user's own accounts, and the first others, of a file that is longer than an input may be. */
export function shortened({ text, own }: AccountFile): string {
  const fitting = (limit: number) => {
    let room = limit;
    return (line: string) => {
      room -= latin1(line).length + 1;
      return room >= 0;
    };
  };
  const kept = own.filter(fitting(OWN_LINES_LIMIT));
  const isOther = fitting(INPUT_LIMIT - latin1(kept.join('\n')).length - 1);
  const lines = text.split('\n').slice(0, -1);
  return `${lines.filter(line => (own.includes(line) ? kept.includes(line) : isOther(line))).join('\n')}\n`;
}

/** Whether a file's text can be given, so that the job may change it. */
export function isInput(copy: Copy): copy is Copy & { readonly text: string } {
  const { mode, text } = copy;
  return mode === 'rw' && text !== undefined && !text.includes('\0') && latin1(text).length < INPUT_LIMIT;
}
