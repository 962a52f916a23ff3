import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { processesOf } from '../processes.ts';
import { find, home, put, value } from './token-home.ts';

// Tokens that git's own helpers keep: the real git is asked.
const store = (host = 'git.jinr.ru') => {
  put('.git-credentials', `https://nica:from-git@${host}\n`);
  put('.gitconfig', '[credential]\n\thelper = store\n');
};
const glab = () =>
  put('.config/glab-cli/config.yml', 'git_protocol: ssh\nhosts:\n  git.jinr.ru:\n    token: from-glab\n');

test('in their order', async () => {
  const environment = {
    JCDS_TOKEN_GIT_JINR_RU: 'from-variable',
    GITLAB_TOKEN: 'from-gitlab',
    GITLAB_HOST: 'git.jinr.ru',
  };
  put('.config/jcds/tokens', '# mine\ngithub.com x\n\ngit.jinr.ru from-file\n');
  store();
  glab();
  expect(await find(environment)).toMatchObject({
    source: 'file',
    where: join(home, '.config/jcds/tokens'),
  });
  expect(await value(environment)).toBe('from-file');
  rmSync(join(home, '.config/jcds'), { recursive: true });
  expect(await find(environment)).toMatchObject({ source: 'variable', where: 'JCDS_TOKEN_GIT_JINR_RU' });
  expect(await value({ ...environment, JCDS_TOKEN_GIT_JINR_RU: '' })).toBe('from-gitlab');
  expect(await value()).toBe('from-git');
  rmSync(join(home, '.git-credentials'));
  expect(await find()).toMatchObject({ source: 'glab', where: join(home, '.config/glab-cli/config.yml') });
  expect(await value()).toBe('from-glab');
  rmSync(join(home, '.config'), { recursive: true });
  expect(await find()).toBeNull();
});

test("git's helper is asked for this host only, and asks nobody", async () => {
  store('git.jinr.ru:8443');
  expect(await value({}, { host: 'git.jinr.ru:8443' })).toBe('from-git');
  expect(await find()).toBeNull();
  put('.gitconfig', '');
  expect(await find({ SSH_ASKPASS: 'false', GIT_ASKPASS: 'false', DISPLAY: ':0' })).toBeNull();
});

test("git's helper gets no token of another place", async () => {
  put('.gitconfig', '[credential]\n\thelper = "!env > $HOME/seen; :"\n');
  const secret = {
    GITLAB_HOST: 'other.org',
    GITLAB_TOKEN: 'secret',
    GH_TOKEN: 'secret',
    JCDS_TOKEN_X_ORG: 'secret',
  };
  expect(await find({ ...secret, CI_JOB_TOKEN: 'secret' })).toBeNull();
  const seen = readFileSync(join(home, 'seen'), 'utf8');
  expect([seen.includes('secret'), seen.includes('HOME=')]).toEqual([false, true]);
});

test('a password of which the helper says that it is over', async () => {
  const helper = (end: number) =>
    put(
      '.gitconfig',
      `[credential]\n\thelper = "!f() { echo username=n; echo password=p; echo password_expiry_utc=${end}; }; f"\n`,
    );
  helper(1_767_323_045);
  const version = execFileSync('git', ['--version'], { encoding: 'utf8' });
  const [major = 0, minor = 0] = version.match(/\d+/g)?.map(Number) ?? [];
  // git 2.41 and later pass the end on, and drop what is over by their own clock.
  expect(await value()).toBe(major > 2 || minor >= 41 ? null : 'p');
  helper(32_503_680_000);
  expect(await value()).toBe('p');
});

test('a helper that hangs is left, with all that it has started', async () => {
  const mark = `jcds${process.pid}${Date.now()}`;
  put('.gitconfig', `[credential]\n\thelper = "!f() { sh -c 'sleep 97; : ${mark}'; }; f"\n`);
  expect(await find({}, { credentialTimeout: 300 })).toBeNull();
  expect(processesOf(mark)).toEqual([]);
});
