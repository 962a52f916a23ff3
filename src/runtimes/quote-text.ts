/** A word in single quotes for a POSIX shell: text, in which bytes are still what launch/bytes.ts makes of them. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
