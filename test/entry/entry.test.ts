import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { homedir, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PluginBuild } from 'esbuild';
import { afterAll, expect, test } from 'vitest';
import { bundleStart } from '../../.ci/bundle.mjs';
import { isTooOld } from '../../src/check-node.ts';

// The real launcher and src/entry.ts with a stand-in for src/main.ts, built as .ci/build.mjs builds it.
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'jcds-entry-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function install(name: string, define: Record<string, string> = {}): Promise<string> {
  for (const part of ['bin', 'dist']) mkdirSync(join(folder, name, part), { recursive: true });
  copyFileSync(join(ROOT, 'bin/jcds'), join(folder, name, 'bin/jcds'));
  await bundleStart(join(folder, name, 'dist'), {
    define,
    plugins: [
      {
        name: 'stand-in',
        setup: ({ onResolve }: PluginBuild) =>
          onResolve({ filter: /^\.\/main\.ts$/ }, () => ({
            path: join(ROOT, 'test/entry/stand-in-main.ts'),
          })),
      },
    ],
  });
  return join(folder, name, 'bin/jcds');
}

const jcds = await install('now');
const old = await install('old', { 'process.versions.node': '"18.20.8"' });

function call(file: string, words: string[], env: Record<string, string> = {}): SpawnSyncReturns<Buffer> {
  return spawnSync(file, words, {
    cwd: folder,
    env: { PATH: '/usr/bin:/bin', JCDS_NODE: process.execPath, HOME: '/home/u', ...env },
  });
}

const OLD =
  'jcds: Node.js 18.20.8 is too old\nhint: install Node.js 20.18.1 or newer, or name it: JCDS_NODE=/path/to/node\n';
const ALONE = 'jcds: only its launcher can start a job\nhint: call bin/jcds\n';

const table: [string, string, string[], number, string, string][] = [
  ['a plan', jcds, ['run', 'plan', 'a b', ''], 0, 'a b||', ''],
  ['a code through the launcher', jcds, ['exec', '75'], 75, '', ''],
  ['a code without it', jcds, ['resolve', '1'], 1, '', ''],
  ['an option of Node’s, run', jcds, ['run', 'words', '--env-file=/no'], 0, '--env-file=/no|', ''],
  ['an option of Node’s, list', jcds, ['list', '0', '--env-file', '/no'], 0, '', ''],
  ['an option first', jcds, ['--verbose', '2'], 2, '', ''],
  ['printing through the launcher', jcds, ['run', 'print'], 0, 'out\n', 'err\n'],
  ['printing without it', jcds, ['list', 'print'], 0, 'out\n', 'err\n'],
  ['a plan without the launcher', jcds, ['resolve', 'plan'], 125, '', ALONE],
  ['an old Node.js, run', old, ['run', 'plan'], 125, '', OLD],
  ['an old Node.js, resolve', old, ['resolve', '0'], 2, '', OLD],
];

test.each(table)('%s', (_name, file, words, code, out, err) => {
  const { status, stdout, stderr } = call(file, words);
  expect([status, stdout.toString(), stderr.toString()]).toEqual([code, out, err]);
});

test('a bug keeps its stack, and the launcher says 125', () => {
  const { status, stdout, stderr } = call(jcds, ['run', 'bug']);
  expect([status, stdout.toString()]).toEqual([125, '']);
  expect(stderr.toString()).toContain('TypeError: a bug\n    at ');
});

test('words that are not UTF-8 reach main and the plan whole', () => {
  const octal = ['\\377', 'a\\303', '\\355\\262\\200', 'é\\357\\277\\275'];
  const words = octal.map(word => `"$(printf '${word}')"`).join(' ');
  const { stdout } = spawnSync('/bin/sh', ['-c', `exec '${jcds}' run words ${words}`], {
    env: { PATH: '/usr/bin:/bin', JCDS_NODE: process.execPath },
  });
  expect(stdout.toString('latin1')).toBe('\xff|a\xc3|\xed\xb2\x80|\xc3\xa9\xef\xbf\xbd|');
});

test('the context is that of the process', () => {
  symlinkSync('.', join(folder, 'link'));
  const facts = (words: string[], pwd: string) =>
    JSON.parse(call(jcds, words, { PWD: pwd }).stdout.toString());
  const expected = {
    cwd: folder,
    uid: process.getuid!(),
    home: '/home/u',
    userName: userInfo().username,
    self: [process.execPath, join(folder, 'now/dist/jcds.cjs')],
    planned: true,
    tty: [false, false],
    columns: 80,
  };
  expect(facts(['run', 'context'], '/nonexistent')).toEqual(expected);
  expect(facts(['run', 'context'], join(folder, 'link'))).toEqual({ ...expected, cwd: join(folder, 'link') });
  expect(facts(['list', 'context'], '/')).toEqual({ ...expected, planned: false });
  expect(JSON.parse(call(jcds, ['run', 'context'], { HOME: '' }).stdout.toString())).toEqual({
    ...expected,
    home: userInfo().homedir || homedir(),
  });
});

test.each([
  ['20.18.1', false],
  ['20.18.0', false],
  ['20.17.0', true],
  ['18.20.8', true],
  ['22.0.0', false],
  ['100.0.0', false],
  ['9.9.9', true],
])('Node.js %s is too old: %s', (version, expected) => expect(isTooOld(version)).toBe(expected));
