import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { ShownStage } from './shown-stage.ts';

// `jcds shell` on a real terminal: the image's shell, none of the host's start-up files, and a prompt that says where one is.
const stage = new ShownStage();
const runtimes = await stage.prepare();
afterAll(() => stage.remove());

/** Debian's has bash and dash, the small one busybox' ash; zsh is this host's own. */
stage.variant('bash', () => undefined, 'library/debian:12');
stage.variant(
  'dash',
  directory => {
    rmSync(join(directory, 'usr/bin/bash'));
    rmSync(join(directory, 'usr/bin/sh'));
    symlinkSync('dash', join(directory, 'usr/bin/sh'));
  },
  'library/debian:12',
);
stage.variant(
  'zsh',
  directory => {
    const libraries = spawnSync('ldd', ['/usr/bin/zsh'], { encoding: 'utf8' }).stdout;
    for (const [, from] of libraries.matchAll(/=> (\/lib\S+)/g)) {
      mkdirSync(join(directory, 'usr', from!, '..'), { recursive: true });
      copyFileSync(from!, join(directory, 'usr', from!));
    }
    copyFileSync('/usr/bin/zsh', join(directory, 'usr/bin/zsh'));
    cpSync('/usr/lib/x86_64-linux-gnu/zsh', join(directory, 'usr/lib/x86_64-linux-gnu/zsh'), {
      recursive: true,
    });
  },
  'library/debian:12',
);

const RC_FILES = ['.bashrc', '.bash_profile', '.profile', '.zshrc', '.zshenv', '.ashrc', '.shrc', '.kshrc'];
for (const name of RC_FILES)
  writeFileSync(join(stage.home, name), `echo "READ $0 ${name}"; PS1='of the host> ' SHELL=/of/the/host\n`);
stage.own(stage.home);

/** What a person has whose own shell is another one, with a prompt of its own. */
const env = {
  SHELL: '/usr/bin/fish',
  ENV: join(stage.home, '.shrc'),
  BASH_ENV: join(stage.home, '.bashrc'),
  PS1: 'of the host> ',
  PROMPT_COMMAND: 'echo READ prompt; PS1="of the host> "',
  TERM: 'dumb',
};

const SHELLS = [
  ['bash', '/bin/bash', {}],
  ['dash', '/bin/sh', {}],
  ['plain', '/bin/sh', {}],
  ['zsh', '/usr/bin/zsh', { APPTAINER_SHELL: '/usr/bin/zsh' }],
] as const;

describe.each(runtimes)('%s', runtime => {
  test.each(SHELLS)('%s', async (image, shell, besides) => {
    const terminal = stage.shell(runtime, { image, env: { ...env, ...besides } });
    onTestFinished(() => terminal.close());
    const [before] = await terminal.see(new RegExp(`[\\s\\S]*library/${image}:1> `));
    expect(before).not.toMatch(/READ|of the host/);
    terminal.type('echo "is $SHELL in $0"\r');
    const [, seen] = await terminal.see(/\nis (\S+ in \S+?)\r/);
    expect(seen).toBe(`${shell} in ${shell}`);
    const [again] = await terminal.see(new RegExp(`[\\s\\S]*library/${image}:1> `));
    expect(again).not.toMatch(/READ|of the host/);
    terminal.type('exit 7\r');
    expect((await terminal.end).exitCode).toBe(7);
  });

  test('what is given by --env comes first', async () => {
    const terminal = stage.shell(runtime, { image: 'bash', env, options: ['--env', 'PS1=mine: '] });
    onTestFinished(() => terminal.close());
    await terminal.see(/mine: /);
    terminal.type('exit\r');
    await terminal.end;
  });
});
