import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { makeArchive, makePackage, writeChecksums } from '../../.ci/release.mjs';

// Every recipe of docs/installation.md that is marked as tried, word for word, in directories of its own at /opt and /cvmfs.

const root = resolve(import.meta.dirname, '../..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const page = readFileSync(join(root, 'docs/installation.md'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'jcds-recipes-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const release = join(folder, 'release');
mkdirSync(release);
copyFileSync(join(root, '.ci/install.sh'), join(release, 'install.sh'));
writeChecksums(release, [makePackage(release), await makeArchive(release, 'linux-x64'), 'install.sh']);
const released = new Set(readdirSync(release));

/** The recipes by name; those of one name are one script. */
const recipes: Record<string, string> = {};
for (const [, name, text] of page.matchAll(/<!-- tried: (\w+) -->\n```sh\n(.*?)```/gs))
  recipes[name!] = (recipes[name!] ?? '') + text!;

const home = join(folder, 'home');
beforeEach(() => {
  for (const name of ['home', 'opt', 'cvmfs/software.example.org', 'programs']) {
    rmSync(join(folder, name), { recursive: true, force: true });
    mkdirSync(join(folder, name), { recursive: true });
  }
  for (const name of readdirSync(release))
    if (!released.has(name)) rmSync(join(release, name), { recursive: true });
});

/** npm as whoever runs the tests has set it up (a mirror, a proxy, a cache), but for where it installs. */
const npm = {
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => /^npm_config_|_proxy$|^NODE_EXTRA_CA_CERTS$/i.test(name)),
  ),
  npm_config_userconfig: process.env.npm_config_userconfig ?? join(homedir(), '.npmrc'),
  npm_config_cache: process.env.npm_config_cache ?? join(homedir(), '.npm'),
  npm_config_prefix: join(folder, 'programs'),
};

/** Runs lines of a user, or of an administrator, where the files of a release are. */
function run(lines: string, { path = '/usr/bin:/bin', before = '' } = {}) {
  const mounts = ['opt', 'cvmfs'].map(
    name => `mkdir -p /${name} && mount --bind '${folder}/${name}' /${name}`,
  );
  const script = `${mounts.join(' && ')} || exit 99\nid() { echo 1000; }\n${before}\nset -e\n${lines}`;
  const { status, stdout, stderr } = spawnSync('unshare', ['-m', 'bash', '-c', script], {
    cwd: release,
    env: { PATH: path, HOME: home, ...npm },
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { code: status, stdout, stderr };
}

/** `install.sh` asks id(1) who it is; here it is an ordinary user. */
const asUser = `${join(folder, 'programs')}:/usr/bin:/bin`;
function becomeUser(): void {
  writeFileSync(join(folder, 'programs/id'), '#!/bin/sh\necho 1000\n', { mode: 0o755 });
}

test('every recipe has its test', () => {
  expect(Object.keys(recipes)).toEqual(['unpacked', 'installed', 'removed', 'npm', 'module', 'cvmfs']);
});

test('unpacked', () => {
  const ended = run(recipes.unpacked!);
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(ended.stdout).toMatch(/^(.*: OK\n){3}/);
  expect(ended.stdout.endsWith(`\n${version}\n`)).toBe(true);
});

test('installed, and removed', () => {
  becomeUser();
  const ended = run(recipes.installed!, { path: asUser });
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(ended.stdout.endsWith(`\n${version}\n`)).toBe(true);
  expect(run(recipes.removed!, { path: asUser })).toMatchObject({ code: 0, stderr: '' });
  expect(readdirSync(join(home, '.local/bin'))).toEqual([]);
});

test('npm', () => {
  const path = `${join(folder, 'programs/bin')}:${resolve(process.execPath, '..')}:/usr/bin:/bin`;
  const ended = run(recipes.npm!, { path });
  expect([ended.code, ended.stdout.split('\n').at(-2)]).toEqual([0, version]);
}, 120_000);

test('module, of Environment Modules', () => {
  const ended = run(recipes.module!, { before: '. /usr/share/modules/init/bash' });
  expect(ended).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

test('straight from CVMFS', () => {
  becomeUser();
  writeFileSync(join(folder, 'programs/cvmfs_server'), '#!/bin/sh\necho "$@"\n', { mode: 0o755 });
  expect(run(recipes.cvmfs!, { path: asUser })).toEqual({
    code: 0,
    stdout: 'transaction software.example.org\npublish software.example.org\n',
    stderr: '',
  });
  const start =
    'mount -o remount,ro,bind /cvmfs && /cvmfs/software.example.org/jcds/current/bin/jcds --version';
  expect(run(start)).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

test('the sizes are those that are measured', () => {
  const megabytes = (...words: string[]): number =>
    Number(
      spawnSync('du', ['--apparent-size', '--block-size=1', '-s', ...words], {
        encoding: 'utf8',
      }).stdout.split('\t')[0],
    ) / 1e6;
  run(recipes.unpacked!);
  const [, packed, unpacked] = /(\d+) MB, unpacked (\d+) MB \|/.exec(page)!.map(Number);
  expect(Math.abs(megabytes(join(release, `jcds-${version}-linux-x64.tar.gz`)) - packed!)).toBeLessThan(3);
  expect(Math.abs(megabytes(join(release, `jcds-${version}-linux-x64`)) - unpacked!)).toBeLessThan(3);
  const [, npm] = /\| ([\d.]+) MB, unpacked [\d.]+ MB \|\n\| \[site/.exec(page)!.map(Number);
  expect(Math.abs(megabytes(join(release, `jcds-${version}.tgz`)) - npm!)).toBeLessThan(0.3);
});
