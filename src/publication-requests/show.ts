import { commandText } from '../command-text.ts';
import type { Context } from '../context.ts';
import { EXIT, exitCodeFor } from '../errors.ts';
import { printError } from '../output/console.ts';
import { jsonLine } from '../output/json.ts';
import { safeLines } from '../output/safe-text.ts';
import type { Asking } from './ask-for-image.ts';
import { type Result, resultJson, resultLine } from './report.ts';

/** Prints how it went with one image: data on standard output, what to do next on standard error. Answers the exit code. */
export function showResult(
  { name, service, dryRun, typed }: Asking,
  result: Result,
  json: boolean,
  context: Pick<Context, 'stdout' | 'stderr'>,
): number {
  if (json) context.stdout.write(jsonLine(resultJson(name, service, result)));
  else if (result.state === 'failed') printError(context, result.error, false);
  else {
    const diff = result.state === 'ready-change' && result.change !== null ? `${result.change.diff}\n` : '';
    context.stdout.write(`${safeLines(`${diff}${resultLine(name, service, result)}`)}\n`);
    const hint = hintOf(`${typed}${commandText(name)}`, result);
    if (hint !== null) context.stderr.write(`hint: ${safeLines(hint)}\n`);
  }
  return codeOf(result, dryRun);
}

/** @param name of the image, with the options that belong before it */
function hintOf(name: string, result: Exclude<Result, { state: 'failed' }>): string | null {
  if (result.state === 'refused') return `read there why; ask once more with: jcds request --again ${name}`;
  return result.state === 'ready-change' ? result.hint : null;
}

function codeOf(result: Result, dryRun: boolean): number {
  switch (result.state) {
    case 'published':
    case 'listed':
    case 'exists':
    case 'opened':
      return EXIT.ok;
    case 'refused':
      return EXIT.no;
    case 'ready-change':
      return dryRun ? EXIT.ok : EXIT.no;
    case 'failed':
      return exitCodeFor(result.error, false);
    default:
      return result satisfies never;
  }
}

/** The code for all of several images: a "no" is final and goes first, then a wrong call, then "later". */
export function worstCode(codes: readonly number[]): number {
  return [EXIT.no, EXIT.usage, EXIT.later].find(code => codes.includes(code)) ?? EXIT.ok;
}
