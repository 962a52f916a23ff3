/** A text as one word of a POSIX shell, in single quotes. Bytes stay what launch/bytes.ts makes of them. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** The same for people: a word that no shell changes stays as it is. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : shellQuote(text);
}
