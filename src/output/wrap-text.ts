/**
 * Breaks a text of one line at blanks, and inside a word only where the word is longer than a line. Later lines are
 * indented. At least one line; none is longer than `width` characters.
 */
export function wrap(text: string, width: number, indent = ''): string[] {
  const lines: string[] = [];
  let rest = Array.from(text);
  let room = width;
  while (rest.length > room) {
    const blank = rest.lastIndexOf(' ', room);
    const start = rest.findIndex(character => character !== ' ');
    const at = blank > start ? blank : room;
    lines.push(rest.slice(0, at).join('').trimEnd());
    rest = Array.from(rest.slice(at).join('').trimStart());
    room = Math.max(1, width - indent.length);
  }
  lines.push(rest.join(''));
  return lines.map((line, index) => (index === 0 ? line : indent + line));
}
