/**
 * Shell-style matching of a whole text, as Python's `fnmatch` has it: `*` any text, `?` any character, `[abc]`,
 * `[a-z]`, `[!abc]`; a `[` that is never closed is itself. At most pattern × text steps, whatever the pattern.
 */
export function globMatches(pattern: string, text: string): boolean {
  const parts = readPattern(pattern);
  const characters = Array.from(text);
  let part = 0;
  let at = 0;
  let star = -1;
  let starAt = 0;
  while (at < characters.length) {
    const current = parts[part];
    if (current === '*') {
      star = part++;
      starAt = at;
    } else if (current?.(characters[at]!)) {
      part++;
      at++;
    } else if (star >= 0) {
      part = star + 1;
      at = ++starAt;
    } else return false;
  }
  while (parts[part] === '*') part++;
  return part === parts.length;
}

type Part = '*' | ((character: string) => boolean);

function readPattern(pattern: string): Part[] {
  const parts: Part[] = [];
  const characters = Array.from(pattern);
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at]!;
    const close = character === '[' ? closingBracket(characters, at) : -1;
    if (character === '*') parts.push('*');
    else if (character === '?') parts.push(() => true);
    else if (close > 0) {
      parts.push(characterSet(characters.slice(at + 1, close)));
      at = close;
    } else parts.push(given => given === character);
  }
  return parts;
}

/** A `]` that comes first belongs to the set. */
function closingBracket(characters: readonly string[], open: number): number {
  const first = characters[open + 1] === '!' ? open + 2 : open + 1;
  return characters.indexOf(']', first + 1);
}

function characterSet(body: readonly string[]): (character: string) => boolean {
  const negated = body[0] === '!';
  const members = negated ? body.slice(1) : body;
  const ranges: [string, string][] = [];
  for (let at = 0; at < members.length; at++) {
    const from = members[at]!;
    const to = members[at + 1] === '-' ? members[at + 2] : undefined;
    ranges.push([from, to ?? from]);
    if (to !== undefined) at += 2;
  }
  return given => ranges.some(([from, to]) => from <= given && given <= to) !== negated;
}
