import type { CallOptions } from '../call.ts';
import type { Context, Output } from '../context.ts';

/** What a text means; how that looks is decided here alone. */
export type Meaning = 'good' | 'warning' | 'bad' | 'unknown' | 'heading' | 'faint';

/** Colours texts by what they mean, or leaves them alone. */
export type Style = (meaning: Meaning, text: string) => string;

export const PLAIN: Style = (_meaning, text) => text;

export type ColorWish = 'auto' | 'always' | 'never';

/**
 * The style for a stream: `--color` decides; `auto` is colour on a terminal that can, unless NO_COLOR is set
 * (no-color.org: to anything but nothing). chalk is loaded only where there is something to colour.
 */
export async function styleFor(
  stream: Output,
  wish: ColorWish,
  environment: Context['environment'],
): Promise<Style> {
  if (!isColored(stream, wish, environment)) return PLAIN;
  const { Chalk } = await import('chalk');
  const chalk = new Chalk({ level: 1 });
  const looks: Readonly<Record<Meaning, (text: string) => string>> = {
    good: chalk.green,
    warning: chalk.yellow,
    bad: chalk.red,
    unknown: chalk.magenta,
    heading: chalk.bold,
    faint: chalk.dim,
  };
  return (meaning, text) => looks[meaning](text);
}

/** `--color` of a command line; the option's choices have been checked. */
export function colorWish(options: CallOptions): ColorWish {
  return options.color === 'always' || options.color === 'never' ? options.color : 'auto';
}

function isColored(stream: Output, wish: ColorWish, environment: Context['environment']): boolean {
  if (wish !== 'auto') return wish === 'always';
  return stream.isTerminal && !environment.NO_COLOR && environment.TERM !== 'dumb';
}
