import { createInterface } from 'node:readline';
import type { CallOptions } from '../call.ts';
import type { Context } from '../context.ts';
import { safeLines } from '../output/safe-text.ts';

/** Somebody at a terminal who can be asked. */
export interface Person {
  /** Shows a text, asks, and waits; anything but a yes is a no. */
  confirm(text: string, question: string): Promise<boolean>;
  /** One of some names, or null for none of them. */
  choose(question: string, names: readonly string[]): Promise<string | null>;
}

/** Asks for one line; null at the end of the input. */
type AskLine = (question: string) => Promise<string | null>;

/**
 * Whoever sits at the terminal, or null: questions go to standard error and answers come from standard input, so both must be
 * terminals; `--no-input` and `--json` mean that nobody is asked.
 */
export function personAt(
  context: Pick<Context, 'stdin' | 'stderr'>,
  options: CallOptions,
  askLine: AskLine = askAtTerminal,
): Person | null {
  const isSilent = options.input === false || options.json === true;
  if (isSilent || !context.stdin.isTerminal || !context.stderr.isTerminal) return null;
  return {
    async confirm(text, question) {
      if (text !== '') context.stderr.write(`${safeLines(text)}\n`);
      const answer = await askLine(`${safeLines(question)} [y/N] `);
      return /^(?:y|yes)$/i.test(answer?.trim() ?? '');
    },
    async choose(question, names) {
      context.stderr.write(`${safeLines(question)}\n`);
      names.forEach((name, index) => void context.stderr.write(`  ${index + 1}  ${safeLines(name)}\n`));
      const answer = (await askLine(`1-${names.length}, or nothing for none of them: `))?.trim() ?? '';
      return /^\d{1,3}$/.test(answer) ? (names[Number(answer) - 1] ?? null) : null;
    },
  };
}

/** The terminal stays in its own mode, so that Ctrl-C and the keys of editing work as everywhere. */
function askAtTerminal(question: string): Promise<string | null> {
  const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  return new Promise(resolve => {
    lines.once('close', () => resolve(null));
    lines.question(question, answer => {
      resolve(answer);
      lines.close();
      // What is typed from now on is the job's.
      process.stdin.pause();
    });
  });
}
