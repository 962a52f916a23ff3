import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findAnywhere } from '../../../src/cvmfs/find-anywhere.ts';
import type { HttpOptions } from '../../../src/cvmfs/no-mount/http-options.ts';
import { httpSentences, tellHttp } from '../../../src/cvmfs/no-mount/tell-http.ts';
import { isJcdsError } from '../../../src/errors.ts';
import { temporaryDirectory } from '../../rootfs/tree-on-disk.ts';
import { NOW, STRANGER } from '../http/generator.ts';
import { closedPort, type Fault, type ObjectKind, type TestServer } from '../http/server.ts';
import { named, search } from '../look-setting.ts';
import { publishTree } from './published-tree.ts';
import { context, LAB, requested, served } from './setting.ts';

const TREE = {
  'library/debian:12': { link: `/cvmfs/${LAB}/.images/ab` },
  '.images/ab': { directory: true },
} as const;

function serveLab(changes: Parameters<typeof publishTree>[2] = {}): Promise<TestServer> {
  return served(publishTree(LAB, TREE, changes));
}

async function look(
  server: TestServer | string | null,
  changes: Partial<HttpOptions> = {},
  seconds = 20,
  now = NOW,
) {
  const question = search('/cvmfs', [LAB], seconds);
  const asked = { ...context(), now: () => now };
  return findAnywhere(named('debian:12'), question, [], requested(server, changes), asked);
}

async function reasonOf(...args: Parameters<typeof look>) {
  const { publication } = await look(...args);
  if (publication.state !== 'unreachable') throw new Error(publication.state);
  expect(publication.repository).toBe(LAB);
  return publication.reason;
}

const unverified = (step: string, detail: RegExp) => ({
  code: 'NOT_VERIFIED',
  step,
  detail: expect.stringMatching(detail),
  hint: expect.stringContaining('--server URL'),
});

test.each<[ObjectKind, Fault, string, RegExp]>([
  ['manifest', 'truncate', 'manifest', /^the manifest of test\.example\.org cannot be read: /],
  [
    'manifest',
    'corrupt',
    'manifest',
    /^the manifest of test\.example\.org does not match the hash that it prints$/,
  ],
  [
    'whitelist',
    'corrupt',
    'whitelist',
    /^the whitelist of test\.example\.org does not match the hash that it prints$/,
  ],
  [
    'certificate',
    'corrupt',
    'object',
    /^the certificate of test\.example\.org does not match its hash [0-9a-f]{40}$/,
  ],
  [
    'catalog',
    'corrupt',
    'object',
    /^the catalog of test\.example\.org at "\/" does not match its hash [0-9a-f]{40}$/,
  ],
])('a %s that is damaged (%s) names the step: %s', async (kind, fault, step, detail) => {
  const server = await serveLab();
  server.faults.set(kind, fault);
  expect(await reasonOf(server)).toEqual(unverified(step, detail));
});

test.each([
  ['a manifest signed by another key', { manifest: { key: STRANGER } }, 'manifest'],
  ['a whitelist signed by another key', { whitelist: { key: STRANGER } }, 'whitelist'],
  ['a whitelist without the certificate', { whitelist: { fingerprints: [] } }, 'certificate'],
  ['a whitelist that is over', { whitelist: { expires: '20261122180000' } }, 'whitelist'],
  ['a whitelist of another repository', { whitelist: { name: 'a.example.org' } }, 'whitelist'],
  ['a manifest of another repository', { manifest: { fields: { N: 'a.example.org' } } }, 'manifest'],
] as const)('%s names the step', async (_name, changes, step) => {
  expect(await reasonOf(await serveLab(changes))).toMatchObject({ code: 'NOT_VERIFIED', step });
});

test.each<[ObjectKind, Fault, RegExp]>([
  ['manifest', { status: 500 }, /answered 500$/],
  ['manifest', 'html', /answers with a web page$/],
  ['manifest', 'reset', /broke off the connection$/],
  ['whitelist', { status: 404 }, /answered 404$/],
  ['certificate', 'cut', /broke off the connection$/],
  ['catalog', { status: 503 }, /answered 503$/],
])('a %s that is not given (%j) makes nothing missing', async (kind, fault, detail) => {
  const server = await serveLab();
  server.faults.set(kind, fault);
  const reason = await reasonOf(server);
  expect(reason).toMatchObject({ code: 'SERVER_UNREACHABLE', detail: expect.stringMatching(detail) });
});

test('servers that never answer are waited for as long as was said', async () => {
  const server = await serveLab();
  server.faults.set('manifest', 'hang');
  expect(await reasonOf(server, {}, 0.4)).toEqual({
    code: 'SERVER_UNREACHABLE',
    detail: 'the servers of test.example.org gave no whole answer within 0.4 s',
    hint: 'check the network and the proxy of this host, wait longer with --cvmfs-timeout, or name another server with --server URL',
  });
});

test('a repository of which no server or no key is known says which', async () => {
  expect(await reasonOf(null)).toEqual({
    code: 'SERVER_UNREACHABLE',
    detail: 'no server of test.example.org is known here',
    hint: 'name one with --server http://HOST/cvmfs/@fqrn@, or in the configuration: services["test.example.org"].servers',
  });
  expect(await reasonOf(await serveLab(), { keys: [] })).toEqual({
    code: 'KEYS_MISSING',
    detail: 'no public key of test.example.org is known here, so its signatures cannot be checked',
    hint: 'get the key from the operators of the repository and name it with --keys FILE, or look unverified with --insecure',
  });
});

function thrownBy(promise: Promise<unknown>): Promise<{ code: string; exitCode: number }> {
  return promise.then(
    () => ({ code: 'nothing', exitCode: 0 }),
    (error: unknown) => {
      if (!isJcdsError(error)) throw error;
      return { code: error.code, exitCode: error.exitCode };
    },
  );
}

function worldWritable(): string {
  const directory = join(temporaryDirectory(), 'open');
  mkdirSync(directory);
  chmodSync(directory, 0o777);
  return directory;
}

function textFile(): string {
  const file = join(temporaryDirectory(), 'key.pub');
  writeFileSync(file, 'no key');
  return file;
}

test('what the user named and cannot be is the user’s to hear', async () => {
  const server = await serveLab();
  expect(await thrownBy(look('ftp://x/cvmfs/@fqrn@'))).toEqual({ code: 'INVALID_SERVER', exitCode: 2 });
  expect(await thrownBy(look(server, { keys: [textFile()] }))).toEqual({ code: 'KEY_UNUSABLE', exitCode: 2 });
  const named = { cacheDirectory: worldWritable(), isCacheNamed: true };
  expect(await thrownBy(look(server, named))).toEqual({ code: 'CACHE_DIRECTORY_UNUSABLE', exitCode: 2 });
});

test('a cache that nobody named and cannot be costs the cache alone', async () => {
  const cacheDirectory = worldWritable();
  const { publication, http } = await look(await serveLab(), { cacheDirectory });
  expect(publication.state).toBe('published');
  expect(http?.notes).toEqual([
    `the cache directory ${cacheDirectory} cannot be used: others may write to it`,
  ]);
});

test('without a network the newest revision seen before answers, and says how old that is', async () => {
  const server = await serveLab();
  const cacheDirectory = join(temporaryDirectory(), 'cache');
  await look(server, { cacheDirectory });
  const gone = await closedPort();
  const later = NOW + 5 * 3600 * 1000;
  const found = await look(`${gone}/cvmfs/@fqrn@`, { cacheDirectory }, 20, later);
  expect(found.publication).toMatchObject({ state: 'published' });
  expect(found.http).toMatchObject({
    from: 'cache',
    server: null,
    verified: true,
    confirmedAt: new Date(NOW).toISOString(),
    because: `the manifest of ${LAB} cannot be fetched: ${gone}/cvmfs/${LAB} refused the connection`,
  });
  expect(httpSentences(found.http!, later)).toMatchObject({
    unverified: null,
    warnings: [
      `no server of ${LAB} could be asked (the manifest of ${LAB} cannot be fetched: ${gone}/cvmfs/${LAB} refused the connection): this is revision 7 from the cache, which a server last confirmed 5 h ago`,
    ],
  });
});

test('a revision older than one seen before is refused, until it is to be forgotten', async () => {
  const cacheDirectory = join(temporaryDirectory(), 'cache');
  await look(await serveLab({ revision: 9 }), { cacheDirectory });
  const rebuilt = await serveLab({ revision: 2 });
  expect(await reasonOf(rebuilt, { cacheDirectory })).toEqual({
    code: 'NOT_VERIFIED',
    step: 'revision',
    detail: `the servers have revision 2 of ${LAB}, older than revision 9 seen before`,
    hint: 'try again later, as a server may lag behind; if the repository was made anew, add --forget-revision once',
  });
  const forgotten = await look(rebuilt, { cacheDirectory, forgetRevision: true });
  expect(forgotten.http).toMatchObject({ revision: 2, from: 'server' });
  expect((await look(rebuilt, { cacheDirectory })).http).toMatchObject({ revision: 2 });
});

test('what is not verified is marked, and the mark cannot be silenced', async () => {
  const { http, publication } = await look(await serveLab({ whitelist: { key: STRANGER } }), {
    keys: [],
    insecure: true,
  });
  expect(publication.state).toBe('published');
  expect(http).toMatchObject({ verified: false, keys: [] });
  const said: string[] = [];
  const stderr = { isTerminal: false, columns: 80, write: (text: string) => said.push(text) > 0 };
  tellHttp(http!, { warn: () => {}, detail: () => {} }, { stderr, now: () => NOW });
  expect(said).toEqual([
    `jcds: UNVERIFIED (--insecure): nothing proves that this is what ${LAB} publishes\n`,
  ]);
});
