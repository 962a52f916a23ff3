import { Command, CommanderError, Option } from 'commander';
import type { Call, Outcome } from './call.ts';
import type { ArgumentRow, CommandDeclaration, OptionRow } from './commands/command.ts';
import { COMMON_OPTIONS, JSON_OPTION } from './commands/common-options.ts';
import { exec } from './commands/exec.ts';
import { list } from './commands/list.ts';
import { resolve } from './commands/resolve.ts';
import { run } from './commands/run.ts';
import { shell } from './commands/shell.ts';
import type { Context } from './context.ts';
import { UsageError } from './errors.ts';
import { safeText } from './output/safe-text.ts';
import { scanWords } from './scan-words.ts';

declare const JCDS_VERSION: string;

/** The commands, in the order of `jcds --help`. What scripts and jobs call in loops is loaded at once, the rest when named. */
export const COMMANDS: Readonly<Record<string, () => Promise<readonly CommandDeclaration[]>>> = {
  run: async () => [run],
  exec: async () => [exec],
  shell: async () => [shell],
  resolve: async () => [resolve],
  list: async () => [list],
  wrap: async () => [(await import('./commands/wrap.ts')).wrap],
  status: async () => [(await import('./commands/status.ts')).status],
  wait: async () => [(await import('./commands/wait.ts')).wait],
  doctor: async () => [(await import('./commands/doctor.ts')).doctor],
  cache: async () => [
    (await import('./commands/cache.ts')).cache,
    (await import('./commands/cache-prune.ts')).cachePrune,
  ],
  request: async () => [(await import('./commands/request.ts')).request],
  requests: async () => [(await import('./commands/requests.ts')).requests],
  auth: async () => (await import('./commands/auth.ts')).authCommands,
  pull: async () => [(await import('./commands/pull.ts')).pull],
  store: async () => [
    ...(await import('./commands/store.ts')).storeCommands,
    (await import('./commands/store-verify.ts')).storeVerify,
  ],
  convert: async () => [(await import('./commands/convert.ts')).convert],
  sync: async () => [(await import('./commands/sync.ts')).sync],
  condor: async () => [
    (await import('./commands/condor-submit.ts')).condorSubmit,
    (await import('./commands/condor-wrapper.ts')).condorWrapper,
    (await import('./commands/condor-machine-ad.ts')).condorMachineAd,
    (await import('./commands/condor-install.ts')).condorInstall,
  ],
  config: async () => [
    ...(await import('./commands/config.ts')).configCommands,
    ...(await import('./commands/config-trust.ts')).configTrustCommands,
  ],
  completion: async () => (await import('./commands/completion.ts')).completionCommands,
  help: async () => [(await import('./commands/help.ts')).help],
};

/**
 * What parsing a command line gave: a command to act on, text that answers it already (`--help`, `--version`), or why it
 * makes no sense and what is clear all the same.
 */
export type Parsed =
  | { readonly kind: 'call'; readonly declaration: CommandDeclaration; readonly call: Call }
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'refused';
      readonly error: UsageError;
      readonly declaration: CommandDeclaration | undefined;
      readonly options: Call['options'];
    };

/** Every declaration, for help, the man page, completion and docs. */
export async function declarations(): Promise<CommandDeclaration[]> {
  return (await Promise.all(Object.values(COMMANDS).map(load => load()))).flat();
}

/** Parses a command line. Only the named command is built: the tree of all of them costs more than `run` may take. */
export async function parseCommandLine(args: readonly string[], columns: () => number): Promise<Parsed> {
  if (args[0] === '--version' || args[0] === '-V') return { kind: 'text', text: `${JCDS_VERSION}\n` };
  const helped = await helpedCommand(args);
  if (helped !== null) return parseCommandLine([...helped, '--help'], columns);
  const name = scanWords(args, COMMON_OPTIONS, 1).operands[0] ?? '';
  const known = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  const shown = known === undefined ? await declarations() : await known();
  const parsed: { call?: Parsed } = {};
  const texts: string[] = [];
  const program = buildProgram(shown, (declaration, command) => {
    parsed.call = { kind: 'call', declaration, call: callOf(declaration, command, args) };
  });
  for (const command of [program, ...program.commands, ...program.commands.flatMap(group => group.commands)])
    command
      .configureOutput({
        writeOut: text => texts.push(text),
        writeErr: () => {},
        getOutHelpWidth: () => Math.max(40, Math.min(columns(), 100)),
      })
      .exitOverride();
  try {
    program.parse([...args], { from: 'user' });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    if (thrown.exitCode !== 0 && thrown.code !== 'commander.help')
      return refusal(thrown, known === undefined ? [] : shown, args);
    const group = program.commands.find(command => command.name() === name) ?? program;
    if (texts.length === 0) texts.push(group.helpInformation());
  }
  return parsed.call ?? { kind: 'text', text: texts.join('') };
}

/**
 * `jcds help run` is `jcds run --help`: the command's words alone, since whatever else is typed must not be acted on. null:
 * no help is asked for, or a topic's, which is the help command's own.
 */
async function helpedCommand(args: readonly string[]): Promise<readonly string[] | null> {
  if (args[0] !== 'help') return null;
  const [name, second = ''] = args.slice(1).filter(word => !word.startsWith('-'));
  if (name === undefined) return [];
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load === undefined) return null;
  const isGroups = (await load()).some(({ group, name: word }) => group === name && word === second);
  return isGroups ? [name, second] : [name];
}

/** @param named the declarations of the command that was typed: several where it is a group's name */
function refusal(
  thrown: CommanderError,
  named: readonly CommandDeclaration[],
  args: readonly string[],
): Extract<Parsed, { kind: 'refused' }> {
  const [name = '', second] = scanWords(args, COMMON_OPTIONS).operands;
  const declaration =
    named.find(row => row.group !== undefined && row.name === second) ??
    named.find(row => row.group === undefined);
  // Also where a command has no --json of its own: a program has asked.
  const rows = [...COMMON_OPTIONS, JSON_OPTION, ...(declaration?.options ?? [])];
  const { options, unknown } = scanWords(args, rows, declaration?.passThrough === true ? 2 : undefined);
  const refusals = Object.entries(declaration?.refusals ?? {});
  const hint =
    refusals.find(([flag]) => unknown[0]?.startsWith(flag) === true && !unknown[0].startsWith('--'))?.[1] ??
    [
      'jcds',
      ...(named.length > 0 ? [name] : []),
      ...(declaration?.group ? [declaration.name] : []),
      '--help',
    ].join(' ');
  const message = thrown.message
    .replace(/^error: /, '')
    .replace(/\.$/, '')
    .replace(/\n\(Did you mean (.*)\)$/, '; did you mean $1');
  return { kind: 'refused', error: new UsageError(safeText(message, 300), hint), declaration, options };
}

/** The commander tree of some declarations; `act` is called with the command that was typed. */
export function buildProgram(
  shown: readonly CommandDeclaration[],
  act: (declaration: CommandDeclaration, command: Command) => void,
): Command {
  const program = new Command('jcds')
    .description('Run published container images straight from CVMFS')
    .version(JCDS_VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand(false)
    .enablePositionalOptions();
  for (const row of COMMON_OPTIONS) program.addOption(optionOf(row));
  for (const declaration of shown) {
    const parent = declaration.group === undefined ? program : groupOf(program, declaration.group);
    const command = parent
      .command(declaration.name)
      .summary(declaration.summary)
      .description(described(declaration));
    for (const row of declaration.arguments) command.argument(argumentSyntax(row), row.description);
    for (const row of [...declaration.options, ...COMMON_OPTIONS]) command.addOption(optionOf(row));
    if (declaration.passThrough === true) command.passThroughOptions();
    command.action(() => act(declaration, command));
  }
  for (const group of program.commands.filter(
    command => command.commands.length > 0 && command.summary() === '',
  ))
    group.summary(group.commands.map(command => command.name()).join(', '));
  return program;
}

/** What the commands of a group are for. */
const GROUPS: Readonly<Record<string, string>> = {
  auth: 'See which credentials jcds uses',
  completion: 'Complete commands and published names in your shell',
  condor: 'Run images under HTCondor',
  config: 'Read and change your settings',
};

function groupOf(program: Command, name: string): Command {
  return (
    program.commands.find(command => command.name() === name) ??
    program.command(name).description(GROUPS[name] ?? '')
  );
}

function described(declaration: CommandDeclaration): string {
  const examples = (declaration.examples ?? []).map(([command, meaning]) => `  ${command}\n      ${meaning}`);
  return [
    `${declaration.summary}.`,
    ...(declaration.description === undefined ? [] : [declaration.description]),
    ...(examples.length === 0 ? [] : [`Examples:\n${examples.join('\n')}`]),
  ].join('\n\n');
}

function argumentSyntax(row: ArgumentRow): string {
  const inner = row.variadic === true ? `${row.name}...` : row.name;
  return row.optional === true ? `[${inner}]` : `<${inner}>`;
}

function optionOf(row: OptionRow): Option {
  const option = new Option(
    row.flags,
    row.variable === undefined ? row.description : `${row.description} [${row.variable}]`,
  );
  if (row.choices !== undefined) option.choices([...row.choices]);
  // A variadic option would swallow the image, hence a collector for repeatable ones.
  if (row.repeatable === true)
    option.argParser((value: string, previous: string[] | undefined) => [...(previous ?? []), value]);
  if (row.alias === true) option.hideHelp();
  return option;
}

function callOf(declaration: CommandDeclaration, command: Command, args: readonly string[]): Call {
  const given = command.args;
  const options = optionsOf(command);
  if (declaration.passThrough !== true) {
    const dashes = args.indexOf('--');
    const behind = dashes < 0 ? {} : { behindDashes: args.length - dashes - 1 };
    return { arguments: given, options, ownWords: args.length, ...behind };
  }
  const [image, ...rest] = given;
  // commander leaves a `--` that follows IMAGE: exactly one is jcds' own.
  const contained = rest[0] === '--' ? rest.slice(1) : rest;
  const own = image === undefined ? [] : [image];
  return {
    arguments: [...own, ...contained],
    options,
    ownWords: args.length - contained.length,
  };
}

/** The command's own options, and those that stood before it (`jcds -v run`). */
function optionsOf(command: Command): Call['options'] {
  const options: Record<string, unknown> = command.opts();
  for (let at = command.parent; at !== null; at = at.parent)
    for (const [name, value] of Object.entries(at.opts()))
      if (at.getOptionValueSource(name) === 'cli' && command.getOptionValueSource(name) !== 'cli')
        options[name] = value;
  return options;
}

export type { Call, CommandDeclaration, Context, Outcome };
