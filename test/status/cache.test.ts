import { chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { mountedRepositories, readRepositoryCache } from '../../src/cvmfs/client-cache.ts';
import { clientTraffic } from '../../src/cvmfs/client-view.ts';
import { cacheRows, whyNoClient } from '../../src/status/cache-rows.ts';
import { directorySize } from '../../src/status/directory-size.ts';
import { countFiles, parseCounters } from '../../src/status/image-cache.ts';
import { ownCache, runtimeCaches, storeCache } from '../../src/status/local-caches.ts';
import { pruneOwnCache } from '../../src/status/prune.ts';
import { REAL, unpackReal } from '../cvmfs/http/real-repository.ts';
import { serve } from '../cvmfs/http/server.ts';
import { getfattr, onlyStandIns, printing, standIns } from '../cvmfs/stand-ins.ts';
import { makeOsgRepository } from '../hosts/tree.ts';
import { closed, cvmfs, GOOD, JINR, run, setAttributes } from './setting.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'jcds-cache-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const NONE = clientTraffic({ state: 'unknown', code: 'NOT_CVMFS', reason: '' });
const CLIENT = {
  isClients: true,
  quota: 4_194_304_000,
  used: 32_057_856,
  pinned: 2_056_192,
  unknown: null,
  traffic: {
    hitRate: 26.667,
    received: 1_601_536,
    downloads: 11,
    opened: 6,
    inputOutputErrors: 1,
    cleanups: 0,
    uptimeMinutes: 11,
  },
};
const OWN = {
  ...ownCache({ environment: {}, home: '/home/ann' }),
  size: { state: 'absent' },
} as const;
const NO_STORE = { ...storeCache('/home/ann/.local/share/jcds/store'), size: OWN.size };
const STORE = {
  ...NO_STORE,
  size: { state: 'measured', bytes: 2_000_000, isWhole: true, parts: {} },
} as const;

test('what a host with CVMFS is told', () => {
  const unheard = { ...CLIENT, pinned: null, unknown: 'this site keeps it from users', traffic: NONE };
  const repositories = [
    { ...CLIENT, repository: 'containers.jinr.ru' },
    { ...unheard, repository: 'unpacked.cern.ch' },
  ];
  const apptainer = {
    ...runtimeCaches({ environment: {}, home: '/home/ann', userName: 'ann' })[0]!,
    size: { state: 'measured', bytes: 1_200_000_000, isWhole: false, parts: {} },
  } as const;
  const rows = cacheRows({ root: '/cvmfs', repositories, runtimes: [apptainer], own: OWN, store: STORE });
  expect(rows.map(([cache, number, amount]) => [cache, number, amount])).toEqual([
    ['CVMFS', 'used', '[#---------] 32 MB of 4.2 GB'],
    ['CVMFS', 'pinned', '2.1 MB'],
    ['containers.jinr.ru', 'hit rate', '[###-------] 26.7 %'],
    ['containers.jinr.ru', 'downloaded', '1.6 MB, 11 downloads in 11 min'],
    ['containers.jinr.ru', 'clean-ups', '0'],
    ['containers.jinr.ru', 'read errors', '1'],
    ['unpacked.cern.ch', 'use', 'not told'],
    ['Apptainer', 'used', 'at least 1.2 GB'],
    ['jcds', 'used', 'nothing yet'],
    ['local copies', 'used', '2.0 MB'],
  ]);
  expect(rows.filter(([, , , meaning]) => meaning === '')).toEqual([]);
});

test('repositories with caches of their own are told apart', () => {
  const repositories = [
    { ...CLIENT, repository: 'a.example.org' },
    { ...CLIENT, repository: 'b.example.org', quota: 1_000_000_000, pinned: null },
  ];
  const rows = cacheRows({ root: '/cvmfs', repositories, runtimes: [], own: OWN, store: NO_STORE });
  expect(rows.slice(0, 4).map(([cache, number, amount]) => [cache, number, amount])).toEqual([
    ['CVMFS: a.example.org', 'used', '[#---------] 32 MB of 4.2 GB'],
    ['CVMFS: a.example.org', 'pinned', '2.1 MB'],
    ['CVMFS: b.example.org', 'used', '[#---------] 32 MB of 1.0 GB'],
    ['CVMFS: b.example.org', 'pinned', 'not told'],
  ]);
});

test('a host without CVMFS is told that, and why', async () => {
  const ran = await run(['cache', '--cvmfs-root', '/nowhere'], {
    environment: { XDG_CACHE_HOME: directory, JCDS_NETWORK: 'false' },
  });
  expect(ran).toEqual({
    code: 0,
    stderr: '',
    stdout: [
      'CACHE  NUMBER  AMOUNT       WHAT IT MEANS',
      `jcds   used    nothing yet  ${directory}/jcds: what jcds found out about images, runtimes and repositories, for you`,
      '',
      'No CVMFS client of this host serves a repository below /nowhere, so there is no cache of CVMFS here that could be reported.',
      `${JINR}: the attributes of /nowhere/${JINR} cannot be read (ENOENT)`,
      '',
    ].join('\n'),
  });
  const report = {
    root: '/cvmfs',
    repositories: [{ ...CLIENT, repository: JINR }],
    runtimes: [],
    own: OWN,
    store: NO_STORE,
  };
  expect(whyNoClient(report)).toEqual([]);
});

/** What the real programs print (2.12), `cvmfs_talk` as root. */
const TOOLS = {
  getfattr: getfattr({ revision: '6', hitrate: '26.667', rx: '1564', ncleanup24: '0', ndownload: '11' }),
  cvmfs_talk: printing('Current cache size is 30MB (32057556 Bytes), pinned: 1MB (2056192 Bytes)'),
};

/** Asks a mount through stand-ins for the client's tools. */
function read(tools: Readonly<Record<string, string>>, timeout = 5000) {
  return readRepositoryCache(
    { root: '/cvmfs', repository: JINR, timeout, mounts: [] },
    { environment: { PATH: onlyStandIns(join(directory, 'bin'), tools) } },
  );
}

test.each([
  ['allowed', TOOLS.cvmfs_talk, 2_056_192],
  ['refused', "echo 'Seems like CernVM-FS is not running (Permission denied)'\nexit 1\n", null],
  ['unknown to the tool', 'echo "What? Try help"\n', null],
  ['hanging', 'exec sleep 20\n', null],
])('cvmfs_talk %s', async (_what, cvmfs_talk, pinned) => {
  expect((await read({ ...TOOLS, cvmfs_talk }, 700)).pinned).toBe(pinned);
});

test('a mount is the client’s when the kernel says so, whatever it keeps from users', () => {
  const device = { device: '0:1', root: '/' };
  const mount = (at: string, source: string) => ({ directory: at, type: 'fuse', source, ...device });
  const mounts = [
    mount('/cvmfs/containers.jinr.ru', 'cvmfs2'),
    mount('/cvmfs/nfs.example.org', 'server:/cvmfs'),
    mount('/cvmfs/..', 'cvmfs2'),
    mount('/elsewhere/a.example.org', 'cvmfs2'),
    mount('/cvmfs/containers.jinr.ru', 'cvmfs2'),
  ];
  expect(mountedRepositories('/cvmfs', mounts)).toEqual(['containers.jinr.ru']);
});

test('a directory is measured, with its parts; one that is not there is nothing', async () => {
  mkdirSync(join(directory, 'sub/deep'), { recursive: true });
  writeFileSync(join(directory, 'sub/deep/file'), Buffer.alloc(100_000, 1));
  writeFileSync(join(directory, 'with blank'), Buffer.alloc(5000, 1));
  const size = await directorySize(directory, 5000);
  expect(size).toMatchObject({ state: 'measured', isWhole: true });
  if (size.state !== 'measured') return;
  expect(Object.keys(size.parts).sort()).toEqual(['sub', 'with blank']);
  expect(size.parts.sub).toBeGreaterThanOrEqual(100_000);
  expect(size.bytes).toBeGreaterThanOrEqual(size.parts.sub! + 5000);
  expect(await directorySize(join(directory, 'none'), 5000)).toEqual({ state: 'absent' });
});

test('caches of runtimes are where their own variables say', () => {
  const places = (environment: Record<string, string>) =>
    runtimeCaches({ environment, home: '/home/ann', userName: 'ann' }).map(cache => cache.directory);
  expect(places({})).toEqual([
    '/home/ann/.apptainer/cache',
    '/home/ann/.singularity/cache',
    '/home/ann/.local/share/containers/storage',
    '/var/tmp/ann.ch',
  ]);
  expect(
    places({
      APPTAINER_CACHEDIR: '/scratch/a',
      SINGULARITY_CACHEDIR: 'relative',
      XDG_DATA_HOME: '/data',
      CH_IMAGE_STORAGE: '/scratch/ch',
    }),
  ).toEqual(['/scratch/a', '/home/ann/.singularity/cache', '/data/containers/storage', '/scratch/ch']);
});

const COUNTERS = 'catalog_hash: x\ncatalog_mountpoint: /.images/ab/cd\nregular,9392\nfile_size,209082332\n';

test.each([
  [COUNTERS, '.images/ab/cd', { state: 'known', files: 9392, bytes: 209_082_332, source: 'client' }],
  [COUNTERS, '.images/ab/ce', null],
  [COUNTERS.replace('regular,9392\n', ''), '.images/ab/cd', null],
  ['', '.images/ab/cd', null],
])('%#: counters of a catalog count for an image only when they are its own', (text, path, expected) => {
  expect(parseCounters(text, path)).toEqual(expected);
});

test('parts of a file are one file, and neighbours are not the image', () => {
  const list = [
    '/.images/ab/cd/bin/sh',
    'Part of /.images/ab/cd/big',
    'Part of /.images/ab/cd/big',
    '/.images/ab/cde/bin/sh',
    '/.images/ab/cd',
    'file catalog at /.images/ab/cd (4309d2)',
    '',
  ].join('\n');
  expect(countFiles(list, '.images/ab/cd')).toBe(2);
});

test('the size of an image and its share in the cache, as root is told', async () => {
  const root = cvmfs({ 'library/debian:12': { files: GOOD, hash: 'ab'.repeat(32) } }, { revision: '6' });
  const place = `.images/ab/${'ab'.repeat(31)}`;
  setAttributes(join(root, JINR, place), { catalog_counters: COUNTERS.replace('.images/ab/cd', place) });
  const list = ['bin/sh', 'etc/passwd', 'etc/group'].map(name => `/${place}/${name}`).join('\n');
  const PATH = standIns(join(directory, 'bin'), { cvmfs_talk: printing(list) });
  const environment = { PATH, JCDS_NETWORK: 'false' };
  const ran = await run(['cache', '--cvmfs-root', root, 'debian:12'], { environment });
  expect(ran.stdout.split('\n').map(line => line.split(/ {2,}/).slice(0, 2))).toEqual([
    ['NUMBER', 'AMOUNT'],
    ['unpacked', '209 MB'],
    ['files', '9392'],
    ['cached here', '[#---------] 3 of 9392 files'],
    [''],
  ]);
  const json = await run(['cache', '--json', '--cvmfs-root', root, 'debian:12'], { environment });
  expect(JSON.parse(json.stdout)).toEqual({
    schemaVersion: 2,
    path: `${root}/${JINR}/library/debian:12`,
    target: join(root, JINR, place),
    mounted: true,
    verified: null,
    files: 9392,
    bytes: 209_082_332,
    source: 'client',
    sizeUnknown: null,
    cachedFiles: 3,
    cachedUnknown: null,
    http: null,
  });
});

test('what is not told about an image is said to be so', async () => {
  const root = cvmfs({ 'library/debian:12': { files: GOOD } }, { revision: '6' });
  const ran = await run(['cache', '--json', '--cvmfs-root', root, 'debian:12'], {
    environment: { JCDS_NETWORK: 'false' },
  });
  expect(JSON.parse(ran.stdout)).toMatchObject({
    files: null,
    sizeUnknown: 'jcds may not use the network here (setting `network`)',
    cachedFiles: null,
    cachedUnknown: 'only the CVMFS client could tell, and its tool cvmfs_talk is not here',
  });
});

/** A client that is set up for the real repository: its server, and its key or none. */
function clientOf(server: string, key: string | null): string {
  const lines = [`CVMFS_SERVER_URL=${server}`, ...(key === null ? [] : [`CVMFS_PUBLIC_KEY=${key}`])];
  return standIns(join(directory, 'bin'), { cvmfs_config: printing(lines.join('\n')) });
}

test('a server’s signed catalog tells what the client does not, when its key is known', async () => {
  const real = unpackReal();
  const server = closed(await serve(real.directory));
  const root = join(directory, 'cvmfs');
  const hash = REAL.image.replaceAll('/', '').replace('.images', '');
  makeOsgRepository(join(root, REAL.name), { 'library/busybox:1': { files: GOOD, hash } });
  const ask = async (key: string | null) => {
    const environment = { PATH: clientOf(server.template, key), XDG_CACHE_HOME: directory };
    const args = ['cache', '--json', '--cvmfs-root', root, '--repository', REAL.name, 'busybox:1'];
    return JSON.parse((await run(args, { environment, now: () => REAL.now })).stdout);
  };
  expect(await ask(null)).toMatchObject({
    files: null,
    sizeUnknown: 'no public key of small.jinr.ru is known here, so its signatures cannot be checked',
  });
  expect(await ask(REAL.key)).toMatchObject({ files: 4, bytes: 1_982_306, source: 'server' });
  real.remove();
});

test('the size of an image that is not published is no question', async () => {
  const root = cvmfs({ 'library/debian:12': { files: GOOD } }, { revision: '6' });
  const ran = await run(['cache', '--cvmfs-root', root, 'none:1'], {});
  expect([ran.code, ran.stdout]).toEqual([1, '']);
});

function fill(cache: string): void {
  for (const name of ['images', 'code', 'completion']) mkdirSync(join(cache, name), { recursive: true });
  writeFileSync(join(cache, 'images/one.json'), '{}');
  symlinkSync('/etc', join(cache, 'link'));
}

test('prune empties jcds’ own cache but for the index of TAB, follows no link, and names the other commands', async () => {
  const cache = join(directory, 'jcds');
  fill(cache);
  mkdirSync(join(directory, 'apptainer'));
  const environment = { XDG_CACHE_HOME: directory, APPTAINER_CACHEDIR: join(directory, 'apptainer') };
  const dry = await run(['cache', 'prune', '--dry-run', '--json'], { environment });
  expect(JSON.parse(dry.stdout)).toMatchObject({ removed: ['code', 'images', 'link'], dryRun: true });
  expect(existsSync(join(cache, 'images/one.json'))).toBe(true);
  const ran = await run(['cache', 'prune'], { environment });
  expect(ran.stdout.replace(/\(\d[^)]*B\)/, '(SIZE)')).toBe(
    [
      `removed from ${cache}: code, images, link (SIZE)`,
      'CVMFS, by root or the account cvmfs: cvmfs_talk -i REPOSITORY cleanup 0 (shrinks the cache to what is in use; jobs go on)',
      'CVMFS, by root: cvmfs_config wipecache (only while nothing uses it; everything is downloaded anew)',
      'Apptainer, by you: apptainer cache clean',
      '',
    ].join('\n'),
  );
  expect([
    existsSync(join(cache, 'images')),
    existsSync(join(cache, 'completion')),
    existsSync('/etc/passwd'),
  ]).toEqual([false, true, true]);
});

test('a cache of somebody else’s is not emptied', () => {
  const cache = { ...OWN, directory: join(directory, 'jcds') };
  fill(cache.directory);
  const uid = process.getuid?.() ?? 0;
  if (uid === 0) chownSync(cache.directory, 1, 1);
  expect(() => pruneOwnCache(cache, uid === 0 ? 0 : uid + 1, { state: 'unknown' }, false)).toThrow(
    `nothing was removed from ${cache.directory}: it belongs to another user`,
  );
  expect(existsSync(join(cache.directory, 'images/one.json'))).toBe(true);
});
