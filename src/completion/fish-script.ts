import type {
  CompletionArgument,
  CompletionCommand,
  CompletionModel,
  CompletionOption,
  Value,
} from './model.ts';

/** The table of fish's script: what the words lead to, then one `complete` for each word, option and argument. */
export function fishTable(model: CompletionModel): string {
  return [
    `set -g __jcds_known ${model.repositories.map(quote).join(' ')}\n\n`,
    '# What may follow the words of a command: words, and options that take a value.\n',
    `function __jcds_table\n    set -g __jcds_subs\n    set -g __jcds_valued\n    set -g __jcds_wraps ''\n`,
    `    switch "$argv[1]"\n${cases(model)}    end\nend\n\n`,
    'complete -c jcds -f\n',
    ...wordRows(model),
    ...optionRows(model),
    ...model.commands.flatMap(argumentRows),
    row('__jcds_contained', "-a '(__jcds_files)'"),
  ].join('');
}

function cases(model: CompletionModel): string {
  const branches = new Map<string, string[]>();
  for (const path of new Set([...model.groups, ...model.commands].map(row => row.path.join(' ')))) {
    const text = branch(model, path);
    branches.set(text, [...(branches.get(text) ?? []), path]);
  }
  return [...branches].map(([text, paths]) => `        case ${paths.map(quote).join(' ')}\n${text}`).join('');
}

function branch(model: CompletionModel, path: string): string {
  const group = model.groups.find(row => row.path.join(' ') === path);
  const command = model.commands.find(row => row.path.join(' ') === path);
  const valued = (command?.options ?? []).filter(({ value }) => value.kind !== 'none');
  const names = valued.flatMap(({ short, long }) => [short, long].filter(name => name !== null));
  return [
    group === undefined
      ? ''
      : `            set __jcds_subs ${group.words.map(({ word }) => word).join(' ')}\n`,
    names.length === 0 ? '' : `            set __jcds_valued ${names.join(' ')}\n`,
    command?.contained === true ? '            set __jcds_wraps 1\n' : '',
  ].join('');
}

function wordRows(model: CompletionModel): string[] {
  return model.groups.flatMap(({ path, words }) =>
    words.map(({ word, summary }) => row(`__jcds_sub ${pathWord(path)}`, `-a ${word} -d ${quote(summary)}`)),
  );
}

/** The same option of several commands is one row. */
function optionRows(model: CompletionModel): string[] {
  const rows = new Map<string, string[]>();
  for (const { path, options } of [...model.commands, ...model.groups])
    for (const option of options.filter(({ offered }) => offered)) {
      const text = optionText(option);
      const paths = rows.get(text) ?? [];
      if (!paths.includes(pathWord(path))) rows.set(text, [...paths, pathWord(path)]);
    }
  return [...rows].map(([text, paths]) => row(`__jcds_at ${paths.join(' ')}`, text));
}

function optionText({ short, long, value, description }: CompletionOption): string {
  return [
    ...(short === null ? [] : [`-s ${short.slice(1)}`]),
    ...(long === null ? [] : [`-l ${long.slice(2)}`]),
    ...(value.kind === 'none' ? [] : [`-x ${offer(value)}`.trim()]),
    `-d ${quote(description)}`,
  ].join(' ');
}

function argumentRows(command: CompletionCommand): string[] {
  const path = pathWord(command.path);
  const places = command.contained ? command.arguments.slice(0, 1) : command.arguments;
  return places.flatMap((place, index) => argumentRow(place, index, path));
}

function argumentRow(place: CompletionArgument, index: number, path: string): string[] {
  const what = offer(place.value);
  return what === '' ? [] : [row(`__jcds_place ${index + 1}${place.variadic ? '+' : ''} ${path}`, what)];
}

function offer(value: Value): string {
  switch (value.kind) {
    case 'none':
    case 'text':
      return '';
    case 'choices':
      return `-a ${quote(value.choices.join(' '))}`;
    case 'image':
      return "-a '(__jcds_images)'";
    case 'repository':
      return "-a '(__jcds_repositories)'";
    case 'file':
      return "-a '(__jcds_files)'";
    case 'directory':
      return "-a '(__jcds_directories)'";
    default:
      return value satisfies never;
  }
}

function row(condition: string, what: string): string {
  return `complete -c jcds -n ${quote(condition)} ${what}\n`;
}

/** A path as one word of a condition. */
function pathWord(path: readonly string[]): string {
  return `"${path.join(' ')}"`;
}

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
