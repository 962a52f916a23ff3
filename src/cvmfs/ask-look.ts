import type { Context } from '../context.ts';
import { abandon, startChild } from './leave-behind.ts';
import type { LookingAt, LookLine, LookQuestion } from './look-question.ts';
import type { Obstruction } from './unreachable.ts';

/** The first word by which jcds, started as its own child, knows that it is to look at CVMFS. */
export const LOOK_WORD = '--jcds-look';

/** What starting a look needs of the outside. */
export type LookContext = Pick<Context, 'self' | 'environment'>;

/** How a look ended, and what was answered up to then. */
export interface LookResult {
  readonly lines: readonly Exclude<LookLine, LookingAt>[];
  /** null: it came to its end. */
  readonly met: Extract<Obstruction, { code: 'HUNG' | 'LOOK_FAILED' }> | null;
  /** Where it was last. */
  readonly at: LookingAt['at'];
}

/**
 * Asks a child of jcds' own program to look at CVMFS. Never throws; a child that gives no answer in time is left behind.
 * @param timeout milliseconds that are left
 * @param seconds what is said to have been waited for
 * @param start where the look begins
 */
export function askLook(
  question: LookQuestion,
  { timeout, seconds, start }: { timeout: number; seconds: number; start: LookingAt['at'] },
  context: LookContext,
): Promise<LookResult> {
  return new Promise(resolve => {
    const [file = process.execPath, ...args] = context.self;
    // What is meant for the caller's own Node (--inspect-brk, …) must not reach this one.
    const { NODE_OPTIONS: _dropped, ...environment } = context.environment;
    const child = startChild({ file, args: [...args, LOOK_WORD], environment });
    const pieces: Buffer[] = [];
    let settled = false;
    const settle = (why: 'ended' | 'hung' | { readonly cause: string }): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      if (why !== 'ended') abandon(child);
      resolve(readLines(Buffer.concat(pieces).toString('utf8'), why, { seconds, start }));
    };
    const timer = setTimeout(() => settle('hung'), Math.max(0, timeout));
    child.stdout?.on('data', (piece: Buffer) => pieces.push(piece));
    child.on('error', (error: NodeJS.ErrnoException) => settle({ cause: error.code ?? error.message }));
    child.on('close', (code, signal) =>
      settle(code === 0 ? 'ended' : { cause: signal ?? `exit code ${code}` }),
    );
    // A child that is gone says so by its exit code.
    child.stdin?.on('error', () => {});
    child.stdin?.end(JSON.stringify(question));
  });
}

function readLines(
  text: string,
  why: 'ended' | 'hung' | { readonly cause: string },
  { seconds, start }: { seconds: number; start: LookingAt['at'] },
): LookResult {
  const lines: Exclude<LookLine, LookingAt>[] = [];
  let at = start;
  // The last piece is no whole line.
  for (const line of text.split('\n').slice(0, -1)) {
    const said = JSON.parse(line) as LookLine;
    if ('at' in said) at = said.at;
    else lines.push(said);
  }
  const { path } = at;
  if (why === 'ended') return { lines, met: null, at };
  const met =
    why === 'hung'
      ? ({ code: 'HUNG', path, seconds } as const)
      : ({ code: 'LOOK_FAILED', path, cause: why.cause } as const);
  return { lines, met, at };
}
