import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openObjectCache } from '../../../src/cvmfs/http/object-cache.ts';
import { revisionMemory } from '../../../src/cvmfs/http/revision-memory.ts';
import { seal, unseal } from '../../../src/files/sealed.ts';
import { NOW, type Publication, STRANGER } from './generator.ts';
import { failure, laboratory } from './laboratory.ts';
import { closedPort } from './server.ts';

const { serve, open, directory } = laboratory();
const R = 'test.example.org';
const HOUR = 3_600_000;

async function see(publication: Publication): Promise<void> {
  const server = await serve(publication);
  const repository = await open(server);
  await repository.list('/');
  await repository.close();
  await server.close();
}

test('a server that lags behind is passed over for one that does not', async () => {
  await see({ revision: 8 });
  const [old, current] = [await serve({ revision: 7 }), await serve({ revision: 9 })];
  const repository = await open([old, current]);
  expect({ revision: repository.revision, freshness: repository.freshness }).toEqual({
    revision: 9,
    freshness: { from: 'server', server: `${current.origin}/cvmfs/${R}` },
  });
  expect(repository.notes().map(({ code, message }) => ({ code, message }))).toEqual([
    {
      code: 'REVISION_OLDER',
      message: `the servers have revision 7 of ${R}, older than revision 8 seen before`,
    },
  ]);
});

test('the newer revision remembered answers when all that can be asked lag behind', async () => {
  await see({ revision: 8 });
  const down = await closedPort();
  const repository = await open([await serve({ revision: 7 }), `${down}/cvmfs/@fqrn@`], {
    now: () => NOW + HOUR,
  });
  expect(repository).toMatchObject({
    revision: 8,
    isVerified: true,
    freshness: { from: 'memory', confirmedAt: NOW },
  });
  expect(await repository.list('/')).toEqual([]);
});

test('when every server is older it is an error, until the revision is forgotten', async () => {
  await see({ revision: 8 });
  const servers = [await serve({ revision: 3 }), await serve({ revision: 4 })];
  expect(await failure(open(servers))).toEqual({
    code: 'REVISION_OLDER',
    message: `the servers have revision 3 of ${R}, older than revision 8 seen before`,
    exitCode: 75,
  });
  await revisionMemory(await openObjectCache({ directory: directory() }), R).forget();
  expect((await open(servers)).revision).toBe(3);
});

test('the same number published earlier is older too', async () => {
  await see({ revision: 8, publishedAt: 1_795_368_702 });
  expect(await failure(open(await serve({ revision: 8, publishedAt: 1_795_368_701 })))).toMatchObject({
    code: 'REVISION_OLDER',
  });
  expect((await open(await serve({ revision: 8, publishedAt: 1_795_368_703 }))).revision).toBe(8);
});

test('without network the cache answers, and says since when and why', async () => {
  await see({ revision: 8 });
  const repository = await open(`${await closedPort()}/cvmfs/@fqrn@`, { now: () => NOW + 30 * HOUR });
  expect(await repository.list('/')).toEqual([]);
  expect(repository.freshness).toMatchObject({
    from: 'memory',
    confirmedAt: NOW,
    because: { code: 'SERVER_UNREACHABLE' },
  });
});

test('without network and without a memory it is unreachable', async () => {
  const origin = await closedPort();
  expect(await failure(open(`${origin}/cvmfs/@fqrn@`))).toEqual({
    code: 'SERVER_UNREACHABLE',
    message: `the manifest of ${R} cannot be fetched: ${origin}/cvmfs/${R} refused the connection`,
    exitCode: 75,
  });
});

test('without network an expired whitelist ends it', async () => {
  await see({ revision: 8 });
  const later = Date.parse('2026-12-23T00:00:00Z');
  expect(await failure(open(`${await closedPort()}/cvmfs/@fqrn@`, { now: () => later }))).toEqual({
    code: 'WHITELIST_EXPIRED',
    message: `the whitelist of ${R} expired on 2026-12-22 17:31 UTC`,
    exitCode: 75,
  });
});

test('a server that sends something forged is not covered up by the memory', async () => {
  await see({ revision: 8 });
  const forged = await serve({ revision: 9, manifest: { key: STRANGER } });
  expect(await failure(open(forged))).toMatchObject({ code: 'MANIFEST_SIGNATURE_INVALID' });
  expect((await open(await serve({ revision: 8 }))).revision).toBe(8);
});

test('a whitelist that ran out is fetched again with the same manifest', async () => {
  const server = await serve({ revision: 8 });
  await (await open(server)).close();
  server.requests.length = 0;
  const later = Date.parse('2026-12-23T00:00:00Z');
  expect(await failure(open(server, { now: () => later }))).toMatchObject({ code: 'WHITELIST_EXPIRED' });
  expect(server.requests.sort()).toEqual([`${R}/.cvmfspublished (conditional)`, `${R}/.cvmfswhitelist`]);
});

test('a new revision comes with a new look at the whitelist, and keeps the certificate', async () => {
  await see({ revision: 8 });
  const server = await serve({ revision: 9 });
  await open(server);
  expect(server.requests.sort()).toEqual([`${R}/.cvmfspublished`, `${R}/.cvmfswhitelist`]);
});

test('nothing unverified is remembered', async () => {
  const forged = await serve({ revision: 999, manifest: { key: STRANGER } });
  await failure(open(forged));
  await (await open(forged, { insecure: true })).close();
  expect((await open(await serve({ revision: 8 }))).revision).toBe(8);
});

test.each([
  ['cut short', (text: string) => text.slice(0, -20)],
  ['of another format', (text: string) => text.replace('"format":2', '"format":1')],
  ['of another revision', (text: string) => text.replace('"revision":8', '"revision":9')],
  ['without a server', (text: string) => text.replace('"server"', '"from"')],
  ['endless', (text: string) => text + ' '.repeat(3_000_000)],
])('a memory that is %s is as none', async (_, change) => {
  await see({ revision: 8 });
  const file = join(directory(), 'revisions', R, '8.json');
  // As somebody would who knows the form: the sum is right.
  const text = unseal(readFileSync(file))!;
  expect(change(text)).not.toBe(text);
  writeFileSync(file, seal(change(text)));
  expect((await open(await serve({ revision: 7 }))).revision).toBe(7);
});

test('a remembered validator that is no header is not sent', async () => {
  const server = await serve({ revision: 8 });
  await (await open(server)).close();
  const file = join(directory(), 'revisions', R, '8.json');
  writeFileSync(file, seal(unseal(readFileSync(file))!.replace('"etag":"', '"etag":"a\\r\\nx: y')));
  server.requests.length = 0;
  expect((await open(server)).revision).toBe(8);
  expect(server.requests).toEqual([`${R}/.cvmfspublished`]);
});

test('processes that remember different revisions at once leave the newest', async () => {
  const cache = await openObjectCache({ directory: directory() });
  const memory = revisionMemory(cache, R);
  const of = (revision: number) => ({
    revision,
    server: 's',
    bytes: Buffer.from('m'),
    whitelist: Buffer.from('w'),
    certificate: Buffer.from('c'),
    etag: null,
    lastModified: null,
    confirmedAt: NOW,
  });
  await Promise.all([3, 9, 5, 8, 1].map(revision => memory.remember(of(revision))));
  expect((await memory.recall())?.revision).toBe(9);
  await memory.remember(of(9));
  expect(readdirSync(join(directory(), 'revisions', R))).toEqual(['9.json']);
});
