import { shellQuote } from '../shell-quote.ts';
import { type CompletionModel, type CompletionOption, plainWord, type Value } from './model.ts';

/** The table of bash's script: one branch for each path, or for all those that take the same. */
export function bashTable(model: CompletionModel): string {
  const paths = [...model.groups, ...model.commands].map(({ path }) => path.join(' '));
  const branches = new Map<string, string[]>();
  for (const path of new Set(paths)) {
    const text = branch(model, path);
    branches.set(text, [...(branches.get(text) ?? []), path]);
  }
  const cases = [...branches].map(
    ([text, same]) => `    ${same.map(shellQuote).join(' | ')})\n${text}      ;;\n`,
  );
  return [
    `_jcds_known=(${model.repositories.map(plainWord).join(' ')})\n\n`,
    '# What may follow the words of a command: `words`, `options` as `names|value`, `places` for arguments.\n',
    `_jcds_table() {\n  case $1 in\n${cases.join('')}  esac\n}\n`,
  ].join('');
}

function branch(model: CompletionModel, path: string): string {
  const group = model.groups.find(row => row.path.join(' ') === path);
  const command = model.commands.find(row => row.path.join(' ') === path);
  const words = (group?.words ?? []).map(({ word }) => plainWord(word));
  const options = (command ?? group)?.options ?? [];
  const rows = options.map(option => `        ${shellQuote(`${namesOf(option)}|${optionKind(option)}`)}\n`);
  const places = command?.arguments.map(row => shellQuote(kindOf(row.value) + (row.variadic ? '*' : '')));
  return [
    words.length === 0 ? '' : `      words=(${words.join(' ')})\n`,
    places === undefined ? '' : `      places=(${places.join(' ')})\n`,
    command?.contained === true ? '      contained=1\n' : '',
    `      options=(\n${rows.join('')}      )\n`,
  ].join('');
}

function namesOf({ short, long, offered }: CompletionOption): string {
  const names = [short, long].filter(name => name !== null).join(' ');
  return offered ? names : `! ${names}`;
}

function optionKind({ value }: CompletionOption): string {
  return value.kind === 'none' ? '' : kindOf(value);
}

function kindOf(value: Value): string {
  return value.kind === 'choices' ? `=${value.choices.join(' ')}` : value.kind;
}
