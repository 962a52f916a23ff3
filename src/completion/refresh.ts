import { spawn } from 'node:child_process';
import { closeSync, readdirSync } from 'node:fs';
import type { Context } from '../context.ts';
import { openNothing } from '../files/nothing.ts';
import { changedAt, type IndexContext } from './index-age.ts';
import { listedAt } from './index-file.ts';
import { ATTEMPT, writeIndexFile } from './index-place.ts';

/** A list is looked at anew after this time: publications come some times a day, and `list` and `status` add to it. */
const STALE_AFTER = 6 * 60 * 60 * 1000;
/** Between two starts, so that a mount that is down is not asked again and again. */
const PAUSE = 30 * 60 * 1000;

/** Whether the names of one of the repositories are missing or old, and nobody has begun to list them just now. */
export function isRefreshDue(context: IndexContext, repositories: readonly string[]): boolean {
  const now = context.now();
  const sinceLastStart = now - changedAt(context, ATTEMPT);
  if (sinceLastStart >= 0 && sinceLastStart < PAUSE) return false;
  return repositories.some(repository => now - listedAt(context, repository) > STALE_AFTER);
}

/** Starts a refresh if one is due: for `list` and `status`, after their own work. */
export function refreshWhenDue(
  context: IndexContext & Pick<Context, 'self'>,
  repositories: readonly string[],
  words: readonly string[] = [],
): void {
  if (isRefreshDue(context, repositories)) startRefresh(context, words);
}

/**
 * Starts `jcds completion refresh` and leaves it alone: own session, no terminal, no working directory, nothing of it
 * is waited for. Only `list`, `status` and `completion install` may call this. Whatever goes wrong is of no consequence.
 * @param words further options: `--cvmfs-root DIR`, `--repository NAME`
 */
export function startRefresh(
  context: IndexContext & Pick<Context, 'self'>,
  words: readonly string[] = [],
): void {
  const [program, ...first] = context.self;
  if (program === undefined) return;
  try {
    writeIndexFile(context, ATTEMPT, '', context.now());
  } catch {
    return;
  }
  const nothing = openNothing();
  const child = spawn(program, [...first, 'completion', 'refresh', ...words], {
    cwd: '/',
    detached: true,
    env: context.environment,
    stdio: Array.from({ length: highestDescriptor() + 1 }, () => nothing),
  });
  closeSync(nothing);
  child.on('error', () => {});
  child.unref();
}

/** A descriptor that the caller has given (a lock, the end of a pipe) would stay with the child: all are covered. */
function highestDescriptor(): number {
  try {
    return Math.max(2, ...readdirSync('/dev/fd').map(Number).filter(Number.isInteger));
  } catch {
    return 2;
  }
}
