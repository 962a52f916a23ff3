import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { test } from 'vitest';
import { Account } from './command.ts';
import { ROOT } from './table.ts';

test('a lock or pipe of the caller does not stay with a refresh that is still running', async () => {
  const account = new Account();
  try {
    const [lock, gate] = [join(account.home, 'lock'), join(account.home, 'gate')];
    spawnSync('mkfifo', [lock, gate]);
    account.program('self', `exec /bin/cat '${gate}' >/dev/null`);
    const program = join(account.home, 'starter.mjs');
    const contents = `
      import { startRefresh } from './src/completion/refresh.ts';
      const self = ['${account.home}/bin/self'];
      startRefresh({ environment: {}, home: '${account.home}', uid: process.getuid(), now: Date.now, self });`;
    await build({
      stdin: { resolveDir: ROOT, contents },
      bundle: true,
      loader: { '.sh': 'text' },
      platform: 'node',
      format: 'esm',
      outfile: program,
    });
    const released = once(createReadStream(lock).resume(), 'end');
    const caller = spawn('/bin/sh', ['-c', `exec 9>'${lock}'; exec "$@"`, 'sh', process.execPath, program]);
    await Promise.all([released, once(caller, 'exit')]);
    // Only a refresh that is still running opens the other end of this one.
    await once(createWriteStream(gate).end(), 'finish');
  } finally {
    account.remove();
  }
});
