import type { ArgumentRow, CommandDeclaration, Completes, OptionRow } from '../commands/command.ts';

/** What can be offered for a value: `none`: a flag, which has no value; `text`: nothing that jcds knows. */
export type Value =
  | { readonly kind: 'none' | 'text' | Exclude<Completes, 'command' | 'runtime'> }
  | { readonly kind: 'choices'; readonly choices: readonly string[] };

/** One option as the shells need it. */
export interface CompletionOption {
  /** `-B`; null: it has no short name. */
  readonly short: string | null;
  /** `--bind`; null: it has none. */
  readonly long: string | null;
  readonly value: Value;
  readonly description: string;
  readonly repeatable: boolean;
  /** false: accepted, but not shown. */
  readonly offered: boolean;
}

/** One argument as the shells need it. */
export interface CompletionArgument {
  readonly name: string;
  readonly value: Value;
  readonly variadic: boolean;
}

/** One command. */
export interface CompletionCommand {
  /** `['run']`, `['config', 'set']`. */
  readonly path: readonly string[];
  readonly summary: string;
  readonly options: readonly CompletionOption[];
  readonly arguments: readonly CompletionArgument[];
  /** What follows the first argument is another program's. */
  readonly contained: boolean;
}

/** Words of which one follows a path. A path may be a command's too: `jcds cache`, `jcds cache prune`. */
export interface CompletionGroup {
  readonly path: readonly string[];
  readonly words: readonly { readonly word: string; readonly summary: string }[];
  readonly options: readonly CompletionOption[];
}

/** Everything that the three scripts are made from. */
export interface CompletionModel {
  readonly commands: readonly CompletionCommand[];
  /** What may follow `jcds` (the path is empty) and the words in front of some commands (`config`). */
  readonly groups: readonly CompletionGroup[];
  /** Repositories that jcds knows. */
  readonly repositories: readonly string[];
}

/** Names that the table of commands does not hold. */
export interface CompletionNames {
  readonly common: readonly OptionRow[];
  readonly runtimes: readonly string[];
  readonly repositories: readonly string[];
}

const HELP: OptionRow = { flags: '-h, --help', description: 'show help' };
const PRINT_VERSION: OptionRow = { flags: '-V, --version', description: 'print the version' };

/** Reads the table of commands as the shells need it. */
export function completionModel(
  declarations: readonly CommandDeclaration[],
  names: CompletionNames,
): CompletionModel {
  const groups = groupsOf(declarations);
  const words = groups[0]?.words.map(({ word }) => word) ?? [];
  const offered = (row: ArgumentRow | OptionRow) => readValue(row, names, words);
  return {
    commands: declarations.map(command => ({
      path: command.group === undefined ? [command.name] : [command.group, command.name],
      summary: ascii(command.summary),
      options: [...command.options, ...names.common, HELP].map(row => readOption(row, offered(row))),
      arguments: command.arguments.map(row => ({
        name: row.name,
        value: offered(row),
        variadic: row.variadic === true,
      })),
      contained: command.passThrough === true,
    })),
    groups,
    repositories: names.repositories,
  };
}

function groupsOf(declarations: readonly CommandDeclaration[]): CompletionGroup[] {
  const below = (group: string | undefined) =>
    declarations.flatMap(row =>
      row.group === group ? [{ word: row.name, summary: ascii(row.summary) }] : [],
    );
  const names = [...new Set(declarations.flatMap(({ group }) => (group === undefined ? [] : [group])))];
  const options = [readOption(HELP, { kind: 'none' })];
  const top = below(undefined);
  const grouped = names
    .filter(name => !top.some(({ word }) => word === name))
    .map(word => ({
      word,
      summary: below(word)
        .map(row => row.word)
        .join(', '),
    }));
  return [
    {
      path: [],
      words: [...top, ...grouped],
      options: [...options, readOption(PRINT_VERSION, { kind: 'none' })],
    },
    ...names.map(name => ({ path: [name], words: below(name), options })),
  ];
}

function readValue(row: ArgumentRow | OptionRow, names: CompletionNames, words: readonly string[]): Value {
  const completes = row.completes;
  const choices = [...(row.choices ?? []), ...(completes === 'command' ? words : [])];
  if (completes === 'runtime') choices.push(...names.runtimes);
  if (choices.length > 0) return { kind: 'choices', choices: choices.map(plainWord) };
  if (completes !== undefined && completes !== 'command' && completes !== 'runtime')
    return { kind: completes };
  return { kind: 'flags' in row && !/[<[]/.test(row.flags) ? 'none' : 'text' };
}

function readOption(row: OptionRow, value: Value): CompletionOption {
  const names = row.flags.split(/[ ,|]+/);
  return {
    short: names.find(name => /^-[^-]/.test(name)) ?? null,
    long: names.find(name => name.startsWith('--')) ?? null,
    value,
    description: ascii(row.description),
    repeatable: row.repeatable === true,
    offered: row.alias !== true,
  };
}

/** zsh shows other characters as codes where the locale is C. */
function ascii(text: string): string {
  return text.replaceAll('’', "'").replaceAll('…', '...');
}

/** A word that stands in three shells' scripts without quotes. Another one is a mistake in a declaration. */
export function plainWord(word: string): string {
  if (/^[A-Za-z0-9._/][A-Za-z0-9._/-]*$/.test(word)) return word;
  throw new Error(`completion: ${JSON.stringify(word)} would have to be quoted`);
}
