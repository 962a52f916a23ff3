import { shellQuote } from '../shell-quote.ts';
import type { CompletionArgument, CompletionModel, CompletionOption, Value } from './model.ts';

/** The table of zsh's script: subcommands for `_describe`, and specifications for `_arguments`. */
export function zshTable(model: CompletionModel): string {
  const paths = new Set([...model.groups, ...model.commands].map(({ path }) => path.join(' ')));
  const branches = new Map<string, string[]>();
  for (const path of paths) {
    const text = branch(model, path);
    branches.set(text, [...(branches.get(text) ?? []), path]);
  }
  const cases = [...branches].map(
    ([text, same]) => `    (${same.map(pattern).join('|')})\n${text}      ;;\n`,
  );
  return [
    `_jcds_known=(${model.repositories.map(shellQuote).join(' ')})\n\n`,
    '# What may follow the words of a command: `subs`, and `specs` for _arguments.\n',
    `_jcds_table() {\n  case $1 in\n${cases.join('')}  esac\n}\n`,
  ].join('');
}

function branch(model: CompletionModel, path: string): string {
  const group = model.groups.find(row => row.path.join(' ') === path);
  const command = model.commands.find(row => row.path.join(' ') === path);
  const subs = (group?.words ?? []).map(
    ({ word, summary }) => `        ${shellQuote(`${word}:${summary}`)}\n`,
  );
  const options = ((command ?? group)?.options ?? []).map(optionSpec);
  const places = (command?.arguments ?? []).map(argumentSpec);
  const contained = command?.contained === true ? ["'*: :_jcds_files'"] : [];
  const specs = [...options, ...places.slice(0, contained.length === 0 ? undefined : 1), ...contained];
  return [
    subs.length === 0 ? '' : `      subs=(\n${subs.join('')}      )\n`,
    `      specs=(\n${specs.map(spec => `        ${spec}\n`).join('')}      )\n`,
    command?.contained === true ? '      contained=1\n' : '',
  ].join('');
}

/** `'(-B --bind)'{-B+,--bind=}'[meaning]:value:action'`; several of a repeatable one may be given. */
function optionSpec(option: CompletionOption): string {
  const { short, long, value } = option;
  const takes = value.kind !== 'none';
  const names = [
    ...(short === null ? [] : [takes ? `${short}+` : short]),
    ...(long === null ? [] : [takes ? `${long}=` : long]),
  ];
  const rest = `[${escaped(option.description)}]${takes ? `:${escaped((long ?? short ?? '').replace(/^-+/, ''))}:${actionOf(value)}` : ''}`;
  const front = `${option.offered ? '' : '!'}${option.repeatable ? '*' : excludes(option)}`;
  return names.length === 1
    ? shellQuote(`${front}${names[0]}${rest}`)
    : `${shellQuote(front)}{${names.join(',')}}${shellQuote(rest)}`;
}

/** What may not be given beside it: its other name; after `--help` nothing at all. */
function excludes({ short, long }: CompletionOption): string {
  if (long === '--help' || long === '--version') return '(- : *)';
  return short !== null && long !== null ? `(${short} ${long})` : '';
}

function argumentSpec(row: CompletionArgument, index: number): string {
  return shellQuote(`${row.variadic ? '*' : index + 1}:${escaped(row.name)}:${actionOf(row.value)}`);
}

function actionOf(value: Value): string {
  switch (value.kind) {
    case 'none':
    case 'text':
      return ' ';
    case 'choices':
      return `(${value.choices.join(' ')})`;
    case 'image':
      return '_jcds_images';
    case 'repository':
      return '_jcds_repositories';
    case 'file':
      return '_jcds_files';
    case 'directory':
      return '_jcds_files -/';
    default:
      return value satisfies never;
  }
}

/** A meaning or message within a specification. */
function escaped(text: string): string {
  return text.replace(/[\\[\]:]/g, '\\$&');
}

function pattern(path: string): string {
  return path.includes(' ') || path === '' ? shellQuote(path) : path;
}
