import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Repository } from '../../../src/cvmfs/http/repository.ts';
import { failure, laboratory } from './laboratory.ts';
import type { Fault, ObjectKind } from './server.ts';

const { serve, open, directory } = laboratory();
const R = 'test.example.org';
const WHAT = {
  manifest: `the manifest of ${R}`,
  whitelist: `the whitelist of ${R}`,
  certificate: `the certificate of ${R}`,
  catalog: `the catalog of ${R} at "/"`,
} as const satisfies Partial<Record<ObjectKind, string>>;
type Kind = keyof typeof WHAT;
const KINDS = Object.keys(WHAT) as Kind[];

/** Faults of the network and the server: what is said of it, and with which code. */
const NETWORK: [Fault, string, string][] = [
  [{ status: 404 }, 'answered 404', 'OBJECT_NOT_SERVED'],
  [{ status: 500 }, 'answered 500', 'SERVER_UNREACHABLE'],
  ['redirect', 'answered 302', 'SERVER_UNREACHABLE'],
  ['hang', 'did not answer in time', 'SERVER_UNREACHABLE'],
  ['drip', 'answers too slowly', 'SERVER_UNREACHABLE'],
  ['reset', 'broke off the connection', 'SERVER_UNREACHABLE'],
  ['cut', 'broke off the connection', 'SERVER_UNREACHABLE'],
  ['html', 'answers with a web page', 'SERVER_UNREACHABLE'],
  ['huge', 'sends more than was announced', 'SERVER_UNREACHABLE'],
];

async function use(repository: Repository): Promise<unknown> {
  return repository.list('/');
}

const CASES = KINDS.flatMap(kind => NETWORK.map(([fault, words, code]) => ({ kind, fault, words, code })));

test.each(CASES)('$kind: $fault', async ({ kind, fault, words, code }) => {
  const server = await serve();
  server.faults.set(kind, fault);
  // Short only where waiting is the fault: a loaded machine needs time for all others.
  const direct = fault === 'hang' || fault === 'drip' ? 120 : 5000;
  const attempt = async () => use(await open(server, { timeout: { direct, proxy: direct } }));
  expect(await failure(attempt())).toEqual({
    code,
    message: `${WHAT[kind]} cannot be fetched: ${server.origin}/cvmfs/${R} ${words}`,
    exitCode: 75,
  });
});

/** Bytes that arrive, and are not what was published. */
const DAMAGED: [Kind, Fault, string, RegExp][] = [
  [
    'manifest',
    'truncate',
    'MANIFEST_MALFORMED',
    /^the manifest of test\.example\.org cannot be read: it is cut short or no signed text$/,
  ],
  [
    'manifest',
    'corrupt',
    'MANIFEST_HASH_MISMATCH',
    /^the manifest of test\.example\.org does not match the hash that it prints$/,
  ],
  [
    'whitelist',
    'truncate',
    'WHITELIST_MALFORMED',
    /^the whitelist of test\.example\.org cannot be read: it is cut short or no signed text$/,
  ],
  [
    'whitelist',
    'corrupt',
    'WHITELIST_HASH_MISMATCH',
    /^the whitelist of test\.example\.org does not match the hash that it prints$/,
  ],
  [
    'certificate',
    'truncate',
    'OBJECT_HASH_MISMATCH',
    /^the certificate of test\.example\.org does not match its hash [0-9a-f]{40}$/,
  ],
  [
    'certificate',
    'corrupt',
    'OBJECT_HASH_MISMATCH',
    /^the certificate of test\.example\.org does not match its hash [0-9a-f]{40}$/,
  ],
  [
    'catalog',
    'truncate',
    'OBJECT_HASH_MISMATCH',
    /^the catalog of test\.example\.org at "\/" does not match its hash [0-9a-f]{40}$/,
  ],
  [
    'catalog',
    'corrupt',
    'OBJECT_HASH_MISMATCH',
    /^the catalog of test\.example\.org at "\/" does not match its hash [0-9a-f]{40}$/,
  ],
];

test.each(DAMAGED)('%s: %s says %s', async (kind, fault, code, message) => {
  const server = await serve();
  server.faults.set(kind, fault);
  const attempt = async () => use(await open(server));
  expect(await failure(attempt())).toEqual({ code, message: expect.stringMatching(message), exitCode: 75 });
});

test.each(KINDS)('of a damaged %s nothing is used later', async kind => {
  const server = await serve();
  server.faults.set(kind, 'corrupt');
  await failure(open(server).then(use));
  const kept = existsSync(join(directory(), 'revisions')) ? readdirSync(join(directory(), 'revisions')) : [];
  if (kind !== 'catalog') expect(kept).toEqual([]);
  server.faults.clear();
  expect(await use(await open(server))).toEqual([]);
});

test('a server that fails for a moment is asked again', async () => {
  const server = await serve();
  server.faults.set('manifest', { status: 503 });
  let pauses = 0;
  const repository = await open(server, {
    pause: async () => {
      pauses++;
      server.faults.clear();
    },
  });
  expect({ revision: repository.revision, pauses }).toEqual({ revision: 7, pauses: 1 });
});

test('what cannot pass is not asked for again', async () => {
  const server = await serve();
  server.faults.set('manifest', { status: 404 });
  await failure(open(server));
  expect(server.requests.filter(path => path.endsWith('.cvmfspublished'))).toHaveLength(1);
});

test.each(KINDS)('the next server answers when the first has a damaged %s', async kind => {
  const [first, second] = [await serve(), await serve()];
  first.faults.set(kind, 'corrupt');
  const repository = await open([first, second]);
  expect(await use(repository)).toEqual([]);
  expect(repository.isVerified).toBe(true);
});

test('an abort ends everything at once', async () => {
  const server = await serve();
  server.faults.set('manifest', 'hang');
  const stop = new AbortController();
  const opening = open(server, { signal: stop.signal, timeout: { direct: 60_000, proxy: 60_000 } });
  stop.abort();
  await expect(opening).rejects.toThrow(/abort/i);
});

test('a failure leaves no request behind that would keep the process alive', async () => {
  const server = await serve();
  server.faults.set('manifest', { status: 404 });
  server.faults.set('whitelist', 'hang');
  await failure(open(server, { timeout: { direct: 60_000, proxy: 60_000 } }));
  expect(server.hung).toHaveLength(1);
  await Promise.all(server.hung);
});
