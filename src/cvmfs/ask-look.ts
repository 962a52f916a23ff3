import type { ChildProcess } from 'node:child_process';
import type { Context } from '../context.ts';
import { readText } from '../files/read.ts';
import { errnoOf } from '../rootfs/walk.ts';
import { abandon, startChild } from './abandonable-child.ts';
import type { LookingAt, LookLine, LookQuestion, ReadingImage } from './look-question.ts';
import type { Published } from './publication.ts';
import type { Obstruction } from './unreachable.ts';

/** The first word by which jcds, started as its own child, knows that it is to look at CVMFS. */
export const LOOK_WORD = '--jcds-look';

/** What starting a look needs of the outside. */
export type LookContext = Pick<Context, 'self' | 'environment'>;

/** How a look ended, and what was answered up to then. */
export interface LookResult {
  readonly lines: readonly Exclude<LookLine, LookingAt | ReadingImage>[];
  /** null: it came to its end. */
  readonly met: Extract<Obstruction, { code: 'HUNG' | 'LOOK_FAILED' }> | null;
  /** Where it was last. */
  readonly at: LookingAt['at'];
  /** Which image's content it read when it was still computing at the end of its time; null: not that. */
  readonly stuckIn: Published | 'the image' | null;
}

/** What is said of content that it takes for ever to read. */
export const ENDLESS = 'reading it takes no end';

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
      resolve(readLines(Buffer.concat(pieces).toString('utf8'), why, { seconds, start, ask: question.ask }));
    };
    const timer = setTimeout(
      () => settle(isBusy(child?.pid, timeout) ? 'busy' : 'hung'),
      timerDelay(timeout),
    );
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
type End = 'ended' | 'hung' | 'busy' | { readonly cause: string };

/** Milliseconds: to start takes less. */
const MUCH = 500;

/**
 * Whether a child has been computing for half of its time, or much, and still is: then it is not CVMFS that keeps it.
 * @param time milliseconds
 */
function isBusy(pid: number | undefined, time: number): boolean {
  try {
    // proc(5): the 14th and 15th of /proc/PID/stat, in hundredths of a second; the second may hold blanks.
    const fields = readText('system', `/proc/${pid}/stat`)
      .replace(/^.*\) /s, '')
      .split(' ');
    const computed = (Number(fields[11]) + Number(fields[12])) * 10;
    return computed >= MUCH && (fields[0] === 'R' || computed >= time / 2);
  } catch {
    return false;
  }
}

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
  { seconds, start, ask }: { seconds: number; start: LookingAt['at']; ask: LookQuestion['ask'] },
): LookResult {
  const lines: Exclude<LookLine, LookingAt | ReadingImage>[] = [];
  let at = start;
  let reading: LookResult['stuckIn'] = ask === 'image' || ask === 'command' ? 'the image' : null;
  // The last piece is no whole line.
  for (const line of text.split('\n').slice(0, -1)) {
    const said = readLine(line);
    if (said === null) return { lines, met: failed(at, 'an answer that is none'), at, stuckIn: null };
    if ('at' in said) at = said.at;
    else if ('reading' in said) reading = said.reading;
    else {
      lines.push(said);
      reading = null;
    }
  }
  const stuckIn = why === 'busy' ? reading : null;
  if (why === 'ended') return { lines, met: null, at, stuckIn };
  if (why === 'hung') return { lines, met: { code: 'HUNG', path: at.path, seconds }, at, stuckIn };
  const cause = why === 'busy' ? `it was still computing after ${seconds} s` : why.cause;
  return { lines, met: failed(at, cause), at, stuckIn };
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
