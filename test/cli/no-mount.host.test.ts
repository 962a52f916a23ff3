import { execFile } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { REAL, unpackReal } from '../cvmfs/http/real-repository.ts';
import { flipped, serve, type TestServer } from '../cvmfs/http/server.ts';
import { removeFolder } from './remove-folder.ts';
import { type Circumstances, type Ended, Setting } from './setting.ts';

// The real repository (published by CernVM-FS 2.12.0) on loopback, and jcds as it is installed, at a moment when the
// repository's whitelist is in force: Debian's faketime gives every process of jcds that clock, and lets it run.

const setting = new Setting();
const real = unpackReal();
afterAll(() => {
  real.remove();
  setting.remove();
});

const NOON = '2026-11-23 12:00:00';
const TARGET = `${setting.cvmfs}/${REAL.name}${REAL.image}`;
const PATH = `${setting.cvmfs}/${REAL.name}/library/busybox:1`;
const FINGERPRINT = 'SHA256:69fefddbc47b0574cb10dcbe1bf266646bb9a090319d5b77ff97b534e2a690cf';
const KEY = join(setting.home, 'small.jinr.ru.pub');
copyFileSync(REAL.key, KEY);

let server: TestServer;
beforeEach(async () => {
  server = await serve(real.directory);
});
afterEach(async () => {
  await server.close();
  removeFolder(join(setting.home, '.cache'));
});

/** Runs jcds at a time of the test's. The server is of this very process, which must not wait in a system call. */
function jcdsAt(time: string, words: readonly string[], { env }: Circumstances = {}): Promise<Ended> {
  const clock = { TZ: 'UTC', FAKETIME_DONT_FAKE_MONOTONIC: '1', JCDS_NETWORK: 'true' };
  const args = ['-f', `@${time}`, setting.program, ...words];
  const options = {
    cwd: setting.work,
    env: setting.environment({ ...clock, JCDS_NETWORK: undefined, ...env }),
  };
  return new Promise((resolve, reject) => {
    execFile('faketime', args, options, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== 'number') reject(error);
      else resolve({ code: (error?.code as number | undefined) ?? 0, stdout, stderr });
    });
  });
}

const at = (template = server.template): string[] => [
  ...['--repository', REAL.name],
  ...['--server', template],
  ...['--keys', KEY],
];
const jcds = (...words: string[]): Promise<Ended> => jcdsAt(NOON, [...words, ...at()]);

const NOT_MOUNTED = `there is no ${setting.cvmfs}/${REAL.name}`;

test('status says published, the revision, the target of the link, and that it is verified', async () => {
  expect(await jcds('status', 'library/busybox:1')).toEqual({
    code: 0,
    stderr: '',
    stdout: [
      'IMAGE              STATE      FINDINGS',
      'library/busybox:1  published',
      '',
      'library/busybox:1',
      `  published in ${REAL.name}, revision 2, verified; it has no path on this host: ${NOT_MOUNTED}`,
      `  target: ${TARGET}`,
      '',
      REAL.name,
      `  over HTTP it is at revision 2 of 2026-11-22 17:31 UTC, read from ${server.origin}/cvmfs/${REAL.name}; verified with the key ${FINGERPRINT} (${KEY})`,
      '',
    ].join('\n'),
  });
});

test('status --json and resolve --json are one object, with what the answer rests on', async () => {
  const status = await jcds('status', '--json', 'library/busybox:1');
  const [image] = JSON.parse(status.stdout);
  const { revision, newest, reasons, ...rest } = image;
  expect([newest, reasons.newest]).toEqual([null, expect.any(String)]);
  expect(image).toMatchObject({
    state: 'published',
    path: PATH,
    target: TARGET,
    mounted: false,
    verified: true,
    http: { revision: 2, from: 'server', keys: [{ fingerprint: FINGERPRINT, source: KEY }] },
    revision: { client: null, server: 2 },
  });
  const resolved = await jcds('resolve', '--json', 'library/busybox:1');
  const { confirmedAt: _at, ...http } = JSON.parse(resolved.stdout).http;
  expect(resolved.code).toBe(0);
  const { reasons: others, ...told } = JSON.parse(resolved.stdout);
  expect(Object.keys(others)).toEqual(Object.keys(reasons));
  expect({ ...told, http }).toEqual({
    ...rest,
    newest: null,
    http: { ...http, server: rest.http.server },
  });
});

test('a path that does not exist here is only printed with --no-mount', async () => {
  const plain = await jcds('resolve', 'library/busybox:1');
  expect([plain.code, plain.stdout]).toEqual([75, '']);
  const [message, hint] = plain.stderr.split('\n');
  expect(message).toBe(
    `jcds: library/busybox:1 is published in ${REAL.name}, but has no path on this host: ${NOT_MOUNTED}`,
  );
  expect(hint).toBe(
    `hint: to have the path that it would have: jcds resolve --no-mount --repository ${REAL.name} --server ${server.template} --keys ${KEY} library/busybox:1`,
  );
  const none = { code: 0, stderr: '' };
  expect(await jcds('resolve', '--no-mount', 'library/busybox:1')).toEqual({ ...none, stdout: `${PATH}\n` });
  expect(await jcds('resolve', '--no-mount', '--pinned', PATH)).toEqual({ ...none, stdout: `${TARGET}\n` });
});

test('names are listed, sizes counted, and both say whether they are proven', async () => {
  const list = await jcds('list');
  expect(list.stdout.split('\n').sort()).toEqual([
    '',
    'htc/busybox:rel',
    'library/broken:1',
    'library/busybox:1',
    'library/busybox:latest',
  ]);
  expect(server.requests.filter(path => path.endsWith('C'))).toHaveLength(1);
  const [line] = (await jcds('list', '--json', 'htc/*')).stdout.split('\n');
  const name = 'htc/busybox:rel';
  const path = `${setting.cvmfs}/${REAL.name}/${name}`;
  expect(JSON.parse(line!)).toEqual({ repository: REAL.name, name, path, mounted: false, verified: true });
  const size = await jcds('cache', '--json', 'library/busybox:1');
  expect(JSON.parse(size.stdout)).toMatchObject({
    files: 4,
    bytes: 1_982_306,
    source: 'server',
    mounted: false,
    verified: true,
  });
});

test('without the key nothing is said of an image, and with --insecure everything is marked', async () => {
  const unkeyed = ['--repository', REAL.name, '--server', server.template];
  expect(await jcdsAt(NOON, ['status', 'busybox:1', ...unkeyed])).toMatchObject({
    code: 75,
    stdout: expect.stringContaining(`no public key of ${REAL.name} is known here`),
  });
  const mark = `jcds: UNVERIFIED (--insecure): nothing proves that this is what ${REAL.name} publishes\n`;
  const insecure = [...unkeyed, '--insecure', '--no-mount', '-q'];
  expect(await jcdsAt(NOON, ['resolve', 'busybox:1', ...insecure])).toEqual({
    code: 0,
    stdout: `${PATH}\n`,
    stderr: mark,
  });
  expect((await jcdsAt(NOON, ['list', ...insecure])).stderr).toBe(mark);
  const { stdout } = await jcdsAt(NOON, ['status', 'busybox:1', ...insecure]);
  expect(stdout).toContain('published in small.jinr.ru, revision 2, UNVERIFIED');
  expect(stdout).toContain('UNVERIFIED (--insecure): nothing proves it');
});

/** Serves the repository with one byte of one of its files changed. */
async function damaged(name: string, place: (bytes: Buffer) => number): Promise<TestServer> {
  const directory = join(setting.folder, `damaged-${Math.random()}`);
  mkdirSync(directory);
  cpSync(real.directory, directory, { recursive: true });
  const file = join(directory, REAL.name, name);
  const bytes = readFileSync(file);
  writeFileSync(file, flipped(bytes, place(bytes)));
  return serve(directory);
}

function objectOf(letter: 'C' | 'X'): string {
  const line = readFileSync(join(real.directory, REAL.name, '.cvmfspublished'), 'latin1')
    .split('\n')
    .find(text => text.startsWith(letter))!;
  return `data/${line.slice(1, 3)}/${line.slice(3)}${letter}`;
}

const behind = (mark: string) => (bytes: Buffer) => bytes.indexOf(mark) + mark.length;

const NOT_ITS_HASH = 'does not match the hash that it prints';

test.each<[string, string, (bytes: Buffer) => number, string, string]>([
  [
    'the revision in the manifest',
    '.cvmfspublished',
    behind('\nS'),
    'manifest',
    `the manifest of ${REAL.name} ${NOT_ITS_HASH}`,
  ],
  [
    'the hash that the manifest prints',
    '.cvmfspublished',
    behind('\n--\n'),
    'manifest',
    `the manifest of ${REAL.name} ${NOT_ITS_HASH}`,
  ],
  [
    'the signature of the manifest',
    '.cvmfspublished',
    bytes => bytes.length - 20,
    'manifest',
    `the signature of the manifest of ${REAL.name} does not fit its certificate`,
  ],
  [
    'the expiry in the whitelist',
    '.cvmfswhitelist',
    behind('\nE202'),
    'whitelist',
    `the whitelist of ${REAL.name} ${NOT_ITS_HASH}`,
  ],
  [
    'a fingerprint in the whitelist',
    '.cvmfswhitelist',
    behind('\nCE:'),
    'whitelist',
    `the whitelist of ${REAL.name} ${NOT_ITS_HASH}`,
  ],
  [
    'the signature of the whitelist',
    '.cvmfswhitelist',
    bytes => bytes.length - 20,
    'whitelist',
    `the whitelist of ${REAL.name} is not signed with a key known here: ${KEY} (${FINGERPRINT})`,
  ],
  [
    'the certificate',
    objectOf('X'),
    bytes => bytes.length >> 1,
    'object',
    `the certificate of ${REAL.name} does not match its hash 4771974d16d3a775c882427c2234e0593f036dc8`,
  ],
  [
    'the root catalog',
    objectOf('C'),
    bytes => bytes.length >> 1,
    'object',
    `the catalog of ${REAL.name} at "/" does not match its hash 45fda6162738395498a840363b51f24b17b1e49e`,
  ],
])(
  'one byte of %s changed: what is wrong is said, and nothing of it is kept',
  async (_what, name, place, step, detail) => {
    const bad = await damaged(name, place);
    const ended = await jcdsAt(NOON, ['status', '--json', 'library/busybox:1', ...at(bad.template)]);
    expect([ended.code, JSON.parse(ended.stdout)]).toMatchObject([
      75,
      [
        {
          state: 'unreachable',
          verified: null,
          reason: {
            code: 'NOT_VERIFIED',
            step,
            detail: `${detail} (looked over HTTP, since nothing is mounted: ${NOT_MOUNTED})`,
          },
        },
      ],
    ]);
    const shown = await jcdsAt(NOON, ['status', 'library/busybox:1', ...at(bad.template)]);
    expect(shown.stdout).toContain(`  unreachable: ${REAL.name} cannot be seen: ${detail} (`);
    await bad.close();
    const offline = await jcdsAt(NOON, ['resolve', '--no-mount', 'busybox:1', ...at(bad.template)]);
    expect([offline.code, offline.stdout]).toEqual([75, '']);
    expect(offline.stderr).toContain('refused the connection');
  },
);

test('without network it answers from the cache and says how old that is, until the whitelist is over', async () => {
  await jcds('status', 'library/busybox:1');
  await server.close();
  const later = await jcdsAt('2026-11-26 13:00:00', ['status', 'library/busybox:1', ...at()]);
  expect(later.code).toBe(0);
  expect(later.stdout).toContain(`published in ${REAL.name}, revision 2, verified`);
  expect(later.stdout).toContain(
    `read from the cache, where a server last confirmed it 3 days ago, since none could be asked (the manifest of ${REAL.name} cannot be fetched: ${server.origin}/cvmfs/${REAL.name} refused the connection)`,
  );
  const over = await jcdsAt('2026-12-23 00:00:00', ['status', 'library/busybox:1', ...at()]);
  expect(over.code).toBe(75);
  expect(over.stdout).toContain('the whitelist of small.jinr.ru expired on 2026-12-22 17:31 UTC');
});

test.each([
  ['2026-11-22 00:00:00', 'the whitelist of small.jinr.ru is valid only from 2026-11-22 17:31 UTC'],
  ['2026-12-23 00:00:00', 'the whitelist of small.jinr.ru expired on 2026-12-22 17:31 UTC'],
])('at %s %s', async (time, message) => {
  const ended = await jcdsAt(time, ['resolve', 'busybox:1', '--no-mount', ...at()]);
  expect([ended.code, ended.stdout]).toEqual([75, '']);
  expect(ended.stderr).toContain(message);
});

test('wait waits for a path on this host, and with --no-mount for the publication', async () => {
  const here = await jcds('wait', '--timeout', '1s', 'busybox:1');
  expect([here.code, here.stdout]).toEqual([75, '']);
  expect(here.stderr).toContain(
    `it is published in ${REAL.name}, but not mounted here: ${NOT_MOUNTED} (--no-mount waits for the publication alone)`,
  );
  const published = await jcds('wait', '--timeout', '1s', '--no-mount', 'busybox:1');
  expect([published.code, published.stdout]).toEqual([0, `${PATH}\n`]);
});

test('where the network is forbidden no server is asked', async () => {
  const env = { JCDS_NETWORK: 'false' };
  const plain = await jcdsAt(NOON, ['resolve', 'busybox:1', ...at()], { env });
  expect([plain.code, plain.stdout]).toEqual([75, '']);
  expect(plain.stderr).toContain(`cannot be seen: ${NOT_MOUNTED}\n`);
  const only = await jcdsAt(NOON, ['resolve', 'busybox:1', '--no-mount', ...at()], { env });
  expect(only).toEqual({
    code: 2,
    stdout: '',
    stderr:
      'jcds: --no-mount looks over HTTP, and the setting "network" forbids jcds the network\nhint: leave out --no-mount, or see where the setting comes from with: jcds config list\n',
  });
  expect(server.requests).toEqual([]);
});

test('names for TAB are listed over HTTP, and not from what is unverified', async () => {
  const directory = join(setting.home, '.cache/jcds/completion');
  const names = (): string[] =>
    existsSync(directory) ? readdirSync(directory).filter(name => name.startsWith(REAL.name)) : [];
  const insecure = ['--repository', REAL.name, '--server', server.template, '--insecure'];
  expect((await jcdsAt(NOON, ['completion', 'refresh', ...insecure])).stderr).toContain(
    'the names of small.jinr.ru were not kept: they are unverified',
  );
  expect((await jcdsAt(NOON, ['list', ...insecure])).code).toBe(0);
  expect(names()).toHaveLength(0);
  expect(await jcds('completion', 'refresh')).toEqual({ code: 0, stdout: '', stderr: '' });
  expect(names()).toHaveLength(1);
  rmSync(directory, { recursive: true });
  expect((await jcds('list')).code).toBe(0);
  expect(names()).toHaveLength(1);
  const file = readFileSync(join(directory, `${REAL.name}.names`), 'utf8');
  expect(file.split('\n').slice(1)).toEqual([
    'htc/busybox:rel',
    'library/broken:1',
    'library/busybox:1',
    'library/busybox:latest',
    '',
  ]);
});
