import { spawn } from 'node:child_process';
import type { Context } from '../context.ts';
import { listedAt, noteSearched } from './index-file.ts';
import { ATTEMPT, changedAt, type IndexContext, writeIndexFile } from './index-place.ts';

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

/**
 * Starts `jcds completion refresh` and leaves it alone: own session, no terminal, no working directory, nothing of it
 * is waited for. Only `list`, `status` and `completion install` may call this. Whatever goes wrong is of no consequence.
 * @param words further options: `--cvmfs-root DIR`, `--repository NAME`
 */
export function startRefresh(
  context: IndexContext & Pick<Context, 'self'>,
  repositories: readonly string[],
  words: readonly string[] = [],
): void {
  noteSearched(context, repositories);
  const [program, ...first] = context.self;
  if (program === undefined) return;
  try {
    writeIndexFile(context, ATTEMPT, '', context.now());
  } catch {
    return;
  }
  const child = spawn(program, [...first, 'completion', 'refresh', ...words], {
    cwd: '/',
    detached: true,
    env: context.environment,
    stdio: 'ignore',
  });
  child.on('error', () => {});
  child.unref();
}
