import { rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type PublicKey, readPublicKeys } from '../../../src/cvmfs/http/keys.ts';
import { openObjectCache } from '../../../src/cvmfs/http/object-cache.ts';
import {
  openRepository,
  type Repository,
  type RepositoryOptions,
} from '../../../src/cvmfs/http/repository.ts';
import { REAL, temporaryDirectory, unpackReal } from './real-repository.ts';
import { serve, type TestServer } from './server.ts';

let real: ReturnType<typeof unpackReal>;
let keys: PublicKey[];
let server: TestServer;
let directory: string;
const opened: Repository[] = [];

beforeAll(async () => {
  real = unpackReal();
  keys = await readPublicKeys([REAL.key]);
});
afterAll(() => real.remove());
beforeEach(async () => {
  server = await serve(real.directory);
  directory = temporaryDirectory();
});
afterEach(async () => {
  for (const repository of opened.splice(0)) await repository.close();
  await server.close();
  rmSync(directory, { recursive: true, force: true });
});

async function open(changes: Partial<RepositoryOptions> = {}): Promise<Repository> {
  const cache = await openObjectCache({ directory });
  const options = { name: REAL.name, servers: [server.template], keys, cache, now: () => REAL.now };
  const repository = await openRepository({ ...options, ...changes });
  opened.push(repository);
  return repository;
}

test('is verified, and says its revision, root hash and time', async () => {
  const { revision, rootHash, publishedAt, isVerified, ttlSeconds, freshness } = await open();
  expect({ revision, rootHash, publishedAt, isVerified, ttlSeconds, freshness }).toEqual({
    revision: 2,
    rootHash: '45fda6162738395498a840363b51f24b17b1e49e',
    publishedAt: Date.parse('2026-11-22T17:31:42Z'),
    isVerified: true,
    ttlSeconds: 240,
    freshness: { from: 'server', server: `${server.origin}/cvmfs/small.jinr.ru` },
  });
});

test('answers for a tag: stat, readlink, follow, list, statistics, content', async () => {
  const repository = await open();
  expect(await repository.stat('/library/busybox:1')).toMatchObject({
    kind: 'link',
    name: 'busybox:1',
    size: 94,
  });
  expect(await repository.readlink('/library/busybox:1')).toBe(`/cvmfs/small.jinr.ru${REAL.image}`);
  expect(await repository.follow('/library/busybox:1')).toMatchObject({ state: 'found', path: REAL.image });
  expect(await repository.follow('/htc/busybox:rel/bin/sh')).toMatchObject({
    state: 'found',
    path: `${REAL.image}/bin/busybox`,
  });
  expect(await repository.follow('/library/broken:1')).toEqual({ state: 'missing', path: '/.images/00' });
  expect(await repository.stat('/library/none:1')).toBeNull();
  expect((await repository.list('/library'))?.map(entry => entry.name).sort()).toEqual([
    'broken:1',
    'busybox:1',
    'busybox:latest',
  ]);
  expect(await repository.list('/README')).toBeNull();
  expect(await repository.statistics(REAL.image)).toEqual({
    files: 4,
    directories: 7,
    links: 9,
    specials: 0,
    bytes: 1982306,
    catalogs: 0,
  });
  expect(await repository.statistics('/library')).toBeNull();
  expect(Buffer.from(await repository.read('/README', 1000)).toString()).toMatch(/^[ -~]+\n$/);
});

test('takes three requests and the catalogs on the path when cold, one conditional request when warm', async () => {
  const cold = await open();
  await cold.follow('/library/busybox:1/etc/passwd');
  await cold.close();
  expect(server.requests.splice(0).sort()).toEqual([
    'small.jinr.ru/.cvmfspublished',
    'small.jinr.ru/.cvmfswhitelist',
    'small.jinr.ru/data/0d/ad0169c4d34480852585c9dd3faa4b2c63b272C',
    'small.jinr.ru/data/45/fda6162738395498a840363b51f24b17b1e49eC',
    'small.jinr.ru/data/47/71974d16d3a775c882427c2234e0593f036dc8X',
  ]);
  const warm = await open();
  expect(await warm.follow('/library/busybox:1')).toMatchObject({ state: 'found' });
  expect(server.requests).toEqual(['small.jinr.ru/.cvmfspublished (conditional)']);
});

test('lists names without ever loading the catalog of an image', async () => {
  const repository = await open();
  const paths: string[] = [];
  for await (const page of repository.walk('/')) paths.push(...page.map(({ path }) => path));
  expect(paths.sort()).toEqual([
    '/.cvmfsdirtab',
    '/.images',
    '/README',
    '/htc',
    '/htc/busybox:rel',
    '/library',
    '/library/broken:1',
    '/library/busybox:1',
    '/library/busybox:latest',
  ]);
  expect(server.requests.filter(path => path.endsWith('C'))).toHaveLength(1);
});
