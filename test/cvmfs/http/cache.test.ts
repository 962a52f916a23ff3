import { execFile, execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { evict } from '../../../src/cvmfs/http/cache-eviction.ts';
import { contentHash } from '../../../src/cvmfs/http/hash.ts';
import { openObjectCache } from '../../../src/cvmfs/http/object-cache.ts';
import { objectName } from '../../../src/cvmfs/http/object-path.ts';
import { REAL_WRITING_CALLS, type WritingCalls } from '../../../src/files/replace.ts';
import { failure, laboratory } from './laboratory.ts';
import { temporaryDirectory } from './real-repository.ts';
import { flipped } from './server.ts';

const { serve, open, directory } = laboratory();
const run = promisify(execFile);
let workerDirectory: string;
let worker: string;

beforeAll(async () => {
  workerDirectory = temporaryDirectory();
  worker = join(workerDirectory, 'worker.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'cache-worker.ts')],
    bundle: true,
    loader: { '.sh': 'text' },
    platform: 'node',
    format: 'esm',
    outfile: worker,
    logLevel: 'error',
  });
});
afterAll(() => rmSync(workerDirectory, { recursive: true, force: true }));

/** Every file below the objects, with whether its content is what its name says. */
function inventory(cacheDirectory: string): { name: string; size: number; isWhole: boolean }[] {
  const objects = join(cacheDirectory, 'objects');
  return readdirSync(objects, { recursive: true, encoding: 'utf8' })
    .filter(name => statSync(join(objects, name)).isFile())
    .map(name => {
      const bytes = readFileSync(join(objects, name));
      return { name, size: bytes.length, isWhole: objectName(contentHash('sha1', bytes), 'C') === name };
    });
}

const BYTES = Buffer.from('some object');
const HASH = contentHash('sha1', BYTES);

test('keeps an object, for this user alone', async () => {
  const cache = await openObjectCache({ directory: join(directory(), 'deep', 'cache') });
  expect(await cache.read(HASH, 'C')).toBeNull();
  await cache.write(HASH, 'C', BYTES);
  expect(await cache.read(HASH, 'C')).toEqual(BYTES);
  expect(await cache.read(HASH, 'X')).toBeNull();
  const modes = ['.', 'objects', `objects/${HASH.hex.slice(0, 2)}`].map(
    name => statSync(join(cache.directory, name)).mode & 0o777,
  );
  expect(modes).toEqual([0o700, 0o700, 0o700]);
  expect(statSync(join(cache.directory, 'objects', objectName(HASH, 'C'))).mode & 0o777).toBe(0o600);
});

test.each([
  ['changed', (bytes: Uint8Array) => flipped(bytes, 3)],
  ['cut short', (bytes: Uint8Array) => bytes.subarray(1)],
  ['emptied', () => Buffer.alloc(0)],
])('an object that was %s is not used, and goes', async (_, damage) => {
  const cache = await openObjectCache({ directory: directory() });
  await cache.write(HASH, 'C', BYTES);
  writeFileSync(join(directory(), 'objects', objectName(HASH, 'C')), damage(BYTES));
  expect(await cache.read(HASH, 'C')).toBeNull();
  expect(inventory(directory())).toEqual([]);
});

test('a repository whose cached objects are all damaged is fetched again', async () => {
  const server = await serve();
  const first = await open(server);
  await first.list('/');
  await first.close();
  for (const { name } of inventory(directory())) writeFileSync(join(directory(), 'objects', name), 'rubbish');
  server.requests.length = 0;
  const again = await open(server);
  expect(await again.list('/')).toEqual([]);
  expect(server.requests).toHaveLength(2);
});

test('what was not used for longest goes first when the room is used up', async () => {
  const cache = await openObjectCache({ directory: directory(), limit: 10_000 });
  const objects = Array.from({ length: 12 }, (_, index) => Buffer.alloc(1000, index + 1));
  const hashes = objects.map(bytes => contentHash('sha1', bytes));
  for (const [index, bytes] of objects.entries()) {
    await cache.write(hashes[index]!, '', bytes);
    const file = join(directory(), 'objects', objectName(hashes[index]!, ''));
    const age = index === 0 ? 0 : 1000 - index;
    const time = Date.now() / 1000 - age;
    if (index < 11) utimesSync(file, time, time);
  }
  const kept = await Promise.all(hashes.map(hash => cache.has(hash, '')));
  const total = inventory(directory()).reduce((sum, { size }) => sum + size, 0);
  expect(total).toBeLessThanOrEqual(10_000);
  expect(kept.at(0)).toBe(true);
  expect(kept.at(1)).toBe(false);
  expect(kept.at(-1)).toBe(true);
});

test('an object larger than the whole cache is not kept', async () => {
  const cache = await openObjectCache({ directory: directory(), limit: 5 });
  await cache.write(HASH, 'C', BYTES);
  expect(await cache.has(HASH, 'C')).toBe(false);
});

test('processes that write and clean up at once leave only whole objects', async () => {
  const args = (seed: string) => [worker, directory(), '40', '20000', '300000', seed];
  const results = await Promise.all(['a', 'a', 'b'].map(seed => run(process.execPath, args(seed))));
  expect(results.map(({ stdout }) => stdout.endsWith('done\n'))).toEqual([true, true, true]);
  const found = inventory(directory());
  expect(found.filter(({ isWhole }) => !isWhole)).toEqual([]);
  expect(found.reduce((sum, { size }) => sum + size, 0)).toBeLessThanOrEqual(400_000);
});

test('a process killed in the middle of writing leaves nothing that is used', async () => {
  const child = spawn(process.execPath, [worker, directory(), '100000', '3000000', '60000000', 'k'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise(resolve => child.on('exit', (_, signal) => resolve(signal)));
  child.stdout.once('data', () => child.kill('SIGKILL'));
  expect(await ended).toBe('SIGKILL');
  const named = inventory(directory()).filter(({ name }) => !name.includes('.new-'));
  expect(named.filter(({ isWhole }) => !isWhole)).toEqual([]);
  expect((await open(await serve())).isVerified).toBe(true);
});

test('what a killed process left half-written is cleared away after an hour', async () => {
  const cache = await openObjectCache({ directory: directory() });
  const room = join(directory(), 'objects', '00');
  mkdirSync(room, { recursive: true });
  const [old, young] = [join(room, '.new-1-old'), join(room, '.new-2-young')];
  for (const file of [old, young]) writeFileSync(file, 'half');
  const yesterday = Date.now() / 1000 - 86_400;
  utimesSync(old, yesterday, yesterday);
  await cache.write(HASH, 'C', BYTES);
  expect(readdirSync(room)).toEqual(['.new-2-young']);
});

/** The calls of a disk that is full: whatever is longer than a few words does not fit. */
const FULL: WritingCalls = {
  ...REAL_WRITING_CALLS,
  create: (file, content, making) => {
    REAL_WRITING_CALLS.create(file, content.slice(0, 3), making);
    if (content.length <= 3) return;
    throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC', syscall: 'write' });
  },
};

test('on a full disk the answer is given all the same, with a note, and nothing half-written stays', async () => {
  const cache = await openObjectCache({ directory: directory(), calls: FULL });
  const repository = await open(await serve(), { cache });
  expect(await repository.list('/')).toEqual([]);
  const notes = repository.notes().map(({ code, message, exitCode }) => ({ code, message, exitCode }));
  expect(notes).toEqual([
    {
      code: 'CACHE_NOT_WRITTEN',
      message: expect.stringMatching(/^\/.*\/revisions\/.*\/7\.json cannot be written to the cache: ENOSPC$/),
      exitCode: 75,
    },
    {
      code: 'CACHE_NOT_WRITTEN',
      message: expect.stringMatching(/^\/.*[CX] cannot be written to the cache: ENOSPC$/),
      exitCode: 75,
    },
  ]);
  expect(inventory(directory())).toEqual([]);
});

test('a process that may write no more than 64 kB says so and leaves nothing half-written', async () => {
  const command = 'ulimit -f 64; exec "$0" "$@"';
  const { stdout } = await run('bash', [
    '-c',
    command,
    process.execPath,
    worker,
    directory(),
    '1',
    '1000000',
    '9000000',
    'f',
  ]);
  expect(stdout).toMatch(/^CACHE_NOT_WRITTEN: .* cannot be written to the cache: EFBIG\n$/);
  expect(inventory(directory())).toEqual([]);
});

test('links in the place of its directories lead no writer and no clean-up elsewhere', async () => {
  const elsewhere = temporaryDirectory();
  try {
    const room = HASH.hex.slice(0, 2);
    for (const place of [join(elsewhere, 'a'), join(elsewhere, 'b', room)])
      mkdirSync(place, { recursive: true });
    for (const name of ['a/old', `b/${room}/old`]) writeFileSync(join(elsewhere, name), Buffer.alloc(10_000));
    const before = readdirSync(elsewhere, { recursive: true });
    const cache = await openObjectCache({ directory: directory(), limit: 100 });
    mkdirSync(join(directory(), 'objects'));
    symlinkSync(join(elsewhere, 'a'), join(directory(), 'objects', room));
    await expect(cache.write(HASH, 'C', BYTES)).rejects.toMatchObject({ code: 'CACHE_NOT_WRITTEN' });
    rmSync(join(directory(), 'objects'), { recursive: true });
    symlinkSync(join(elsewhere, 'b'), join(directory(), 'objects'));
    await expect(cache.write(HASH, 'C', BYTES)).rejects.toMatchObject({ code: 'CACHE_NOT_WRITTEN' });
    await evict(directory(), 'objects', 100);
    expect(readdirSync(elsewhere, { recursive: true })).toEqual(before);
  } finally {
    rmSync(elsewhere, { recursive: true });
  }
});

test('a FIFO or a device in the place of what is remembered holds nothing up', async () => {
  const server = await serve();
  await (await open(server)).close();
  const revisions = join(directory(), 'revisions');
  const [repository] = readdirSync(revisions);
  const [file] = readdirSync(join(revisions, repository!));
  const place = join(revisions, repository!, file!);
  for (const plant of [
    () => execFileSync('mkfifo', [place]),
    () => symlinkSync('/dev/zero', place),
    () => writeFileSync(place, '00000000\n{}'),
  ]) {
    rmSync(place);
    plant();
    const again = await open(server);
    expect(again.isVerified).toBe(true);
    await again.close();
  }
});

const REFUSED: [string, string, () => Promise<unknown>][] = [
  [
    'a file system that cannot replace a file in one step',
    'its file system cannot replace a file in one step',
    () =>
      openObjectCache({
        directory: directory(),
        calls: {
          ...REAL_WRITING_CALLS,
          rename: () => {
            throw Object.assign(new Error('no'), { code: 'EEXIST', syscall: 'rename' });
          },
        },
      }),
  ],
  [
    'a file system whose rename does nothing',
    'its file system cannot replace a file in one step',
    () =>
      openObjectCache({
        directory: directory(),
        calls: { ...REAL_WRITING_CALLS, rename: () => undefined },
      }),
  ],
  [
    'a directory that others may write to',
    'others may write to it',
    () => {
      chmodSync(directory(), 0o777);
      return openObjectCache({ directory: directory() });
    },
  ],
  [
    'a file',
    'ENOTDIR',
    () => {
      rmSync(directory(), { recursive: true });
      writeFileSync(directory(), '');
      return openObjectCache({ directory: directory() });
    },
  ],
];

test.each(REFUSED)('%s is refused, and the option named', async (_, why, opening) => {
  const error = await opening().then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({
    code: 'CACHE_DIRECTORY_UNUSABLE',
    message: `the cache directory ${directory()} cannot be used: ${why}`,
    hint: 'name another directory, on a local disk, with --cache-dir DIR',
    exitCode: 2,
  });
});

test('without a cache everything is answered, and nothing is written', async () => {
  const server = await serve();
  const repository = await open(server, { cache: null });
  expect(await repository.list('/')).toEqual([]);
  expect(await failure(open('http://127.0.0.1:1/@fqrn@', { cache: null }))).toMatchObject({
    code: 'SERVER_UNREACHABLE',
  });
  expect(readdirSync(tmpdir())).not.toContain('objects');
});
