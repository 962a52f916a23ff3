import { shellQuote } from '../shell-quote.ts';
import { toBytes } from './bytes.ts';

/** A word of a command line: text (see bytes.ts), or bytes as they are. */
export type Word = string | Buffer;

/** The last characters of every plan. The launcher runs nothing that does not end in them. */
export const END_MARKER = '#jcds:end';
const BROKEN_MARKER = "#jcds:''end";

/** A word that no process can be given: words end at the first zero byte. */
export class ZeroByteError extends Error {
  constructor(word: Word) {
    super(`a word of the plan holds a zero byte: ${JSON.stringify(latin1(word))}`);
    this.name = 'ZeroByteError';
  }
}

/**
 * The word in single quotes, one character a byte (latin1), so that a POSIX shell reads back exactly these bytes.
 * The end marker never stands in the result: a plan cut off in the middle of a word cannot look whole.
 */
export function quoteWord(word: Word): string {
  const text = latin1(word);
  if (text.includes('\0')) throw new ZeroByteError(word);
  return shellQuote(text).replaceAll(END_MARKER, BROKEN_MARKER);
}

/** The bytes of a word, one character each. */
export function latin1(word: Word): string {
  return (typeof word === 'string' ? toBytes(word) : word).toString('latin1');
}
