import { toBytes } from '../launch/bytes.ts';
import type { Invocation } from '../runtimes/runtime.ts';

/** What a dry run shows of a job: an invocation and the caller's own arguments. */
export interface DryRun {
  readonly invocation: Invocation;
  readonly userArguments: readonly string[];
  /** Values given by `--env` and `--env-file`: masked wherever they stand. Empty: nothing is masked. */
  readonly masked: readonly string[];
}

const MASK = '***';

/**
 * The command that would run, as text to paste into a shell: changes of the environment by `env`, the runtime with
 * jcds' words and the caller's arguments, and what the runtime reads from descriptors as here-documents.
 */
export function commandLine({ invocation, userArguments, masked }: DryRun): string {
  const inputs = invocation.inputs ?? [];
  const mask = (text: string) =>
    masked.reduce((shown, value) => (value === '' ? shown : shown.replaceAll(value, MASK)), text);
  const { set, unset } = invocation.environment;
  const changes = [
    ...unset.flatMap(name => ['-u', name]),
    ...set.map(([name, value]) => `${name}=${mask(String(value))}`),
  ];
  const words = invocation.args.map(word =>
    typeof word === 'object' && 'input' in word ? String(9 - word.input) : String(word),
  );
  const line = [
    ...(changes.length === 0 ? [] : ['env', ...changes]),
    invocation.file,
    ...words.map(mask),
    ...userArguments,
  ];
  const here = inputs.map((_, index) => ` ${9 - index}<<'JCDS${index}'`);
  const documents = inputs.map((text, index) => `\n${mask(String(text))}JCDS${index}`);
  return `${line.map(quote).join(' ')}${here.join('')}${documents.join('')}`;
}

/** Quotes a word for a POSIX shell, leaving harmless ones bare. Bytes that are not UTF-8 are shown as U+FFFD. */
export function quote(word: string): string {
  const text = toBytes(word).toString();
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
