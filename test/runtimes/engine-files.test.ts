import { spawn, spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  type EngineFiles,
  engineFilesLines,
  engineFilesPath,
  rootIn,
  textIn,
} from '../../src/runtimes/engine-files.ts';
import { SHELLS } from '../wrap/stage.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "jcds-ground-it's-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const WORK: EngineFiles = {
  directories: ['/etc', "/it's here"],
  files: ['/etc/hosts'],
  links: [
    ['/bin', 'usr/bin'],
    ["/it's here/-x", '../$HOME `id`'],
  ],
  texts: ['root:x:0:\n', "alice's: $HOME\n"],
};

/** Makes it and says what is left of the arguments. */
function make(store: string, work = WORK) {
  const path = engineFilesPath(store, work);
  const script = [...engineFilesLines(path, work, 'it'), 'printf "%s|" "$@"'].join('\n');
  return { path, args: ['-c', script, 'jcds', ...work.texts, 'podman', 'a b'] };
}

test.each(SHELLS)('%s makes directories, links and texts, once', shell => {
  const { path, args } = make(join(folder, 'cache/x'));
  const run = () =>
    spawnSync(shell, args, {
      encoding: 'utf8',
      argv0: 'sh',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH },
    });
  expect([run(), run()].map(({ stdout, stderr, status }) => [stdout, stderr, status])).toEqual([
    ['podman|a b|', '', 0],
    ['podman|a b|', '', 0],
  ]);
  expect(readdirSync(join(folder, 'cache/x'))).toHaveLength(1);
  expect(statSync(join(folder, 'cache/x')).mode & 0o777).toBe(0o700);
  expect(statSync(rootIn(path)).mode & 0o777).toBe(0o755);
  expect(readdirSync(rootIn(path)).sort()).toEqual(['bin', 'etc', "it's here"]);
  expect(readlinkSync(join(rootIn(path), 'bin'))).toBe('usr/bin');
  expect(readlinkSync(join(rootIn(path), "it's here/-x"))).toBe('../$HOME `id`');
  expect(readFileSync(join(rootIn(path), 'etc/hosts'), 'utf8')).toBe('');
  expect([0, 1].map(index => readFileSync(textIn(path, index), 'utf8'))).toEqual(WORK.texts);
});

test('twenty jobs at once make one', async () => {
  const { args } = make(join(folder, 'cache'));
  const codes = Array.from(
    { length: 20 },
    () => new Promise(resolve => spawn('sh', args, { stdio: 'ignore' }).once('close', resolve)),
  );
  expect(new Set(await Promise.all(codes))).toEqual(new Set([0]));
  expect(readdirSync(join(folder, 'cache'))).toHaveLength(1);
});

test('what a killed run of the same number left is made anew', () => {
  const { path, args } = make(join(folder, 'cache'));
  const leaves = `mkdir -p ${JSON.stringify(path)}.$$/root && ln -s other ${JSON.stringify(path)}.$$/root/bin && exec "$@"`;
  const { status, stderr } = spawnSync('sh', ['-c', leaves, 'sh', 'sh', ...args], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  expect(readlinkSync(join(rootIn(path), 'bin'))).toBe('usr/bin');
  expect(readdirSync(join(folder, 'cache'))).toHaveLength(1);
});

test('another text or link lies elsewhere', () => {
  const path = (work: Partial<EngineFiles>) => engineFilesPath('/c', { ...WORK, ...work });
  const all = [path({}), path({ texts: ['x'] }), path({ links: [] }), path({ files: [] })];
  expect(new Set(all).size).toBe(4);
  expect(path({})).toBe(path({}));
});

test('where nothing can be written, nothing is started', () => {
  mkdirSync(join(folder, 'x'));
  writeFileSync(join(folder, 'x/file'), '');
  const { args } = make(join(folder, 'x/file/cache'));
  const { stdout, stderr, status } = spawnSync('sh', args, { encoding: 'utf8' });
  expect([stdout, status]).toEqual(['', 125]);
  expect(stderr.trim().split('\n').at(-1)).toBe(`jcds: it: nothing can be written in ${folder}/x/file/cache`);
});

test.each(SHELLS)('%s: a standard stream that is closed is /dev/null', (name, file) => {
  const shell = name === 'busybox' ? `${file} sh` : file;
  const { path } = make(join(folder, 'cache'));
  const look = 'for i in 0 1 2; do [ /proc/self/fd/$i -ef /dev/null ] && echo $i >&3; done';
  const work = { ...WORK, texts: [] };
  writeFileSync(join(folder, 'script'), [...engineFilesLines(path, work, 'it'), look].join('\n'));
  const started = (closing: string) =>
    spawnSync('sh', ['-c', `cd "$0" && exec ${shell} -c "$(cat script)" 3>&1 ${closing}`, folder], {
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'pipe'],
    }).stdout.split('\n');
  expect(started('')).toEqual(['']);
  expect(started('<&- >&- 2>&-')).toEqual(['0', '1', '2', '']);
});
