import { printableWord } from './launch/printable-word.ts';

/**
 * A command as a person may read it and paste it into any POSIX shell: every word is one word there, whatever stands in it.
 * Hints that hold a path, an image or another text from outside are made with this and with nothing else.
 */
export function commandText(...words: readonly string[]): string {
  return words.map(word => printableWord(word)).join(' ');
}
