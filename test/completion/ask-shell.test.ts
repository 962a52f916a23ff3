import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { askBash, askZsh } from '../../src/completion/ask-shell.ts';
import { Account } from './command.ts';

let account: Account;
beforeEach(() => {
  account = new Account();
});
afterEach(() => account.remove());

test('the real bash of this host answers, whatever its start-up file prints', async () => {
  account.environment.PATH = '/usr/bin:/bin';
  account.write('.bashrc', 'echo jcds-answer; complete -D -o default; echo -n noise');
  expect(await askBash(account.context)).toEqual({ loadsByName: true });
  account.write('.bashrc', 'echo jcds-answer; echo complete');
  expect(await askBash(account.context)).toEqual({ loadsByName: false });
  account.write('.bashrc', 'exit 3');
  expect(await askBash(account.context)).toBe('silent');
});

test('a shell that waits for ever is left in time, and ended with all that it has started', async () => {
  // Whoever holds the pipe's writing end is alive; its end of input is the end of them all.
  const pipe = join(account.home, 'pipe');
  spawnSync('mkfifo', [pipe]);
  account.program('zsh', `exec 9>'${pipe}'; /bin/sleep 1000 & /bin/sleep 1000`);
  const ended = once(createReadStream(pipe).resume(), 'end');
  expect(await askZsh(account.context, 300)).toBe('silent');
  await ended;
});

test('a shell whose start-up file leaves a program behind is not waited for', async () => {
  account.program('zsh', "/bin/sleep 5 & printf '\\njcds-answer\\n/home/x\\n1\\n/a\\n/b\\njcds-end\\n'");
  expect(await askZsh(account.context)).toEqual({
    dotDirectory: '/home/x',
    hasCompletion: true,
    functionPath: ['/a', '/b'],
  });
});

test('a shell that never stops talking is cut short', async () => {
  account.program('zsh', 'while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done');
  expect(await askZsh(account.context, 300)).toBe('silent');
});

test('a shell that is not there, or is no program, is absent', async () => {
  expect(await askZsh(account.context)).toBe('absent');
  account.write('bin/zsh', 'not executable');
  expect(await askZsh(account.context)).toBe('absent');
});
