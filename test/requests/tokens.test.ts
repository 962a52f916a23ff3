import { execFileSync } from 'node:child_process';
import { chownSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normaliseHost, tokenVariable } from '../../src/requests/token-variable.ts';
import { NoTokenError } from '../../src/requests/tokens.ts';
import { failureOf } from './setup.ts';
import { find, home, put, value } from './token-home.ts';

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

  test('a configuration of glab that would hold jcds up is not read; one of many hosts is', async () => {
    const hosts = (count: number) =>
      Array.from(
        { length: count },
        (_, index) => `  h${index}.org:\n    token: t${index}\n    user: u\n`,
      ).join('');
    const own = '  git.jinr.ru:\n    token: from-glab\n';
    put('.config/glab-cli/config.yml', `hosts:\n${hosts(100)}${own}`);
    expect(await value()).toBe('from-glab');
    put('.config/glab-cli/config.yml', `hosts:\n${own}${hosts(2000)}`);
    expect(await find()).toBeNull();
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
