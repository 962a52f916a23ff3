import type { Invocation } from '../runtimes/runtime.ts';

/** Values that a dry run shows as they are: what jcds and the image set. The user's own `--env` are masked. */
export type Shown = (name: string) => boolean;

/**
 * The command that would run, as one line to paste into a shell: changes of the environment by `env`, then the
 * runtime with jcds' words and the user's arguments.
 */
export function commandLine(invocation: Invocation, userArguments: readonly string[], shown: Shown): string {
  const unset = invocation.environment.unset.flatMap(name => ['-u', name]);
  const set = invocation.environment.set.map(
    ([name, value]) => `${name}=${shown(name) ? value.toString() : '***'}`,
  );
  const prefix = unset.length + set.length === 0 ? [] : ['env', ...unset, ...set];
  return [...prefix, invocation.file, ...invocation.args, ...userArguments].map(quote).join(' ');
}

/** Quotes a word for a POSIX shell, leaving harmless ones bare. */
export function quote(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
