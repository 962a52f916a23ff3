import type { ChildProcess } from 'node:child_process';
import { LAYOUTS, type Layout, type LayoutName } from '../repositories/layouts/index.ts';
import { shellText } from '../shell-text.ts';
import { abandon, SHELL_ENVIRONMENT, startChild } from './abandonable-child.ts';
import { askLook, causeOf, type LookContext, timerDelay } from './ask-look.ts';
import type { RepositoryRow } from './look-question.ts';
import type { Unreachable } from './publication.ts';
import LIST from './shell/list.sh';
import { type Obstruction, type UnreachableReason, unreachableReason } from './unreachable.ts';

/** Which repository is listed. */
export interface ListQuestion {
  readonly root: string;
  readonly row: RepositoryRow;
  /** Seconds without any progress after which CVMFS counts as hung. */
  readonly timeout: number;
  /** With which the wanted names begin: what cannot be read and holds none of them does not count. Absent: all are wanted. */
  readonly beginning?: string;
}

/** How a listing ended. After `unreachable` the names that were given are true, but not all. */
export type ListEnd =
  | {
      readonly state: 'listed';
      /** How many names hold control characters or no text, and were left out. */
      readonly refused: number;
      /** Directories that could not be read, below the root: what is in them is not known. */
      readonly unseen?: readonly UnreachableReason[];
    }
  /** Whoever took the names wanted no more. */
  | { readonly state: 'stopped' }
  | Unreachable;

const SCRIPT = shellText(LIST);

/** Most output holds nothing but these: then no name needs a closer look. */
const UNUSUAL = /[^\0\x20-\x7e]/;
/** What no name may hold: it is printed, completed and put into shells. */
export const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\ufffd]/u;

/**
 * Lists the published names of a repository (`library/debian:12`) as they are found, in batches, unsorted.
 * `take` answers false to stop. Never throws for what it finds.
 */
export function listPublications(
  { root, row, timeout, beginning = '' }: ListQuestion,
  take: (names: readonly string[], layout: LayoutName) => boolean,
  context: LookContext,
): Promise<ListEnd> {
  const path = `${root}/${row.name}`;
  return new Promise(resolve => {
    const reader = nameReader(take);
    let child: ChildProcess | null = null;
    let settled = false;
    const settle = (end: ListEnd | Promise<ListEnd>): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      if (child !== null) abandon(child);
      resolve(end);
    };
    const fail = (thrown: unknown): void =>
      settle(unreachable({ code: 'LOOK_FAILED', path, cause: causeOf(thrown) }, row));
    const hung = (): void => settle(unreachable({ code: 'HUNG', path, seconds: timeout }, row));
    const timer = setTimeout(hung, timerDelay(timeout * 1000));
    const close = (code: number | null): void => {
      const { found, refused } = reader;
      // Whatever find could not read, or an empty directory: the careful look knows why.
      if (code === 0 && found + refused > 0) settle({ state: 'listed', refused });
      else
        settle(
          survey(
            { root, row, timeout, beginning },
            { refused, take: hasNoFind(code) ? take : null },
            context,
          ),
        );
    };
    try {
      child = startFind(path, row, startOf(beginning));
      child.stdout?.on('data', (piece: Buffer) => {
        timer.refresh();
        if (!settled && !reader.read(piece)) settle({ state: 'stopped' });
      });
      child.on('error', fail).on('close', close);
    } catch (thrown) {
      fail(thrown);
    }
  });
}

/**
 * The directory in the root in which all wanted names stand: others need not be opened. `.` for all; and for what is hidden or may
 * be an image, which the listing leaves out by itself.
 */
function startOf(beginning: string): string {
  const [, directory] = /^([^./:][^/:]*)\//.exec(beginning) ?? [];
  return directory === undefined ? '.' : `./${directory}`;
}

function startFind(path: string, row: RepositoryRow, start: string): ChildProcess {
  const args = ['-c', SCRIPT, 'jcds-list', path, row.layout, start];
  const child = startChild({ file: '/bin/sh', args, environment: SHELL_ENVIRONMENT });
  child.stdin?.on('error', () => {});
  child.stdin?.end();
  return child;
}

/** Takes the output of find apart: the layout, then names; ends of pieces that are no whole name wait for the next. */
function nameReader(take: (names: readonly string[], layout: LayoutName) => boolean) {
  let rest = '';
  let layout: Layout | null = null;
  const decoder = new TextDecoder('utf-8');
  const state = {
    found: 0,
    refused: 0,
    read(piece: Buffer): boolean {
      const text = rest + decoder.decode(piece, { stream: true });
      const names = text.split('\0');
      rest = names.pop() ?? '';
      if (layout === null && names.length > 0) layout = LAYOUTS[names.shift() as LayoutName];
      if (layout === null) return true;
      const { isImageName, name: layoutName } = layout;
      const unusual = UNUSUAL.test(text);
      const found: string[] = [];
      for (const entry of names) {
        const name = entry.slice(2);
        const slash = name.lastIndexOf('/');
        if (unusual && UNSAFE.test(name)) state.refused++;
        else if (isImageName(name.slice(slash + 1), slash < 0 ? 0 : 1)) found.push(name);
      }
      state.found += found.length;
      return found.length === 0 || take(found, layoutName);
    },
  };
  return state;
}

/** What a shell says of a program that is not there or cannot be run. */
function hasNoFind(code: number | null): boolean {
  return code === 126 || code === 127;
}

/** Asks the careful look whether the whole repository can be listed, what stands against it, and for the names if need be. */
async function survey(
  { root, row, timeout, beginning = '' }: ListQuestion,
  {
    refused,
    take,
  }: { refused: number; take: ((names: readonly string[], layout: LayoutName) => boolean) | null },
  context: LookContext,
): Promise<ListEnd> {
  const start = { repository: row.name, path: `${root}/${row.name}` };
  const { lines, met } = await askLook(
    { ask: 'survey', root, row, beginning },
    { timeout: timeout * 1000, seconds: timeout, start },
    context,
  );
  const [line] = lines;
  if (!line || !('survey' in line))
    return unreachable(met ?? { code: 'LOOK_FAILED', path: start.path, cause: 'no answer' }, row);
  if (!('names' in line.survey)) return line.survey;
  const safe = line.survey.names.filter(name => !UNSAFE.test(name));
  if (take !== null && safe.length > 0 && !take(safe, line.survey.layout)) return { state: 'stopped' };
  const unseen = line.survey.unseen.map(met => unreachableReason({ code: 'ERRNO', ...met }, row.name));
  return {
    state: 'listed',
    refused: refused + (take === null ? 0 : line.survey.names.length - safe.length),
    ...(unseen.length > 0 && { unseen }),
  };
}

function unreachable(met: Obstruction, row: RepositoryRow): Unreachable {
  return { state: 'unreachable', repository: row.name, reason: unreachableReason(met, row.name) };
}
