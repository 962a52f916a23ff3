import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Credential } from '../../src/registry/credential.ts';
import { credentialFiles } from '../../src/registry/credential-file.ts';
import { askHelper } from '../../src/registry/credential-helper.ts';
import { storedCredentials } from '../../src/registry/credentials.ts';
import { deadlineAfter } from '../../src/registry/deadline.ts';
import { failure, PASSWORD, printed, thrownBy } from './opened.ts';

const auth = (user: string, password: string) => ({
  auth: Buffer.from(`${user}:${password}`).toString('base64'),
});

/** A home with credential files (by their path below it) and helpers (by what follows docker-credential-). */
function makeHome(files: Record<string, unknown>, helpers: Record<string, string> = {}) {
  const home = mkdtempSync(join(tmpdir(), 'jcds-home-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
  const write = (path: string, text: string, mode: number) => {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), text);
    chmodSync(join(home, path), mode);
  };
  for (const [path, content] of Object.entries(files))
    write(path, typeof content === 'string' ? content : JSON.stringify(content), 0o600);
  for (const [name, script] of Object.entries(helpers))
    write(`bin/docker-credential-${name}`, `#!/bin/sh\n${script}\n`, 0o755);
  const environment = {
    PATH: `${join(home, 'bin')}:${process.env.PATH}`,
    XDG_RUNTIME_DIR: join(home, 'run'),
    HERE: home,
  };
  return { home, environment, uid: 1000 };
}

/** What was found, with its value. */
function opened(credential: Credential | null, home: string): string | null {
  if (credential === null) return null;
  const source = credential.source.replace(home, '~');
  if (credential.kind === 'password')
    return `${credential.username}:${credential.password.reveal()} from ${source}`;
  return `${credential.kind} ${credential.token.reveal()} from ${source}`;
}

async function find(
  places: ReturnType<typeof makeHome>,
  registry: string,
  repository = 'a/b',
): Promise<string | null> {
  return opened(await storedCredentials(places)(registry, repository), places.home);
}

describe('where credential files are', () => {
  test.each<[environment: Record<string, string>, files: string[]]>([
    [
      {},
      [
        '/run/containers/1000/auth.json',
        '/home/ann/.config/containers/auth.json',
        '/home/ann/.docker/config.json',
      ],
    ],
    [
      { XDG_RUNTIME_DIR: '/run/user/1000', XDG_CONFIG_HOME: '/cfg', DOCKER_CONFIG: '/dock' },
      ['/run/user/1000/containers/auth.json', '/cfg/containers/auth.json', '/dock/config.json'],
    ],
    [{ REGISTRY_AUTH_FILE: '/x.json', XDG_RUNTIME_DIR: '/run/user/1000' }, ['/x.json']],
    [
      { REGISTRY_AUTH_FILE: '', XDG_RUNTIME_DIR: '', XDG_CONFIG_HOME: '', DOCKER_CONFIG: '' },
      [
        '/run/containers/1000/auth.json',
        '/home/ann/.config/containers/auth.json',
        '/home/ann/.docker/config.json',
      ],
    ],
  ])('%j', (environment, files) => {
    expect(credentialFiles({ environment, home: '/home/ann', uid: 1000 })).toEqual(files);
  });
});

describe('which entry is taken', () => {
  const DOCKER = '.docker/config.json';
  test.each<[what: string, auths: unknown, registry: string, repository: string, found: string | null]>([
    [
      'host and port',
      { 'git.jinr.ru:5005': auth('ann', 'x') },
      'git.jinr.ru:5005',
      'a/b',
      'ann:x from ~/.docker/config.json',
    ],
    [
      'the host alone is another registry',
      { 'git.jinr.ru': auth('ann', 'x') },
      'git.jinr.ru:5005',
      'a/b',
      null,
    ],
    [
      'another port is another registry',
      { 'git.jinr.ru:5006': auth('ann', 'x') },
      'git.jinr.ru:5005',
      'a/b',
      null,
    ],
    [
      'a longer host is another',
      { 'git.jinr.ru:5005.evil.example': auth('ann', 'x') },
      'git.jinr.ru:5005',
      'a/b',
      null,
    ],
    [
      'docker login to Docker Hub',
      { 'https://index.docker.io/v1/': auth('ann', 'x') },
      'docker.io',
      'library/ubuntu',
      'ann:x from ~/.docker/config.json',
    ],
    [
      'podman login to Docker Hub',
      { 'docker.io': auth('ann', 'x') },
      'docker.io',
      'library/ubuntu',
      'ann:x from ~/.docker/config.json',
    ],
    [
      'an address with a scheme',
      { 'https://quay.io/v2/': auth('ann', 'x') },
      'quay.io',
      'a/b',
      'ann:x from ~/.docker/config.json',
    ],
    [
      'the most specific namespace',
      {
        'q.io': auth('all', '1'),
        'q.io/a': auth('group', '2'),
        'q.io/a/b/c': auth('other', '3'),
        'q.io/a/b': auth('exact', '4'),
      },
      'q.io',
      'a/b',
      'exact:4 from ~/.docker/config.json',
    ],
    [
      'a namespace before the registry',
      { 'q.io': auth('all', '1'), 'q.io/a': auth('group', '2') },
      'q.io',
      'a/b',
      'group:2 from ~/.docker/config.json',
    ],
    [
      'a part of a component is no namespace',
      { 'q.io/a/bc': auth('x', '1'), 'q.io/a/': auth('y', '2') },
      'q.io',
      'a/b',
      null,
    ],
    ['a namespace does not stand for its registry', { 'q.io/other': auth('x', '1') }, 'q.io', 'a/b', null],
    ['an empty entry is none', { 'q.io': {} }, 'q.io', 'a/b', null],
    [
      'a colon in the password',
      { 'q.io': auth('ann', 'a:b:c') },
      'q.io',
      'a/b',
      'ann:a:b:c from ~/.docker/config.json',
    ],
    [
      'NULs at the end, as docker leaves them',
      { 'q.io': auth('ann', 'x\0\0') },
      'q.io',
      'a/b',
      'ann:x from ~/.docker/config.json',
    ],
    [
      'name and password apart',
      { 'q.io': { username: 'ann', password: 'x' } },
      'q.io',
      'a/b',
      'ann:x from ~/.docker/config.json',
    ],
    [
      'an identity token',
      { 'q.io': { ...auth('ann', ''), identitytoken: 'refresh' } },
      'q.io',
      'a/b',
      'identity refresh from ~/.docker/config.json',
    ],
    [
      'an identity token as a password',
      { 'q.io': auth('<token>', 'refresh') },
      'q.io',
      'a/b',
      'identity refresh from ~/.docker/config.json',
    ],
    [
      'a registry token',
      { 'q.io': { registrytoken: 'bearer' } },
      'q.io',
      'a/b',
      'bearer bearer from ~/.docker/config.json',
    ],
    ['a name of every object', {}, 'constructor', '__proto__', null],
  ])('%s', async (_what, auths, registry, repository, found) => {
    expect(await find(makeHome({ [DOCKER]: { auths } }), registry, repository)).toBe(found);
  });

  test("the files are read in podman's order", async () => {
    const files = {
      'run/containers/auth.json': { auths: { 'one.io': auth('session', '1') } },
      '.config/containers/auth.json': { auths: { 'one.io': auth('user', '1'), 'two.io': auth('user', '2') } },
      [DOCKER]: {
        auths: {
          'one.io': auth('docker', '1'),
          'two.io': auth('docker', '2'),
          'three.io': auth('docker', '3'),
        },
      },
    };
    const places = makeHome(files);
    expect([
      await find(places, 'one.io'),
      await find(places, 'two.io'),
      await find(places, 'three.io'),
      await find(places, 'four.io'),
    ]).toEqual([
      'session:1 from ~/run/containers/auth.json',
      'user:2 from ~/.config/containers/auth.json',
      'docker:3 from ~/.docker/config.json',
      null,
    ]);
  });
});

describe('files that cannot be used', () => {
  const SECRETLY = Buffer.from(`ann:${PASSWORD}`).toString('base64');
  test.each<[what: string, text: string, problem: string]>([
    ['no JSON', `{"auths": {"q.io": {"auth": "${SECRETLY}"`, 'is not a JSON object'],
    ['a list', `["${PASSWORD}"]`, 'is not a JSON object'],
    ['auths that are none', `{"auths": "${PASSWORD}"}`, 'has no object under "auths"'],
    ['helpers that are none', '{"credHelpers": []}', 'has no object under "credHelpers"'],
    ['an entry that is none', `{"auths": {"q.io": "${PASSWORD}"}}`, 'has a broken entry for q.io'],
    ['no base64', `{"auths": {"q.io": {"auth": "ann:${PASSWORD}"}}}`, 'has a broken entry for q.io'],
    [
      'no colon',
      `{"auths": {"q.io": {"auth": "${Buffer.from(PASSWORD).toString('base64')}"}}}`,
      'has a broken entry for q.io',
    ],
    [
      'no name',
      `{"auths": {"q.io": {"auth": "${Buffer.from(`:${PASSWORD}`).toString('base64')}"}}}`,
      'has a broken entry for q.io',
    ],
    ['a number', `{"auths": {"q.io": {"auth": 1}}}`, 'has a broken entry for q.io'],
    ['2 MB', ' '.repeat(2_000_000), 'is larger than 1 MiB'],
  ])('%s', async (_what, text, problem) => {
    const places = makeHome({ '.docker/config.json': text });
    const thrown = await thrownBy(find(places, 'q.io'));
    expect({
      code: thrown.code,
      message: thrown.message,
      hint: thrown.hint,
      exitCode: thrown.exitCode,
    }).toEqual({
      code: 'CREDENTIALS_UNREADABLE',
      message: `the credential file ${places.home}/.docker/config.json ${problem}`,
      hint: 'repair it, or move it away and log in again with podman login',
      exitCode: 2,
    });
    for (const form of [PASSWORD, SECRETLY, Buffer.from(PASSWORD).toString('base64')])
      expect(printed(thrown)).not.toContain(form);
  });

  test('a FIFO does not hold anyone up', async () => {
    const places = makeHome({});
    mkdirSync(join(places.home, '.docker'));
    execFileSync('mkfifo', [join(places.home, '.docker/config.json')]);
    expect(await failure(find(places, 'q.io'))).toMatchObject({
      message: `the credential file ${places.home}/.docker/config.json is not a regular file`,
    });
  });

  test('an empty file, and a name below a file, are no files', async () => {
    const places = makeHome({ '.docker/config.json': '', run: 'a file where a directory would be' });
    expect(await find(places, 'q.io')).toBe(null);
  });
});

const JSON_OF = (user: string, secret: string) =>
  `cat > "$HERE/asked"; echo '${JSON.stringify({ ServerURL: 'x', Username: user, Secret: secret })}'`;
const NOTHING = 'echo "credentials not found in native keychain"; exit 1';

describe('helpers', () => {
  test.each<
    [
      what: string,
      config: unknown,
      helpers: Record<string, string>,
      registry: string,
      found: string | null,
      asked: string | null,
    ]
  >([
    [
      'one for a registry',
      { credHelpers: { 'q.io': 'mine' } },
      { mine: JSON_OF('ann', 'x') },
      'q.io',
      'ann:x from docker-credential-mine',
      'q.io\n',
    ],
    [
      'none for another',
      { credHelpers: { 'q.io': 'mine' } },
      { mine: JSON_OF('ann', 'x') },
      'q.io:5000',
      null,
      null,
    ],
    [
      'one before the entry',
      { credHelpers: { 'q.io': 'mine' }, auths: { 'q.io': auth('file', '1') } },
      { mine: JSON_OF('ann', 'x') },
      'q.io',
      'ann:x from docker-credential-mine',
      'q.io\n',
    ],
    [
      'one that has none hides the entry',
      { credHelpers: { 'q.io': 'mine' }, auths: { 'q.io': auth('file', '1') } },
      { mine: NOTHING },
      'q.io',
      null,
      null,
    ],
    [
      'Docker Hub by its old name',
      { credHelpers: { 'https://index.docker.io/v1/': 'mine' } },
      { mine: JSON_OF('ann', 'x') },
      'docker.io',
      'ann:x from docker-credential-mine',
      'https://index.docker.io/v1/\n',
    ],
    [
      'a store for all',
      { credsStore: 'all', auths: { 'q.io': {} } },
      { all: JSON_OF('ann', 'x') },
      'q.io',
      'ann:x from docker-credential-all',
      'q.io\n',
    ],
    [
      'a store and Docker Hub',
      { credsStore: 'all' },
      { all: JSON_OF('ann', 'x') },
      'docker.io',
      'ann:x from docker-credential-all',
      'https://index.docker.io/v1/\n',
    ],
    [
      'a store that has none',
      { credsStore: 'all', auths: { 'q.io': auth('file', '1') } },
      { all: NOTHING },
      'q.io',
      'file:1 from ~/.docker/config.json',
      null,
    ],
    ['a store that is not installed, and no login', { credsStore: 'desktop.exe' }, {}, 'q.io', null, null],
    [
      'an identity token',
      { credsStore: 'all' },
      { all: JSON_OF('<token>', 'refresh') },
      'q.io',
      'identity refresh from docker-credential-all',
      'q.io\n',
    ],
  ])('%s', async (_what, config, helpers, registry, found, asked) => {
    const places = makeHome({ '.docker/config.json': config }, helpers);
    expect(await find(places, registry)).toBe(found);
    const note = join(places.home, 'asked');
    expect(existsSync(note) ? readFileSync(note, 'utf8') : null).toBe(asked);
  });

  test('a helper gets the environment, less the tokens of jcds, and nothing secret among its words', async () => {
    const places = makeHome(
      { '.docker/config.json': { credsStore: 'all' } },
      { all: `env > "$HERE/env"; echo "$@" > "$HERE/words"; ${NOTHING}` },
    );
    await storedCredentials({
      ...places,
      environment: { ...places.environment, JCDS_TOKEN_GIT_JINR_RU: PASSWORD, KEYRING: 'x' },
    })('q.io', 'a/b');
    const environment = readFileSync(join(places.home, 'env'), 'utf8');
    expect([
      environment.includes('KEYRING=x'),
      environment.includes(PASSWORD),
      readFileSync(join(places.home, 'words'), 'utf8'),
    ]).toEqual([true, false, 'get\n']);
  });

  test.each<[what: string, script: string, reason: string]>([
    ['fails', `echo '${PASSWORD}'; echo '${PASSWORD}' >&2; exit 3`, 'it failed'],
    ['is killed', `echo '${PASSWORD}'; kill -9 $$`, 'it failed'],
    ['prints no JSON', `echo 'Secret: ${PASSWORD}'`, 'its answer cannot be understood'],
    ['prints something else', `echo '{"Username": ["${PASSWORD}"]}'`, 'its answer cannot be understood'],
    ['prints no secret', `echo '{"Username": "ann", "Secret": ""}'`, 'its answer cannot be understood'],
    ['prints nothing', 'true', 'its answer cannot be understood'],
    ['prints for ever', 'exec yes', 'its answer cannot be understood'],
  ])('one that %s', async (_what, script, reason) => {
    const places = makeHome({ '.docker/config.json': { credHelpers: { 'q.io': 'mine' } } }, { mine: script });
    const thrown = await thrownBy(find(places, 'q.io'));
    expect(thrown).toMatchObject({
      code: 'CREDENTIAL_HELPER',
      message: `docker-credential-mine, named in ${places.home}/.docker/config.json: ${reason}`,
      exitCode: 2,
    });
    expect(printed(thrown)).not.toContain(PASSWORD);
  });

  test.each<[what: string, config: unknown, message: string]>([
    [
      'one that is not installed',
      { credHelpers: { 'q.io': 'absent' } },
      'docker-credential-absent, named in FILE: there is no such program on this host',
    ],
    [
      'a store that is not installed, after a login',
      { credsStore: 'absent', auths: { 'q.io': {} } },
      'docker-credential-absent, named in FILE: there is no such program on this host',
    ],
    [
      'one that is a path',
      { credsStore: '../../bin/sh' },
      'docker-credential-../../bin/sh, named in FILE: that is no name of a program',
    ],
    [
      'one that is an escape sequence',
      { credsStore: '\u001b]0;x\u0007' },
      'docker-credential-?]0;x?, named in FILE: that is no name of a program',
    ],
    [
      'one that is no text',
      { credHelpers: { 'q.io': 1 } },
      'docker-credential-, named in FILE: that is no name of a program',
    ],
  ])('%s', async (_what, config, message) => {
    const places = makeHome({ '.docker/config.json': config });
    expect(await failure(find(places, 'q.io'))).toMatchObject({
      code: 'CREDENTIAL_HELPER',
      message: message.replace('FILE', `${places.home}/.docker/config.json`),
    });
  });

  const hanging = 'echo $$ > "$HERE/pid"; sleep 1000 & sleep 1000';
  const isAlive = (pid: number) =>
    existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));

  test('one that hangs is ended with all it started', async () => {
    const { home, environment } = makeHome({}, { slow: hanging });
    const question = { helper: 'slow', file: '/f.json', server: 'q.io', environment, timeout: 300 };
    expect(await failure(askHelper(question))).toEqual({
      code: 'CREDENTIAL_HELPER',
      message: 'docker-credential-slow, named in /f.json: it did not answer in time',
      hint: 'run it by hand: it may wait for a password or a locked keychain',
      exitCode: 2,
    });
    const leader = Number(readFileSync(join(home, 'pid'), 'utf8'));
    await expect.poll(() => isAlive(leader)).toBe(false);
  });

  test('one that leaves something behind on its output does not hold anyone up', async () => {
    const { environment } = makeHome({}, { left: `setsid sleep 5 & ${JSON_OF('ann', 'x')}` });
    const question = { helper: 'left', file: '/f.json', server: 'q.io', environment, timeout: 500 };
    expect(await failure(askHelper(question))).toMatchObject({
      message: 'docker-credential-left, named in /f.json: it did not answer in time',
    });
  });

  test('the deadline of the whole ends it, and so does giving up', async () => {
    const { environment } = makeHome({}, { slow: hanging });
    const question = { helper: 'slow', file: '/f.json', server: 'q.io', environment };
    expect(await failure(askHelper({ ...question, signal: deadlineAfter(200).signal }))).toMatchObject({
      code: 'CREDENTIAL_HELPER',
    });
    await expect(askHelper({ ...question, signal: AbortSignal.abort(new Error('Ctrl-C')) })).rejects.toThrow(
      'Ctrl-C',
    );
  });
});
