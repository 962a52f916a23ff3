import type { CallOptions } from '../call.ts';
import type { Context } from '../context.ts';
import type { JcdsError } from '../errors.ts';
import { jsonLine } from './json.ts';
import { safeLines } from './safe-text.ts';

/** Prints an error: for a person what failed, then what to type; for a program one JSON object. */
export function printError(context: Pick<Context, 'stderr'>, error: JcdsError, json: boolean): void {
  if (json) {
    const { code, message, hint } = error;
    context.stderr.write(jsonLine({ error: { code, message, hint: hint ?? null } }));
    return;
  }
  context.stderr.write(`jcds: ${linesOf(error.message)}\n`);
  if (error.hint !== undefined) context.stderr.write(`hint: ${linesOf(error.hint)}\n`);
}

/** Some messages have several lines; none but the first looks like a message or a hint, whatever a value from outside has brought. */
function linesOf(text: string): string {
  return safeLines(text).replace(/\n(?=(?:jcds|hint):)/g, '\n  ');
}

/** A line for people beside the result: `-v` details, warnings. Goes to standard error. */
export function printNote(context: Pick<Context, 'stderr'>, text: string): void {
  context.stderr.write(`jcds: ${linesOf(text)}\n`);
}

/** What is said beside the result: `warn` unless -q was given, `detail` with -v. */
export interface Speaker {
  warn(text: string): void;
  detail(text: string): void;
}

/**
 * The speaker of a command line. Silent under --json: what a program reads on standard error is an error.
 * @param heard is told everything, said or not
 */
export function speaker(
  options: CallOptions,
  context: Pick<Context, 'stderr'>,
  heard: (text: string) => void = () => {},
): Speaker {
  const say = (wanted: boolean) => (text: string) => {
    heard(text);
    if (wanted && options.json !== true) printNote(context, text);
  };
  return { warn: say(options.quiet !== true), detail: say(options.verbose === true) };
}
