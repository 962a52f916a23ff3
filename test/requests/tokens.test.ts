import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { normaliseHost, tokenVariable } from '../../src/requests/token-variable.ts';
import { findToken, NoTokenError, type TokenOptions } from '../../src/requests/tokens.ts';
import { failureOf } from './setup.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'jcds-tokens-'));
});
afterEach(() => rmSync(home, { recursive: true }));

function put(path: string, text: string, mode = 0o600): string {
  const file = join(home, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

function find(environment: Record<string, string> = {}, facts: Partial<TokenOptions> = {}) {
  const quiet = { PATH: process.env.PATH!, HOME: home, GIT_CONFIG_NOSYSTEM: '1' };
  return findToken({
    kind: 'gitlab',
    host: 'git.jinr.ru',
    environment: { ...quiet, ...environment },
    home,
    uid: process.getuid!(),
    now: Date.parse('2026-01-02T03:04:05Z'),
    ...facts,
  });
}
const value = async (...given: Parameters<typeof find>) => (await find(...given))?.token.reveal() ?? null;

describe('the variable of a host', () => {
  test.each([
    ['git.jinr.ru', 'JCDS_TOKEN_GIT_JINR_RU'],
    ['git.jinr.ru:443', 'JCDS_TOKEN_GIT_JINR_RU'],
    ['https://Git.JINR.ru/group/x', 'JCDS_TOKEN_GIT_JINR_RU'],
    ['my-host.org:8443', 'JCDS_TOKEN_MY__2DHOST_ORG__3A8443'],
    ['[::1]:80', 'JCDS_TOKEN___5B__3A__3A1__5D__3A80'],
    ['a_b.c', 'JCDS_TOKEN_A__5FB_C'],
  ])('%s -> %s', (host, variable) => {
    expect(tokenVariable(host)).toBe(variable);
  });

  test('is one for one host, and a name that every shell can hold', () => {
    const decode = (variable: string) =>
      Buffer.from(
        variable
          .slice('JCDS_TOKEN_'.length)
          .replace(/__([0-9A-F]{2})|_|[A-Z0-9]/g, (token, hex: string | undefined) =>
            hex === undefined
              ? token === '_'
                ? '.'
                : token.toLowerCase()
              : String.fromCharCode(Number.parseInt(hex, 16)),
          ),
        'latin1',
      ).toString('utf8');
    const host = fc.oneof(
      fc.string({
        unit: fc.constantFrom('a', '2', 'd', 'f', '.', '-', '_', ':'),
        minLength: 1,
        maxLength: 12,
      }),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
      fc.domain(),
    );
    fc.assert(
      fc.property(host, given => {
        const variable = tokenVariable(given);
        expect(variable).toMatch(/^JCDS_TOKEN_[A-Z0-9_]*$/);
        expect(decode(variable)).toBe(Buffer.from(normaliseHost(given)).toString());
      }),
      { numRuns: 2000 },
    );
  });
});

describe('sources', () => {
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

  test.each([
    [{ GITLAB_HOST: 'git.jinr.ru' }, 'git.jinr.ru', true],
    [{ GITLAB_HOST: 'https://git.jinr.ru' }, 'git.jinr.ru', true],
    [{ GITLAB_HOST: 'gitlab.com' }, 'git.jinr.ru', false],
    [{}, 'git.jinr.ru', false],
    [{}, 'gitlab.com', false],
    [{ CI_SERVER_HOST: 'git.jinr.ru' }, 'git.jinr.ru', true],
    [{ CI_SERVER_HOST: 'git.jinr.ru', CI_SERVER_PORT: '443' }, 'git.jinr.ru', true],
    [{ CI_SERVER_HOST: 'git.jinr.ru', CI_SERVER_PORT: '8443' }, 'git.jinr.ru', false],
    [{ CI_SERVER_HOST: 'git.jinr.ru', CI_SERVER_PORT: '8443' }, 'git.jinr.ru:8443', true],
    [{ GITLAB_HOST: 'git.jinr.ru' }, 'git.jinr.ru:5005', false],
    [{ GITLAB_HOST: 'git.jinr.ru' }, 'git.jinr.ru.evil.example', false],
  ] as const)('GITLAB_TOKEN with %j for %s: %s', async (environment, host, used) => {
    const found = await value({ ...environment, GITLAB_TOKEN: 't' }, { host });
    expect(found).toBe(used ? 't' : null);
  });

  test.each([
    ['github.com', true],
    ['GitHub.com', true],
    ['api.github.com', false],
    ['ghe.example.org', false],
    ['git.jinr.ru', false],
  ])('GITHUB_TOKEN for %s: %s', async (host, used) => {
    expect(await value({ GITHUB_TOKEN: 't' }, { host, kind: 'github' })).toBe(used ? 't' : null);
  });

  test('gh', async () => {
    put('gh/hosts.yml', 'github.com:\n  user: nica\n  oauth_token: from-gh\n');
    const facts = { host: 'github.com', kind: 'github' as const };
    expect(await value({ XDG_CONFIG_HOME: home }, facts)).toBe('from-gh');
    expect(await value({ GH_CONFIG_DIR: join(home, 'gh') }, facts)).toBe('from-gh');
    expect(await value({ XDG_CONFIG_HOME: 'gh' }, facts)).toBeNull();
    expect(await value({ XDG_CONFIG_HOME: home }, { host: 'github.com', kind: 'gitlab' })).toBeNull();
  });

  test.each(['{', 'hosts: 3', 'hosts: {git.jinr.ru: {token: 3}}', '? ? ?'])(
    'a broken configuration of glab is no reason to stop: %j',
    async text => {
      put('.config/glab-cli/config.yml', text);
      expect(await find()).toBeNull();
    },
  );

  test("git's helper is asked for this host only, and asks nobody", async () => {
    store('git.jinr.ru:8443');
    expect(await value({}, { host: 'git.jinr.ru:8443' })).toBe('from-git');
    expect(await find()).toBeNull();
    put('.gitconfig', '');
    expect(await find({ SSH_ASKPASS: 'false', GIT_ASKPASS: 'false', DISPLAY: ':0' })).toBeNull();
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
    const processes = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
    expect(processes.split('\n').filter(line => line.includes(mark))).toEqual([]);
  });

  test('without git', async () => {
    expect(await find({ PATH: home })).toBeNull();
  });
});

describe('the token file', () => {
  const file = '.config/jcds/tokens';
  test.each([0o644, 0o640, 0o660, 0o601])('open to others (%i) is refused', async mode => {
    const path = put(file, 'git.jinr.ru glpat-S3CRET\n', mode);
    expect(await failureOf(find({ JCDS_TOKEN_GIT_JINR_RU: 'x' }))).toMatchObject({
      code: 'TOKEN_FILE_UNSAFE',
      message: `the token file ${path} may be used by others (mode 0${mode.toString(8)}), so it is not used`,
      hint: `chmod 600 ${path}; if others could read it, make a new token`,
    });
  });
  test("somebody else's is refused", async () => {
    const path = put(file, 'git.jinr.ru x\n');
    if (process.getuid!() === 0) chownSync(path, 12_345, 12_345);
    const uid = process.getuid!() === 0 ? 0 : 12_345;
    expect(await failureOf(find({}, { uid }))).toMatchObject({
      code: 'TOKEN_FILE_UNSAFE',
      message: `the token file ${path} belongs to somebody else, so it is not used`,
    });
  });
  test('a FIFO and a directory are refused at once', async () => {
    execFileSync('mkfifo', ['-m', '600', join(home, 'fifo')]);
    for (const path of ['fifo', '.'])
      expect(await failureOf(find({ JCDS_TOKEN_FILE: join(home, path) }))).toMatchObject({
        code: 'TOKEN_FILE_UNSAFE',
      });
  });
  test.each(['git.jinr.ru glpat-S3CRET extra', 'glpat-S3CRET'])(
    'a line %# that is wrong is not shown',
    async line => {
      const path = put(file, `# one\n${line}\n`);
      const failure = await failureOf(find());
      expect(failure).toMatchObject({
        code: 'TOKEN_FILE_LINE',
        message: `line 2 of the token file ${path} is not "HOST TOKEN"`,
        exitCode: 2,
      });
      expect(inspect(failure)).not.toContain('S3CRET');
    },
  );
});

test.each(['two words', 'a\nb', '\u001b[31m', 'ü', 'x'.repeat(5000)])(
  'what cannot be a token is neither used nor shown: %#',
  async given => {
    const failure = await failureOf(find({ JCDS_TOKEN_GIT_JINR_RU: given }));
    expect(failure).toMatchObject({
      code: 'TOKEN_MALFORMED',
      message:
        'what JCDS_TOKEN_GIT_JINR_RU gives is no token: it is empty, too long, or holds blanks or special characters',
    });
    expect(inspect(failure)).not.toContain(given);
  },
);

test('what is found prints nothing', async () => {
  const found = await find({ JCDS_TOKEN_GIT_JINR_RU: 'glpat-S3CRET' });
  expect(inspect(found, { showHidden: true }) + JSON.stringify(found)).not.toContain('S3CRET');
});

test.each([
  [{}, 'there is no token for git.jinr.ru'],
  [
    { CI_JOB_TOKEN: 'x' },
    'there is no token for git.jinr.ru (CI_JOB_TOKEN is there, but GitLab lets it open no merge requests)',
  ],
])('no token: %j', (environment, message) => {
  expect(
    new NoTokenError({ kind: 'gitlab', host: 'git.jinr.ru', environment, home: '/home/n', uid: 1, now: 0 }),
  ).toMatchObject({
    message,
    hint: 'make one at https://git.jinr.ru/-/user_settings/personal_access_tokens and write "git.jinr.ru TOKEN" into /home/n/.config/jcds/tokens (chmod 600), or set JCDS_TOKEN_GIT_JINR_RU',
  });
});
