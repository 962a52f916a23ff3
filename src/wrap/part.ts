import { shellText } from '../shell-text.ts';

/** Bytes of a line of a script that a person is to read. */
export const LONGEST_LINE = 120;

/**
 * A .sh file as a part of a script: without its head and without empty lines.
 * @param values what stands for each `@NAME@`; a line that holds nothing but an empty one is left out
 */
export function part(file: string, values: Readonly<Record<string, string | number>> = {}): string {
  const text = shellText(file, values);
  return text
    .split('\n')
    .filter(line => line.trim() !== '')
    .join('\n');
}

/**
 * The patterns of one branch of a `case`, over as many lines as they need.
 * @param behind how many characters come after them in their line
 */
export function patterns(names: readonly string[], indent: string, behind = 20): string {
  const lines = [''];
  for (const name of names) {
    const last = lines.at(-1)!;
    const word = last === '' ? name : ` | ${name}`;
    if (indent.length + last.length + word.length < LONGEST_LINE - behind)
      lines[lines.length - 1] = last + word;
    else lines.push(`  ${name}`);
  }
  return lines.join(` | \\\n${indent}`);
}

/** The same further in; the first line is where its placeholder stands. */
export function inside(
  file: string,
  indent: string,
  values: Readonly<Record<string, string | number>> = {},
): string {
  return part(file, values).replaceAll('\n', `\n${indent}`);
}
