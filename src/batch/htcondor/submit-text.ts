import { JcdsError } from '../../errors.ts';
import { safeText } from '../../output/safe-text.ts';

/** A text that no line of a submit description can hold. */
export class NotSubmittableError extends JcdsError {
  constructor(what: string, text: string, why: string) {
    super({
      code: 'NOT_SUBMITTABLE',
      message: `${what} ${JSON.stringify(safeText(text, 80))} cannot be handed to HTCondor: ${why}`,
      hint: 'put it into a script, and submit that',
    });
  }
}

const CONTROL = /(?!\t)\p{Cc}/u;
const BROKEN = /\p{Cs}|\ufffd/u;

/** @throws NotSubmittableError for control characters and bytes that are no text: queues refuse them or lose them */
export function checkText(what: string, text: string): void {
  if (CONTROL.test(text)) throw new NotSubmittableError(what, text, 'it has line ends or control characters');
  if (BROKEN.test(text)) throw new NotSubmittableError(what, text, 'it is not UTF-8');
}

/**
 * A text for the right side of a line, of which HTCondor expands nothing (tried with 23.9 and 25.14): `$(…)` and `$ENV(…)` when
 * the job is submitted, `$$(…)` and `$$[…]` when it starts.
 */
export function literal(text: string): string {
  return text.replace(/\$\$?/g, dollars => (dollars === '$' ? '$(DOLLAR)' : '$$(DOLLARDOLLAR)'));
}

/** A string of the ClassAd language. */
export function classAdString(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}

/** The value of `arguments` in the newer syntax: words in single quotes, the whole in double ones, either doubled inside. */
export function argumentsValue(words: readonly string[]): string {
  for (const word of words) checkText('the argument', word);
  const quoted = words.map(word => `'${word.replaceAll("'", "''")}'`).join(' ');
  return `"${literal(quoted.replaceAll('"', '""'))}"`;
}
