import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { processesOf, removeFolder } from './processes.ts';

const WRITE = `echo ready; while :; do mkdir -p "$PLACE/a/b/c"; : >"$PLACE/a/b/c/$$"; done`;

test.each([
  ['its environment', (folder: string) => ({ words: ['-c', WRITE], env: { PLACE: folder } })],
  ['its words', (folder: string) => ({ words: ['-c', `PLACE=$1; ${WRITE}`, 'sh', folder], env: {} })],
])('a folder goes with whoever still writes into it: known by %s', async (_, how) => {
  const folder = mkdtempSync(join(tmpdir(), 'jcds-writer-'));
  const { words, env } = how(folder);
  const child = spawn('/bin/sh', words, {
    detached: true,
    cwd: '/',
    env: { PATH: '/usr/bin:/bin', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  await once(child.stdout!, 'data');
  removeFolder(folder);
  expect(await ended).toEqual([null, 'SIGKILL']);
  expect([existsSync(folder), processesOf(folder)]).toEqual([false, []]);
});
