import type { Call, CallOptions, Outcome } from '../call.ts';
import type { Context } from '../context.ts';
import type { UsageError } from '../errors.ts';

/** One verb of jcds as data: commander's tree, help, man page, completion and docs are all made from it. */
export interface CommandDeclaration {
  readonly name: string;
  /** One line, imperative, no full stop. */
  readonly summary: string;
  /** Further paragraphs of `--help` and the man page. */
  readonly description?: string;
  readonly arguments: readonly ArgumentRow[];
  readonly options: readonly OptionRow[];
  readonly examples?: readonly (readonly [command: string, meaning: string])[];
  /** Everything after the first argument belongs to the contained command (`run`, `exec`, `shell`, `wrap`). */
  readonly passThrough?: true;
  /** Errors of this command follow podman's codes: 125 for whatever is not 75, 126 or 127. */
  readonly contained?: true;
  /** `jcds condor submit`: a word before `name`. */
  readonly group?: string;
  /** Options that are refused on purpose, and what to write instead. */
  readonly refusals?: Readonly<Record<string, string>>;
  action(call: Call, context: Context): Promise<Outcome>;
  /** What is still to be done when the command line makes no sense. `options` are those beyond doubt. */
  refused?(error: UsageError, options: Call['options']): void;
}

export interface ArgumentRow {
  readonly name: string;
  readonly description: string;
  readonly optional?: true;
  readonly variadic?: true;
  /** What may stand here, for completion; the command checks it itself. */
  readonly choices?: readonly string[];
  readonly completes?: Completes;
}

/** What a shell offers for a value: published names, files, the words after `jcds`, … Fixed values come from `choices`. */
export type Completes = 'image' | 'file' | 'directory' | 'repository' | 'runtime' | 'command';

export interface OptionRow {
  /** As commander writes it: `-B, --bind <spec>`. */
  readonly flags: string;
  readonly description: string;
  readonly choices?: readonly string[];
  /** May be given several times; the values arrive as a list. */
  readonly repeatable?: true;
  /** Accepted, but left out of help and completion: another tool's spelling. */
  readonly alias?: true;
  readonly completes?: Completes;
  /** The environment variable that stands for it, for help only; the configuration reads it. */
  readonly variable?: string;
}

/** The usual end of a command. */
export function exit(code: number): Outcome {
  return { kind: 'exit', code };
}

/** A string option, or undefined; commander never gives another type for a row that takes a value. */
export function stringOption(call: Call, name: keyof CallOptions): string | undefined {
  const value = call.options[name];
  return typeof value === 'string' ? value : undefined;
}

/** The values of a repeatable option, in order. */
export function listOption(call: Call, name: keyof CallOptions): readonly string[] {
  const value = call.options[name];
  return Array.isArray(value) ? value.map(String) : [];
}

/** Whether a flag without value was given. */
export function flag(call: Call, name: keyof CallOptions): boolean {
  return call.options[name] === true;
}
