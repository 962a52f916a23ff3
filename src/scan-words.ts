import type { OptionRow } from './commands/command.ts';

/** What stands on a command line beyond doubt, also where the whole makes no sense. */
export interface ScannedWords {
  /** Options by commander's names (`statusFile`): `true`, or the text of the last one. */
  readonly options: Readonly<Record<string, string | true>>;
  /** Words that look like options and are in no row. */
  readonly unknown: readonly string[];
  /** Words that are neither options nor their values. */
  readonly operands: readonly string[];
}

/**
 * Goes over the words as commander does, and stumbles over nothing: for what an error has to know of a line.
 * @param most after this many operands everything belongs to the contained command
 */
export function scanWords(
  words: readonly string[],
  rows: readonly OptionRow[],
  most: number = Number.POSITIVE_INFINITY,
): ScannedWords {
  const options: Record<string, string | true> = {};
  const unknown: string[] = [];
  const operands: string[] = [];
  for (let index = 0; index < words.length && operands.length < most; index++) {
    const word = words[index]!;
    if (word === '--') break;
    if (!/^-./s.test(word)) {
      operands.push(word);
      continue;
    }
    const { flag, value } = taken(word);
    const row = rows.find(({ flags }) => flags.split(/[ ,]+/).includes(flag));
    if (row === undefined) unknown.push(word);
    else if (!row.flags.includes('<')) options[nameOf(row)] = true;
    else options[nameOf(row)] = value ?? words[++index] ?? true;
  }
  return { options, unknown, operands };
}

/** `--gpu=none`, `-Bsource`. */
function taken(word: string): { flag: string; value: string | undefined } {
  if (!word.startsWith('--')) return { flag: word.slice(0, 2), value: word.slice(2) || undefined };
  const equals = word.indexOf('=');
  return equals < 0
    ? { flag: word, value: undefined }
    : { flag: word.slice(0, equals), value: word.slice(equals + 1) };
}

/** `--status-file <file>` -> `statusFile`. */
function nameOf({ flags }: OptionRow): string {
  const long = /--([a-z-]+)/.exec(flags)?.[1] ?? flags;
  return long.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
