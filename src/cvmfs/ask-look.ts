import type { ChildProcess } from 'node:child_process';
import type { Context } from '../context.ts';
import { errnoOf } from '../rootfs/walk.ts';
import { abandon, startChild } from './abandonable-child.ts';
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
    const pieces: Buffer[] = [];
    let child: ChildProcess | null = null;
    let settled = false;
    const settle = (why: End): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      if (child !== null && why !== 'ended') abandon(child);
      resolve(readLines(Buffer.concat(pieces).toString('utf8'), why, { seconds, start }));
    };
    const timer = setTimeout(() => settle('hung'), timerDelay(timeout));
    try {
      child = startLook(question, context);
      child.stdout?.on('data', (piece: Buffer) => pieces.push(piece));
      child.on('error', error => settle({ cause: causeOf(error) }));
      child.on('close', (code, signal) =>
        settle(code === 0 ? 'ended' : { cause: signal ?? `exit code ${code}` }),
      );
    } catch (thrown) {
      settle({ cause: causeOf(thrown) });
    }
  });
}

/** How the child ended, as far as anybody waited. */
type End = 'ended' | 'hung' | { readonly cause: string };

function startLook(question: LookQuestion, context: LookContext): ChildProcess {
  const [file = process.execPath, ...args] = context.self;
  // What is meant for the caller's own Node (--inspect-brk, …) must not reach this one.
  const { NODE_OPTIONS: _dropped, ...environment } = context.environment;
  const child = startChild({ file, args: [...args, LOOK_WORD], environment });
  // A child that is gone says so by its exit code.
  child.stdin?.on('error', () => {});
  child.stdin?.end(JSON.stringify(question));
  return child;
}

/** The name of a system's error, or what else was said. */
export function causeOf(thrown: unknown): string {
  return errnoOf(thrown) ?? (thrown instanceof Error ? thrown.message : String(thrown));
}

/** A delay that a timer takes: one beyond 24 days would end at once. */
export function timerDelay(milliseconds: number): number {
  return Math.min(Math.max(0, milliseconds), 2 ** 31 - 1);
}

function readLines(
  text: string,
  why: End,
  { seconds, start }: { seconds: number; start: LookingAt['at'] },
): LookResult {
  const lines: Exclude<LookLine, LookingAt>[] = [];
  let at = start;
  // The last piece is no whole line.
  for (const line of text.split('\n').slice(0, -1)) {
    const said = readLine(line);
    if (said === null) return { lines, met: failed(at, 'an answer that is none'), at };
    if ('at' in said) at = said.at;
    else lines.push(said);
  }
  if (why === 'ended') return { lines, met: null, at };
  return {
    lines,
    met: why === 'hung' ? { code: 'HUNG', path: at.path, seconds } : failed(at, why.cause),
    at,
  };
}

function failed(at: LookingAt['at'], cause: string): { code: 'LOOK_FAILED'; path: string; cause: string } {
  return { code: 'LOOK_FAILED', path: at.path, cause };
}

/** The child is jcds itself, but a memory that ran out or a wrapper may have put in a word. */
function readLine(text: string): LookLine | null {
  try {
    const said: unknown = JSON.parse(text);
    return typeof said === 'object' && said !== null ? (said as LookLine) : null;
  } catch {
    return null;
  }
}
