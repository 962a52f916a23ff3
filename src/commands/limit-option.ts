import type { Call } from '../call.ts';
import type { Settings } from '../configuration/settings.ts';
import { type Limits, limitsFrom } from '../conversion/limits.ts';
import { listOption, type OptionRow } from './command.ts';

/** What an image may cost, of the commands that make images. */
export const LIMIT_OPTION: OptionRow = {
  flags: '--limit <name=number>',
  description: 'allow more or less: entries, bytes, names, layers, ratio (repeatable)',
  repeatable: true,
};

/** The limits of a command line, and of the settings. Throws UsageError. */
export function limitsOf(call: Call, { imageLimits }: Pick<Settings, 'imageLimits'>): Limits {
  return limitsFrom(imageLimits, listOption(call, 'limit'));
}
