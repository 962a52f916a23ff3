/** Control, format (bidirectional overrides too), lone surrogate and line-separating characters. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
const BLANKS = /[\t\n\r]/g;

/**
 * A text from outside as it may reach a terminal or a log: on one line, blanks instead of tabs and line ends,
 * `?` instead of every other character that is not printed, at most `max` characters with a mark where
 * it was cut. Positions in the text stay what they were.
 */
export function safeText(text: string, max = 200): string {
  // Cut generously before anything else, so that a text of many megabytes costs nothing.
  const shown = text
    .slice(0, max * 2 + 2)
    .replace(BLANKS, ' ')
    .replace(UNPRINTABLE, '?');
  const characters = Array.from(shown);
  return characters.length <= max ? shown : `${characters.slice(0, Math.max(0, max - 3)).join('')}...`;
}

/** The same for a message of jcds' own that may hold such a text: line ends and tabs stay, nothing is cut. */
export function safeLines(text: string): string {
  return text.replace(UNPRINTABLE, character => (character === '\n' || character === '\t' ? character : '?'));
}

/** Sentences for people, a line each, their texts from outside made safe. */
export function textLines(texts: readonly string[]): string {
  return texts.map(text => `${safeText(text, 2000)}\n`).join('');
}
