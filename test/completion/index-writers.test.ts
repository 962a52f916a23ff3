import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type IndexContext, indexDirectory } from '../../src/completion/index-age.ts';
import { readIndex, updateIndex } from '../../src/completion/index-file.ts';
import { ROOT } from './table.ts';

const JINR = 'containers.jinr.ru';
const folder = mkdtempSync(join(tmpdir(), 'jcds-writers-'));
const program = join(folder, 'writer.mjs');
let cache = '';
let context: IndexContext;

/** A process that writes 3000 names of its own, some times, and prints what became of the last. */
const WRITER = `
  import { updateIndex } from './src/completion/index-file.ts';
  const [letter, rounds] = process.argv.slice(2);
  const names = Array.from({ length: 3000 }, (_, at) => letter + '/image:' + at);
  const context = { environment: process.env, home: '/', uid: process.getuid(), now: Date.now };
  let update;
  for (let round = 0; round < Number(rounds); round += 1) update = await updateIndex(context, { name: '${JINR}', layout: 'osg' }, names);
  process.stdout.write(JSON.stringify(update));`;

beforeAll(async () => {
  const stdin = { resolveDir: ROOT, contents: WRITER };
  await build({
    stdin,
    bundle: true,
    loader: { '.sh': 'text' },
    platform: 'node',
    format: 'esm',
    outfile: program,
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => {
  cache = mkdtempSync(join(folder, 'cache-'));
  const uid = process.getuid!();
  context = { environment: { XDG_CACHE_HOME: cache }, home: '/nonexistent', uid, now: Date.now };
});
afterEach(() => rmSync(cache, { recursive: true, force: true }));

test('several processes that write at once leave a whole index at every moment', async () => {
  const writers = ['a', 'b', 'c'].map(letter =>
    spawn(process.execPath, [program, letter, '8'], {
      env: { ...process.env, XDG_CACHE_HOME: cache },
      stdio: ['ignore', 'ignore', 'inherit'],
    }),
  );
  let running = writers.length;
  const ended = writers.map(async (writer: ChildProcess) => {
    const [code] = await once(writer, 'exit');
    running -= 1;
    return code;
  });
  let seen = 0;
  while (running > 0) {
    const names = readIndex(context, JINR);
    if (names === null) expect(seen).toBe(0);
    else expect([names.length, new Set(names.map(name => dirname(name))).size]).toEqual([3000, 1]);
    seen += names === null ? 0 : 1;
    await new Promise(setImmediate);
  }
  expect(await Promise.all(ended)).toEqual([0, 0, 0]);
  expect(seen).toBeGreaterThan(0);
  expect(readdirSync(indexDirectory(context))).toEqual([`${JINR}.names`]);
});

test('a disk that takes only the beginning leaves the old index, and nothing aside', async () => {
  await updateIndex(context, { name: JINR, layout: 'osg' }, ['a/b:1']);
  const { stdout } = spawnSync(
    '/bin/sh',
    ['-c', 'ulimit -f 8; exec "$@"', 'sh', process.execPath, program, 'z', '1'],
    {
      env: { ...process.env, XDG_CACHE_HOME: cache },
      encoding: 'utf8',
    },
  );
  expect(JSON.parse(stdout)).toEqual({ kind: 'failed', reason: 'EFBIG' });
  expect(readIndex(context, JINR)).toEqual(['a/b:1']);
  expect(readdirSync(indexDirectory(context))).toEqual([`${JINR}.names`]);
});
