/** A text as one word of a POSIX shell, in single quotes. Bytes stay what launch/bytes.ts makes of them. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
