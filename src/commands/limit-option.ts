import type { Call } from '../call.ts';
import { DEFAULT_LIMITS, type Limits } from '../conversion/limits.ts';
import { UsageError } from '../errors.ts';
import { listOption, type OptionRow } from './command.ts';

/** What an image may cost, of the commands that make images. */
export const LIMIT_OPTION: OptionRow = {
  flags: '--limit <name=number>',
  description: 'allow more or less: entries, bytes, names, layers, ratio (repeatable)',
  repeatable: true,
};

/** The limits of a command line. Throws UsageError. */
export function limitsOf(call: Call): Limits {
  const limits: Record<string, number> = {};
  for (const text of listOption(call, 'limit')) {
    const [, name = '', digits = ''] = /^([a-z]+)=([0-9]{1,15})$/.exec(text) ?? [];
    if (!Object.hasOwn(DEFAULT_LIMITS, name))
      throw new UsageError(
        `--limit ${JSON.stringify(text)} is no limit`,
        `write NAME=NUMBER: ${Object.keys(DEFAULT_LIMITS).join(', ')}`,
      );
    limits[name] = Number(digits);
  }
  return { ...DEFAULT_LIMITS, ...limits };
}
