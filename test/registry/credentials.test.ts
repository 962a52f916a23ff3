import { describe, expect, test } from 'vitest';
import { credentialFiles } from '../../src/registry/credential-file.ts';
import { auth, find, makeHome } from './homes.ts';

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
