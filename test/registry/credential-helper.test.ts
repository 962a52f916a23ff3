import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { deadlineAfter } from '../../src/http/deadline.ts';
import { askHelper } from '../../src/registry/credential-helper.ts';
import { storedCredentials } from '../../src/registry/credentials.ts';
import { auth, find, makeHome } from './homes.ts';
import { failure, PASSWORD, printed, thrownBy } from './opened.ts';

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

  test('a helper gets the environment, less tokens for forges, and nothing secret among its words', async () => {
    const places = makeHome(
      { '.docker/config.json': { credsStore: 'all' } },
      { all: `env > "$HERE/env"; echo "$@" > "$HERE/words"; ${NOTHING}` },
    );
    await storedCredentials({
      ...places,
      environment: {
        ...places.environment,
        ...{ JCDS_TOKEN_GIT_JINR_RU: PASSWORD, GH_TOKEN: PASSWORD, CI_JOB_TOKEN: PASSWORD, KEYRING: 'x' },
      },
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
