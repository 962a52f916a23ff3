import {
  chmodSync,
  cpSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { HostSetting } from '../cli/host-setting.ts';
import { surroundingsOf, usableBy } from '../contract/containers.ts';

// With another's HOME (sudo -E, su without -) the programs that jcds starts unasked would read that user's settings: lines of shell for
// bash, zsh and git, programs for docker. None of it runs; what is in a home of one's own does.
const host = new HostSetting();
const folder = realpathSync(mkdtempSync('/srv/jcds-others-'));
chmodSync(folder, 0o755);
afterAll(() => {
  host.remove();
  rmSync(folder, { recursive: true });
});
cpSync(resolve(import.meta.dirname, '../../completions'), join(host.setting.folder, 'jcds/completions'), {
  recursive: true,
});
const root = host.people.find(({ uid }) => uid === 0)!;
const home = join(folder, 'home');
const ran = join(folder, 'ran');

/** What leaves a file with its name when it runs. */
function lay(owner: number): void {
  const touch = (name: string) => `touch ${ran}/${name}`;
  const files: Record<string, string> = {
    '.bashrc': `${touch('bash')}\n`,
    '.zshrc': `${touch('zsh')}\n`,
    'zsh/.zshrc': `${touch('zsh-by-ZDOTDIR')}\n`,
    '.gitconfig': `[credential]\n\thelper = "!${touch('git')};:"\n`,
    'config/git/config': `[credential]\n\thelper = "!${touch('git-by-XDG')};:"\n`,
    '.docker/cli-plugins/docker-evil': `#!/bin/sh\n${touch('docker')}\n`,
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(home, name, '..'), { recursive: true });
    writeFileSync(join(home, name), text, { mode: 0o755 });
  }
  for (const name of ['', ...readdirSync(home, { recursive: true, encoding: 'utf8' })])
    lchownSync(join(home, name), owner, owner);
}

beforeEach(() => {
  for (const path of [home, ran]) rmSync(path, { recursive: true, force: true });
  mkdirSync(ran);
  chmodSync(ran, 0o777);
});

const LOOKS: Readonly<Record<string, readonly string[]>> = {
  doctor: ['doctor'],
  'auth status': ['auth', 'status'],
  'completion install': ['completion', 'install'],
  'completion uninstall': ['completion', 'uninstall'],
};
const VARIABLES: readonly Record<string, string>[] = [
  { HOME: home },
  { HOME: '/root', XDG_CONFIG_HOME: join(home, 'config'), ZDOTDIR: join(home, 'zsh') },
];
const CASES = Object.entries(LOOKS).flatMap(([what, words]) =>
  VARIABLES.map(env => ({ what, words, named: Object.keys(env).join(', '), env })),
);

test.each(CASES)('$what runs nothing of another’s home ($named)', ({ words, env }) => {
  lay(4242);
  host.jcds(root, words, { cwd: '/', env: { SHELL: '/bin/bash', JCDS_NETWORK: 'true', ...env } });
  expect(readdirSync(ran)).toEqual([]);
});

test('a home of one’s own counts', () => {
  lay(0);
  host.jcds(root, ['doctor'], { cwd: '/', env: { SHELL: '/bin/bash', JCDS_NETWORK: 'true', HOME: home } });
  expect(readdirSync(ran)).toEqual(expect.arrayContaining(['bash', 'git']));
});

describe.each(usableBy(root).filter(name => ['docker', 'podman'].includes(name)))('%s', name => {
  test('is started without another’s home, which the job has all the same', async () => {
    lay(4242);
    const around = await surroundingsOf(name, root);
    try {
      const words = ['exec', '--runtime', name, 'library/small:1', 'sh', '-c', 'echo "$HOME $DOCKER_CONFIG"'];
      const env = { HOME: home, DOCKER_CONFIG: join(home, '.docker') };
      const { code, stdout, stderr } = host.jcds(root, words, { around, cwd: '/', env });
      expect([code, stdout, stderr]).toEqual([0, `${home} ${home}/.docker\n`, expect.any(String)]);
      expect(readdirSync(ran)).toEqual([]);
    } finally {
      await around.close?.();
    }
  });
});
