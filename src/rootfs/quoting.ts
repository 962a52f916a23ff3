/**
 * The two ways of quoting that Apptainer mixes when it writes an image's environment and runscript
 * (facts: its conveyorPacker_oci.go and util/shell), undone.
 */

/** What Apptainer puts a backslash before: the characters special within a shell's double quotes. */
const SPECIAL = /[\\"`$]/;
const GO_ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
};

/**
 * Undoes the backslashes of Apptainer's shell escaping. null when the text was not made by it: a special
 * character without backslash, or a backslash before anything else.
 */
export function unescapeShell(text: string): string | null {
  let value = '';
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (character === '\\') {
      const next = text[++at];
      if (next === undefined || !SPECIAL.test(next)) return null;
      value += next;
    } else if (SPECIAL.test(character)) return null;
    else value += character;
  }
  return value;
}

/** Undoes Go's `%q`, without its outer quotes; null when the text is no such thing. Bytes (`\xff`) are read as UTF-8. */
export function unquoteGo(text: string): string | null {
  const bytes: Buffer[] = [];
  const pattern = /\\(?:([abfnrtv\\"])|x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8}))|([^\\"\0-\x1f\x7f]+)/gy;
  let end = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    end = pattern.lastIndex;
    const [, letter, byte, unit, rune, plain] = match;
    if (byte !== undefined) bytes.push(Buffer.from(byte, 'hex'));
    else if (letter !== undefined) bytes.push(Buffer.from(GO_ESCAPES[letter]!));
    else if (plain !== undefined) bytes.push(Buffer.from(plain));
    else {
      const code = Number.parseInt((unit ?? rune)!, 16);
      if (code > 0x10ffff) return null;
      bytes.push(Buffer.from(String.fromCodePoint(code)));
    }
  }
  return end === text.length ? Buffer.concat(bytes).toString() : null;
}

/** What a shell makes of text between double quotes in which nothing is substituted: a backslash stays before other characters. */
export function shellDoubleQuoted(text: string): string {
  return text.replace(/\\(?:([\\"`$])|\n)/g, (_whole, special: string | undefined) => special ?? '');
}

/**
 * Reads words in double quotes, separated by blanks: `"sh" "-c" "echo \$HOME"`. null when the text is anything else.
 */
export function quotedWords(text: string): string[] | null {
  const words: string[] = [];
  const pattern = /\s*"((?:[^"\\]|\\[\s\S])*)"(?=\s|$)/gy;
  let end = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const word = unescapeShell(match[1]!);
    if (word === null) return null;
    words.push(word);
    end = pattern.lastIndex;
  }
  return text.slice(end).trim() === '' ? words : null;
}
