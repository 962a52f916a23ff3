import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { adviceLines } from '../../../src/cvmfs/no-mount/mount-advice.ts';
import { hasUserFuse, mountFacts } from '../../../src/cvmfs/no-mount/mount-facts.ts';
import { type MountFacts, waysToMount } from '../../../src/cvmfs/no-mount/ways-to-mount.ts';
import { repositoryNamed } from '../../../src/repositories/index.ts';
import { keyFile } from './setting.ts';

const JOB = 'jcds run debian:12';
/** A user of an ordinary Debian host without the client, who has the key of nobody. */
const DEBIAN: MountFacts = {
  repository: 'unpacked.cern.ch',
  root: '/cvmfs',
  isLinux: true,
  isRoot: false,
  isContainer: false,
  machine: 'x86_64',
  distribution: ['debian'],
  hasFuse: true,
  hasUserMounts: true,
  programs: new Set(['git', 'curl', 'rpm2cpio', 'cpio', 'apt-get']),
  servers: [],
  proxies: 'DIRECT',
  keysDirectory: '/etc/cvmfs/keys/cern.ch',
  key: null,
};
const CLIENT = { programs: new Set(['cvmfs2', 'fusermount3'] as const) };
const JINR = {
  repository: 'containers.jinr.ru',
  servers: ['http://s1/cvmfs/containers.jinr.ru', 'http://s2/cvmfs/containers.jinr.ru'],
  keysDirectory: '/etc/cvmfs/keys/jinr.ru',
};
const RELEASE = 'https://ecsft.cern.ch/dist/cvmfs/cvmfs-release/cvmfs-release-latest';
const CONFIGURED = `printf '%s\\n' 'CVMFS_SERVER_URL="http://s1/cvmfs/containers.jinr.ru;http://s2/cvmfs/containers.jinr.ru"' CVMFS_KEYS_DIR=/etc/cvmfs/keys/jinr.ru`;

test.each<[string, Partial<MountFacts>, [needs: string, command: string][]]>([
  [
    'the client is here, and root asks',
    { ...CLIENT, isRoot: true },
    [
      [
        'as root',
        'mkdir -p /cvmfs/unpacked.cern.ch && mount -t cvmfs unpacked.cern.ch /cvmfs/unpacked.cern.ch && jcds run debian:12',
      ],
    ],
  ],
  [
    'the client is here, and a user asks',
    { ...CLIENT, ...JINR, key: '/etc/cvmfs/keys/jinr.ru/jinr.ru.pub', proxies: 'http://squid:3128;DIRECT' },
    [
      [
        'without root, with the client of this host',
        `mkdir -p ~/cvmfs/containers.jinr.ru ~/.cache/cvmfs && printf '%s\\n' "CVMFS_CACHE_BASE=$HOME/.cache/cvmfs" "CVMFS_RELOAD_SOCKETS=$HOME/.cache/cvmfs" CVMFS_CLAIM_OWNERSHIP=yes 'CVMFS_HTTP_PROXY="http://squid:3128;DIRECT"' 'CVMFS_SERVER_URL="http://s1/cvmfs/containers.jinr.ru;http://s2/cvmfs/containers.jinr.ru"' CVMFS_KEYS_DIR=/etc/cvmfs/keys/jinr.ru >~/.cache/cvmfs/containers.jinr.ru.conf && cvmfs2 -o config="$HOME/.cache/cvmfs/containers.jinr.ru.conf" containers.jinr.ru ~/cvmfs/containers.jinr.ru && JCDS_CVMFS_ROOT=~/cvmfs jcds run debian:12`,
      ],
    ],
  ],
  ['the client is here, and nobody knows a key', { ...CLIENT, ...JINR }, []],
  [
    'no client, on a system that cvmfsexec is not made for',
    {},
    [
      [
        'without root',
        'git clone https://github.com/cvmfs/cvmfsexec && (cd cvmfsexec && ./makedist -m rhel9-x86_64 default) && cvmfsexec/cvmfsexec unpacked.cern.ch -- jcds run debian:12',
      ],
      [
        'as root',
        `curl -O ${RELEASE}_all.deb && sudo dpkg -i cvmfs-release-latest_all.deb && sudo apt-get update && sudo apt-get install -y cvmfs && sudo sh -c 'printf '\\''CVMFS_CLIENT_PROFILE=single\\n'\\'' >/etc/cvmfs/default.local && mkdir -p /cvmfs/unpacked.cern.ch && mount -t cvmfs unpacked.cern.ch /cvmfs/unpacked.cern.ch' && jcds run debian:12`,
      ],
    ],
  ],
  [
    'no client on Red Hat’s, root, a repository that the client does not know, its key at hand',
    {
      ...JINR,
      key: '/home/ann/my keys/jinr.ru.pub',
      isRoot: true,
      distribution: ['almalinux', 'rhel', 'fedora'],
      programs: new Set(['git', 'curl', 'cpio', 'dnf', 'yum']),
    },
    [
      [
        'without root, once rpm2cpio is installed',
        `git clone https://github.com/cvmfs/cvmfsexec && (cd cvmfsexec && ./makedist default && mkdir -p dist/etc/cvmfs/keys/jinr.ru && cp '/home/ann/my keys/jinr.ru.pub' dist/etc/cvmfs/keys/jinr.ru/ && ${CONFIGURED} >dist/etc/cvmfs/config.d/containers.jinr.ru.conf) && cvmfsexec/cvmfsexec containers.jinr.ru -- jcds run debian:12`,
      ],
      [
        'as root',
        `dnf install -y ${RELEASE}.noarch.rpm && dnf install -y cvmfs && printf 'CVMFS_CLIENT_PROFILE=single\\n' >/etc/cvmfs/default.local && mkdir -p /etc/cvmfs/keys/jinr.ru && cp '/home/ann/my keys/jinr.ru.pub' /etc/cvmfs/keys/jinr.ru/ && ${CONFIGURED} >/etc/cvmfs/config.d/containers.jinr.ru.conf && mkdir -p /cvmfs/containers.jinr.ru && mount -t cvmfs containers.jinr.ru /cvmfs/containers.jinr.ru && jcds run debian:12`,
      ],
    ],
  ],
  [
    'no user namespaces, and no package manager that is known',
    { hasUserMounts: false, programs: new Set() },
    [],
  ],
  [
    'a container without FUSE',
    { isContainer: true, hasFuse: false },
    [['on the host of this container', 'docker run -v /cvmfs:/cvmfs:shared …']],
  ],
  ['macOS', { isLinux: false }, []],
])('%s', (_name, changes, ways) => {
  expect(waysToMount({ ...DEBIAN, ...changes }, JOB).map(({ needs, command }) => [needs, command])).toEqual(
    ways,
  );
});

test('what only the operators can give is asked for', () => {
  const [first, second] = waysToMount({ ...DEBIAN, ...JINR, servers: [] }, JOB);
  const ask = 'with its key as KEY.pub and SERVER from the operators of containers.jinr.ru';
  expect([first?.needs, second?.needs]).toEqual([`without root, ${ask}`, `as root, ${ask}`]);
  expect(first?.command).toContain('cp KEY.pub dist/etc/cvmfs/keys/jinr.ru/');
  expect(first?.command).toContain('CVMFS_SERVER_URL="http://SERVER/cvmfs/@fqrn@"');
});

test('every command is one that a shell can read', () => {
  for (const changes of [{}, CLIENT, { ...CLIENT, isRoot: true }, { ...JINR, key: "/a b/it's.pub" }])
    for (const { command } of waysToMount({ ...DEBIAN, ...changes }, JOB))
      expect(spawnSync('sh', ['-n', '-c', command]).status).toBe(0);
});

const reason = { code: 'NOT_MOUNTED', detail: 'there is no /cvmfs', hint: 'ask the administrator' } as const;

test('the hint is lines of commands, or whom to ask', () => {
  const ways = [{ needs: 'as root', command: 'mount it' }];
  expect(adviceLines(ways, reason, true)).toBe(
    'images come by CVMFS, a read-only network file system; this host can mount it:\n  as root: mount it\nor say where it is mounted with --cvmfs-root',
  );
  expect(adviceLines([], reason, true)).toBe(
    'no way to mount it without help is open on this host: ask the administrator',
  );
  expect(adviceLines([], reason, false)).toBe(
    'images run on Linux: use a Linux machine, or a virtual one such as Lima’s or podman’s',
  );
});

test.each([
  ['6.1.0-18-amd64', true],
  ['4.18.0-553.el8', true],
  ['4.4.0', false],
  ['3.10.0-1160.el7', false],
])('Linux %s lets users mount FUSE: %s', (version, expected) => {
  expect(hasUserFuse(version)).toBe(expected);
});

test('the facts of this very host can be found out', async () => {
  const environment = { PATH: '/usr/bin:/bin' };
  const named = { servers: ['http://127.0.0.1:1/cvmfs/@fqrn@'], keys: [keyFile()] };
  const facts = await mountFacts(repositoryNamed('a.example.org'), '/cvmfs', named, {
    environment,
    uid: 1000,
  });
  expect(facts).toMatchObject({
    repository: 'a.example.org',
    isRoot: false,
    isLinux: process.platform === 'linux',
    servers: ['http://127.0.0.1:1/cvmfs/a.example.org'],
    key: keyFile(),
  });
  expect(facts.machine).not.toBe('');
});
