import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { buildStandalone } from '../../.ci/standalone.mjs';
import { HostSetting } from '../cli/host-setting.ts';
import { standalone } from './built.ts';

// The standalone on the real host: with the real Apptainer, copied about, and where it cannot start.

const host = new HostSetting();
afterAll(() => host.remove());
const { setting } = host;
const folder = setting.folder;
const IMAGE = 'library/debian:12';

/** A copy that nothing but its own files can start. */
function copied(name: string): string {
  const place = join(folder, name);
  cpSync(standalone, place, { recursive: true });
  return place;
}

function run(words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const [file = '', ...args] = words;
  const { status, stdout, stderr } = spawnSync(file, args, {
    cwd: setting.work,
    env: { PATH: '/usr/bin:/bin', HOME: setting.home, JCDS_NETWORK: 'false', ...env },
    encoding: 'utf8',
  });
  return { code: status, stdout, stderr };
}

test.each(host.people)('$name runs an image with the real Apptainer', person => {
  const words = [
    'exec',
    '--runtime',
    'apptainer',
    IMAGE,
    'sh',
    '-c',
    'id -u; . /etc/os-release; echo $ID "$@"; exit 7',
  ];
  const ended = host.jcds(person, [...words, 'sh', 'a  b']);
  expect(ended).toMatchObject({ code: 7, stdout: `${person.uid}\ndebian a  b\n` });
});

test.each(host.people)(
  '$name starts it from a directory that nobody can write, and only its own directories are made',
  person => {
    const place = copied(`kept-${person.name}`);
    const before = spawnSync('sha256sum', [join(place, 'libexec/jcds'), join(place, 'bin/jcds')]).stdout;
    const readOnly = [
      'unshare',
      '-m',
      'sh',
      '-c',
      `mount --bind '${place}' '${place}' && mount -o remount,ro,bind '${place}' && exec "$@"`,
      'sh',
    ];
    const command = [join(place, 'bin/jcds'), 'exec', '--runtime', 'bubblewrap', IMAGE, 'true'];
    for (let time = 0; time < 2; time++)
      expect(host.run(person, command, { through: readOnly })).toMatchObject({ code: 0, stderr: '' });
    const found = spawnSync('sha256sum', [join(place, 'libexec/jcds'), join(place, 'bin/jcds')]).stdout;
    expect(found).toEqual(before);
    expect(readdirSync(place).sort()).toEqual([
      'LGPL-2.1',
      'LICENSE',
      'NOTICES',
      'VERSION',
      'bin',
      'completions',
      'libexec',
      'share',
    ]);
    expect(readdirSync(host.home(person)).sort()).toEqual(['.apptainer', '.cache', '.config', 'work']);
    expect(readdirSync(join(host.home(person), '.config'), { recursive: true })).toEqual(['jcds']);
    expect(readdirSync(join(host.home(person), '.cache'))).toEqual(['jcds']);
    expect(readdirSync(host.work(person))).toEqual([]);
  },
);

test('it is found behind links, and has its completions', () => {
  const link = join(folder, 'programs/jcds');
  rmSync(link, { force: true });
  spawnSync('ln', ['-s', join(copied('linked'), 'bin/jcds'), link]);
  expect(run([link, '--version'])).toEqual({ code: 0, stdout: `${version()}\n`, stderr: '' });
  expect(run([link, 'completion', 'install', 'bash']).code).toBe(0);
  const script = join(setting.home, '.local/share/bash-completion/completions/jcds');
  expect(readFileSync(script, 'utf8')).toBe(readFileSync(join(standalone, 'completions/jcds.bash'), 'utf8'));
});

test('nothing of the caller changes it: no option of Bun, no file of the directory', () => {
  const evil = join(setting.work, 'evil.js');
  writeFileSync(evil, 'require("node:fs").writeFileSync("/proc/self/fd/2", "evil\\n")');
  writeFileSync(join(setting.work, 'bunfig.toml'), `preload = ["${evil}"]\n`);
  writeFileSync(join(setting.work, '.env'), 'JCDS_REPOSITORIES=evil.example.org\n');
  writeFileSync(join(setting.work, 'package.json'), '{"type":"nonsense');
  const env = { BUN_OPTIONS: `--preload ${evil}`, BUN_BE_BUN: '1', BUN_INSPECT: 'ws://127.0.0.1:1/x' };
  for (const words of [['--version'], ['config', 'get', 'repositories']])
    expect(run([setting.program, ...words], env)).toEqual({
      ...run([setting.program, ...words]),
      stderr: '',
    });
  const [root] = host.people;
  const seen = host.jcds(root!, ['exec', '--runtime', 'bubblewrap', IMAGE, 'env'], {
    env,
    cwd: setting.work,
  });
  expect(seen).toMatchObject({ code: 0, stderr: '' });
  for (const [name, value] of Object.entries(env)) expect(seen.stdout).toContain(`${name}=${value}\n`);
  expect(seen.stdout).not.toContain('evil.example.org');
  for (const name of ['evil.js', 'bunfig.toml', '.env', 'package.json']) rmSync(join(setting.work, name));
});

test('in a directory that is gone it works all the same', () => {
  const script = `mkdir gone && cd gone && rmdir ../gone && exec '${setting.program}'`;
  const version_ = run(['sh', '-c', `${script} --version`]);
  expect(version_).toMatchObject({ code: 0, stdout: `${version()}\n` });
  const [root] = host.people;
  for (const option of ['', '--stats']) {
    const command = ['sh', '-c', `${script} exec ${option} --runtime bubblewrap ${IMAGE} pwd`];
    expect(host.run(root!, command)).toMatchObject({ code: 0, stdout: `${host.home(root!)}\n` });
  }
});

test('too little address space is said, not a crash of the program', () => {
  const ended = run(['sh', '-c', `ulimit -v 500000; exec '${setting.program}' exec ${IMAGE} true`]);
  expect(ended).toEqual({
    code: 125,
    stdout: '',
    stderr:
      'jcds: the limit on open files (ulimit -n) or on address space (ulimit -v) is too low for the program of jcds\n' +
      'hint: it needs 32 files and 800 MB, from Node.js 24 on 1.5 GB: raise the limits of this job or login\n',
  });
  expect(run(['sh', '-c', `ulimit -v 800000; exec '${setting.program}' --version`]).code).toBe(0);
});

/** A glibc of another version: its files by name (in a mount namespace of its own), and what getconf says. */
function onGlibc(answer: string, file: string, words: readonly string[], program = setting.program) {
  const programs = join(folder, 'old');
  mkdirSync(programs, { recursive: true });
  writeFileSync(join(programs, 'getconf'), `#!/bin/sh\n${answer}\n`, { mode: 0o755 });
  const library = join(folder, 'lib64');
  rmSync(library, { recursive: true, force: true });
  cpSync('/lib64', library, { recursive: true, dereference: true });
  writeFileSync(join(library, file), '');
  const script = `mount --bind '${library}' /lib64 && exec "$@"`;
  return run(['unshare', '-m', 'sh', '-c', script, 'sh', program, ...words], {
    PATH: `${programs}:/usr/bin:/bin`,
  });
}

const NEEDS = 'this standalone of jcds needs glibc 2.17 or newer, and this host has';
const CURE =
  'install jcds with a Node.js made for this host; or let "jcds wrap" write scripts elsewhere, which need neither';

test.each([
  [['exec', IMAGE, 'true'], 125],
  [['resolve', IMAGE], 2],
  [['--version'], 125],
])('on too old a glibc %j says so', (words, code) => {
  expect(onGlibc('echo glibc 2.12', 'libc-2.12.so', words)).toEqual({
    code,
    stdout: '',
    stderr: `jcds: ${NEEDS} glibc 2.12\nhint: ${CURE}\n`,
  });
});

test('a glibc that is new enough is not held up by an old file', () => {
  expect(onGlibc('echo glibc 2.17', 'libc-2.5.so', ['--version']).code).toBe(0);
  expect(onGlibc('exit 3', 'libc-2.31.so', ['--version']).code).toBe(0);
});

test('a host with another C library says so', () => {
  const place = copied('musl');
  writeFileSync(join(place, 'libexec/host'), '/lib/no-such-loader.so 2.17 x86_64\n');
  expect(onGlibc('exit 1', 'x', ['list'], join(place, 'bin/jcds'))).toEqual({
    code: 2,
    stdout: '',
    stderr: `jcds: ${NEEDS} another C library\nhint: ${CURE}\n`,
  });
});

test('the other architecture: it says so here, and starts under qemu', async () => {
  const place = join(folder, 'arm64');
  await buildStandalone(place, 'linux-arm64');
  expect(readFileSync(join(place, 'libexec/host'), 'utf8')).toBe('/lib/ld-linux-aarch64.so.1 2.17 aarch64\n');
  expect(run([join(place, 'bin/jcds'), 'exec', IMAGE, 'true'])).toEqual({
    code: 125,
    stdout: '',
    stderr:
      'jcds: this standalone of jcds is for aarch64, and this host is x86_64\n' +
      'hint: take the one for x86_64, or install jcds with Node.js\n',
  });
  const emulated = ['qemu-aarch64', '-L', '/usr/aarch64-linux-gnu', join(place, 'libexec/jcds')];
  expect(run([...emulated, '--version'])).toEqual({ code: 0, stdout: `${version()}\n`, stderr: '' });
  // A child of another architecture could not be started here to look into the image: that is remembered already.
  const root = `${process.env.JCDS_TEST_ROOT ?? '/srv/jcds-test'}/cvmfs`;
  const env = { JCDS_CVMFS_ROOT: root };
  const target = run([setting.program, 'resolve', '--pinned', IMAGE], env).stdout;
  const expected = { code: 0, stdout: target, stderr: '' };
  expect(target).toMatch(new RegExp(`^${root}/containers\\.jinr\\.ru/\\.images/`));
  expect(run([setting.program, 'resolve', IMAGE], env)).toEqual(expected);
  expect(run([...emulated, 'resolve', IMAGE], env)).toEqual(expected);
}, 60_000);

function version(): string {
  return JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')).version;
}
