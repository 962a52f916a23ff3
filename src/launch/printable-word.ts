import { shellQuote } from '../shell-quote.ts';
import { fromBytes } from './bytes.ts';
import { latin1, type Word } from './quote.ts';

/** zsh takes a word that begins with = for the path of a program. */
const HARMLESS = /^(?!=)[A-Za-z0-9_@%+=:,./-]+$/;
/** What a terminal would obey or not show, and bytes that are not UTF-8; line ends and tabs are fine in quotes. */
const UNPRINTABLE = /(?:(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}])+/gu;

/**
 * A word to be shown to a person, who may paste it into any POSIX shell and gets exactly these bytes: harmless words
 * bare, others in single quotes, and what cannot be printed as `"$(printf '\033')"`.
 */
export function printableWord(word: Word): string {
  const text = fromBytes(Buffer.from(latin1(word), 'latin1'));
  if (HARMLESS.test(text)) return text;
  if (text === '') return "''";
  const parts: string[] = [];
  let from = 0;
  for (const match of text.matchAll(UNPRINTABLE)) {
    parts.push(quoted(text.slice(from, match.index)), `"$(printf '${octal(match[0])}')"`);
    from = match.index + match[0].length;
  }
  return [...parts, quoted(text.slice(from))].join('');
}

function quoted(text: string): string {
  return text === '' ? '' : shellQuote(text);
}

/** The same for a here-document whose delimiter is not quoted. */
export function printableDocument(document: Word): string {
  return fromBytes(Buffer.from(latin1(document), 'latin1'))
    .replace(/[\\$`]/g, '\\$&')
    .replace(UNPRINTABLE, characters => `$(printf '${octal(characters)}')`);
}

function octal(text: string): string {
  return [...Buffer.from(latin1(text), 'latin1')]
    .map(byte => `\\${byte.toString(8).padStart(3, '0')}`)
    .join('');
}
