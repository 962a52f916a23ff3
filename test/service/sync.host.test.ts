import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { makeTar } from '../archive/make-tar.ts';
import { JINR, Setting } from '../cli/setting.ts';
import { linesOf } from '../conversion/scratch.ts';
import { writeLayout } from '../conversion/write-layout.ts';
import { type RunningRegistry, startRegistry } from '../hosts/registry.ts';

// The whole command with a real registry; images that take long enough to be killed in the middle.
const run = promisify(execFile);
const setting = new Setting();
const repository = join(setting.cvmfs, JINR);
const list = join(setting.work, 'list');
const NAMES = ['group/one:1', 'group/two:1', 'other/three:1'];
const env = { JCDS_NETWORK: undefined };
const FILES = 300;
const contentOf = (image: number, file: number) => `${image} ${file} `.repeat(200);
let registry: RunningRegistry;

beforeAll(async () => {
  registry = await startRegistry({ REGISTRY_STORAGE_DELETE_ENABLED: 'true' });
  for (const [at, name] of NAMES.entries()) {
    const files = Array.from({ length: FILES }, (_, file) => ({
      name: `${at}/file${file}`,
      content: contentOf(at, file),
      mode: file % 2 === 0 ? 0o600 : 0o755,
    }));
    writeLayout(join(setting.folder, 'layout', `${at}`), [makeTar(files)]);
    await push(join(setting.folder, 'layout', `${at}`), name);
  }
}, 60_000);
afterAll(async () => {
  await registry.close();
  setting.remove();
});
beforeEach(() => {
  rmSync(repository, { recursive: true, force: true });
  write(...NAMES);
});

async function push(layout: string, name: string): Promise<void> {
  const options = ['-q', '--insecure-policy', '--dest-tls-verify=false', '--preserve-digests'];
  await run('skopeo', ['copy', ...options, `oci:${layout}`, `docker://${registry.host}/${name}`]);
}
const write = (...names: string[]) =>
  writeFileSync(list, names.map(name => `${registry.host}/${name}\n`).join(''));
const words = (...more: string[]) => [
  'sync',
  '--wishlist',
  list,
  '--target',
  `directory:${repository}`,
  ...more,
];
const sync = (...more: string[]) => setting.jcds(words(...more), { env });
/** A cycle that goes on by itself. */
const begin = (...more: string[]) =>
  spawn(setting.program, words(...more), {
    env: setting.environment(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });

/** Whether what a name leads to is an image from its first to its last file. */
function isWhole(name: string): boolean {
  const at = NAMES.indexOf(name);
  const files = Array.from({ length: FILES }, (_, file) => join(repository, name, `${at}/file${file}`));
  return (
    files.every((path, file) => existsSync(path) && readFileSync(path, 'utf8') === contentOf(at, file)) &&
    existsSync(join(repository, name, '.singularity.d/runscript'))
  );
}

test('a list becomes a repository, which jcds reads as any other; a lost tag and a dead registry take nothing away', async () => {
  const dry = sync('--dry-run', '--json');
  expect([dry.code, existsSync(repository)]).toEqual([0, false]);
  const done = sync('--json');
  expect([done.code, done.stderr]).toEqual([0, '']);
  const [planned, carried] = [dry, done].map(({ stdout }) => JSON.parse(stdout).steps as { kind: string }[]);
  expect(carried!.map(({ kind }) => kind)).toEqual(planned!.map(({ kind }) => kind));
  expect(NAMES.map(isWhole)).toEqual([true, true, true]);
  expect(
    execFileSync('find', [repository, '-not', '-path', '*/.jcds/*', '-not', '-perm', '-444']).toString(),
  ).toBe('');
  expect(setting.jcds(['list']).stdout.split('\n').sort()).toEqual(['', ...NAMES].sort());
  const status = setting.jcds(['status', '--check-registry', '--json', `${registry.host}/${NAMES[0]}`], {
    env,
  });
  expect(JSON.parse(status.stdout)[0].registry).toMatchObject({ state: 'current' });
  expect(sync().stdout).toBe('3 of 3 are published as their registries have them\n');

  write(...NAMES, 'no/such:1');
  const missing = sync();
  expect([missing.code, missing.stdout]).toEqual([
    1,
    `not published: no/such:1 (line 4): ${registry.host} does not have ${registry.host}/no/such:1\n` +
      '3 of 4 are published as their registries have them\n',
  ]);
  write('127.0.0.1:1/a/b:1', ...NAMES);
  writeFileSync(list, readFileSync(list, 'utf8').replace(`${registry.host}/127`, '127'));
  expect(sync().code).toBe(75);
  writeFileSync(list, '');
  const empty = sync();
  expect([empty.code, empty.stderr]).toEqual([2, expect.stringContaining('it names no image')]);
  expect(NAMES.map(isWhole)).toEqual([true, true, true]);
});

test('what a runtime finds is an image', async () => {
  await push('/var/cache/jcds-test/images/oci/small', 'group/small:1');
  write('group/small:1');
  expect(sync().code).toBe(0);
  const ended = setting.jcds(['exec', '--runtime', 'bubblewrap', 'group/small:1', 'echo', 'in it']);
  expect(ended).toEqual({ code: 0, stdout: 'in it\n', stderr: '' });
});

test('a merge request is checked without a target: Markdown, JUnit and JSON', () => {
  const base = join(setting.work, 'base');
  write(NAMES[0]!);
  writeFileSync(base, readFileSync(list));
  write(NAMES[0]!, NAMES[1]!, 'no/such:1');
  const report = join(setting.work, 'report.xml');
  const check = (...more: string[]) =>
    setting.jcds(['sync', '--check', '--wishlist', list, '--base', base, ...more], { env });
  const { code, stdout } = check('--junit', report);
  expect([code, stdout.split('\n').length]).toEqual([1, 5]);
  expect(stdout).toContain(`| 2 | \`${registry.host}/${NAMES[1]}\` | good |`);
  expect(readFileSync(report, 'utf8')).toContain(
    '<testsuite name="wishlist" tests="2" failures="1" errors="0">',
  );
  expect(JSON.parse(check('--json').stdout).lines).toMatchObject([
    { line: 2, verdict: 'good' },
    { line: 3, verdict: 'bad' },
  ]);
  const unwritten = check('--junit', '/no/such/report.xml');
  expect([unwritten.code, unwritten.stderr]).toEqual([
    2,
    expect.stringContaining('the report cannot be written'),
  ]);
});

test('two at once: one works, the other leaves, or waits', async () => {
  const first = begin();
  while (!existsSync(join(repository, '.jcds/tmp'))) await pause(20);
  const second = sync();
  expect([second.code, second.stderr]).toEqual([75, expect.stringContaining('another sync works on')]);
  const third = begin('--wait');
  const ends = await Promise.all([first, third].map(process => once(process, 'exit')));
  expect(ends.map(([code]) => code)).toEqual([0, 0]);
  expect(NAMES.map(isWhole)).toEqual([true, true, true]);
}, 60_000);

describe('killed at any moment', () => {
  test('what is published is whole, and the next cycle makes the rest', async () => {
    const begun = Date.now();
    expect(sync().code).toBe(0);
    const length = Date.now() - begun;
    const wanted = linesOf(join(repository, NAMES[0]!));
    for (let round = 0; round < 10; round += 1) {
      rmSync(repository, { recursive: true, force: true });
      const killed = begin();
      // From a look at the list to the records at the end.
      await pause((length * (round + Math.random())) / 10);
      killed.kill('SIGKILL');
      if (killed.exitCode === null && killed.signalCode === null) await once(killed, 'exit');
      const published = NAMES.filter(name => existsSync(join(repository, name)));
      expect([round, published.map(isWhole)]).toEqual([round, published.map(() => true)]);
      const after = sync();
      expect([round, after.code, after.stderr.includes('another')]).toEqual([round, 0, false]);
      expect([NAMES.map(isWhole), readdirSync(join(repository, '.jcds/tmp'))]).toEqual([
        [true, true, true],
        [],
      ]);
    }
    expect(linesOf(join(repository, NAMES[0]!))).toEqual(wanted);
  }, 180_000);
});

test('a terminal’s Ctrl-C leaves nothing half, and the lock is free', async () => {
  const stopped = begin();
  while (
    !existsSync(join(repository, '.jcds/tmp')) ||
    readdirSync(join(repository, '.jcds/tmp')).length === 0
  )
    await pause(10);
  stopped.kill('SIGINT');
  const [, signal] = await once(stopped, 'exit');
  expect([signal, readdirSync(join(repository, '.jcds/tmp'))]).toEqual(['SIGINT', []]);
  expect(sync().code).toBe(0);
}, 60_000);

test.each([
  [['--target', 'nowhere:x'], 'is no target'],
  [['--jobs', '0'], 'is no number from 1 to 16'],
  [['--period', 'often'], 'is no duration'],
  [['--wishlist', '/no/such/list'], 'the list cannot be read: /no/such/list: ENOENT'],
  [['--platform', 'windows/x/y/z'], 'is not a platform'],
  [['--limit', 'x=1'], 'is no limit'],
])('%j is a mistake of the command line', (more, message) => {
  const { code, stderr } = sync(...more);
  expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  expect(existsSync(repository)).toBe(false);
});

test('without a list or a target, and without the network', () => {
  expect(setting.jcds(['sync']).stderr).toContain('jcds sync needs a list');
  mkdirSync(repository);
  const refused = setting.jcds(words());
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('network')]);
});
