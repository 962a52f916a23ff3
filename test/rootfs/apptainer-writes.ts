/**
 * What `apptainer build` 1.4.5 leaves of an OCI image's configuration, written a second time for the tests
 * (apptainer-reads.host.test.ts compares it with the real one).
 */
const LETTERS: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '"': '\\"',
  '\\': '\\\\',
};

/** Go's `%q`: what Go does not count as printable is written as `\x01`, `\u00a0` or `\U000e0001`. */
export function goQuoted(text: string): string {
  const quoted = Array.from(text, character => {
    const letter = LETTERS[character];
    if (letter !== undefined) return letter;
    if (character === ' ' || /[\p{L}\p{M}\p{N}\p{P}\p{S}]/u.test(character)) return character;
    const code = character.codePointAt(0)!.toString(16);
    if (code.length <= 2 && character < '\x80') return `\\x${code.padStart(2, '0')}`;
    return code.length <= 4 ? `\\u${code.padStart(4, '0')}` : `\\U${code.padStart(8, '0')}`;
  });
  return `"${quoted.join('')}"`;
}

/** Backslashes before what is special in double quotes. */
export function escaped(text: string): string {
  return text.replace(/[\\"`$]/g, '\\$&');
}

/** env/10-docker2singularity.sh. */
export function environmentFile(entries: readonly (readonly [name: string, value: string])[]): string {
  const lines = entries.map(([name, value]) => {
    const quoted = goQuoted(escaped(value));
    return name === 'PATH' ? `export PATH=${quoted}` : `export ${name}="\${${name}:-${quoted}}"`;
  });
  return ['#!/bin/sh', ...lines, ''].join('\n');
}

/** The head of runscript, which is all that says something. */
export function runscript(entrypoint: readonly string[] | null, cmd: readonly string[] | null): string {
  const quoted = (words: readonly string[] | null): string =>
    (words ?? [])
      .map(word => `"${escaped(word)}"`)
      .join(' ')
      .replaceAll("'", `'"'"'`);
  return `#!/bin/sh\nOCI_ENTRYPOINT='${quoted(entrypoint)}'\nOCI_CMD='${quoted(cmd)}'\n\n# and so on\nexec "$@"\n`;
}
