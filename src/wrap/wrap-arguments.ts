import { UsageError } from '../errors.ts';

/** What stands between IMAGE and COMMAND: jcds' own options, which may stand there for this command. */
export interface WrapArguments {
  readonly output?: string;
  readonly pin?: true;
  readonly force?: true;
  /** The recorded command. */
  readonly command: readonly string[];
}

/**
 * Reads `[-o FILE] [--pin] [--force] [COMMAND…]`. No command begins with a hyphen. @throws UsageError
 */
export function wrapArguments(words: readonly string[]): WrapArguments {
  const [first, second, ...rest] = words;
  if (first === '--pin') return { ...wrapArguments(words.slice(1)), pin: true };
  if (first === '--force') return { ...wrapArguments(words.slice(1)), force: true };
  if (first?.startsWith('--output=') === true)
    return { output: first.slice('--output='.length), ...wrapArguments(words.slice(1)) };
  if (first === '-o' || first === '--output') {
    if (second === undefined)
      throw new UsageError(`${first} needs a file`, 'jcds wrap IMAGE -o FILE [COMMAND…]');
    return { output: second, ...wrapArguments(rest) };
  }
  if (first?.startsWith('-') === true && first !== '-')
    throw new UsageError(
      `${JSON.stringify(first)} stands where the command is expected`,
      'options of jcds stand before IMAGE',
    );
  return { command: words };
}
