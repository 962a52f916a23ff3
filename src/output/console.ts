import type { Context } from '../context.ts';
import type { JcdsError } from '../errors.ts';

/** Prints an error for a person: what failed, then what to type. */
export function printError(context: Pick<Context, 'stderr'>, error: JcdsError, json: boolean): void {
  if (json) {
    const { code, message, hint } = error;
    context.stderr.write(`${JSON.stringify({ error: { code, message, hint: hint ?? null } })}\n`);
    return;
  }
  context.stderr.write(`jcds: ${safe(error.message)}\n`);
  if (error.hint !== undefined) context.stderr.write(`hint: ${safe(error.hint)}\n`);
}

/** A line for people beside the result: `-v` details, warnings. Goes to standard error. */
export function printNote(context: Pick<Context, 'stderr'>, text: string): void {
  context.stderr.write(`jcds: ${safe(text)}\n`);
}

/**
 * Text that may hold something from outside, made harmless for a terminal: control characters (C0, DEL, C1) and the
 * characters that turn the writing direction become `?`.
 */
export function safe(text: string): string {
  return text.replace(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    '?',
  );
}
