import type { CommandDeclaration } from '../commands/command.ts';

/** `condor submit`, `run`. */
export function fullName(command: Pick<CommandDeclaration, 'group' | 'name'>): string {
  return command.group === undefined ? command.name : `${command.group} ${command.name}`;
}

/** `jcds run [options] IMAGE [ARGUMENT…]`. */
export function usageLine(command: CommandDeclaration): string {
  const words = command.arguments.map(row => {
    const name = `${row.name.toUpperCase()}${row.variadic === true ? '…' : ''}`;
    return row.optional === true ? `[${name}]` : name;
  });
  return ['jcds', fullName(command), '[options]', ...words].join(' ');
}
