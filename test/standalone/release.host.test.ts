import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readElf } from '../../.ci/elf.mjs';
import { makeArchive, makePackage, writeChecksums } from '../../.ci/release.mjs';

// What is released, as docs/installation.md installs it.

const root = resolve(import.meta.dirname, '../..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'jcds-release-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

if (!existsSync(join(root, 'dist/jcds.cjs')))
  spawnSync(process.execPath, [join(root, '.ci/build.mjs')], { stdio: 'inherit' });
const package_ = makePackage(folder);
const archive = await makeArchive(folder, 'linux-x64');
writeChecksums(folder, [package_, archive]);

function run([file = '', ...words]: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { status, stdout, stderr } = spawnSync(file, words, {
    cwd: folder,
    env: { PATH: '/usr/bin:/bin', HOME: join(folder, 'home'), ...env },
    encoding: 'utf8',
  });
  return { code: status, stdout, stderr };
}

/** A PATH with the directory of the Node.js that runs the tests, and its npm. */
const withNode = { PATH: `${resolve(process.execPath, '..')}:/usr/bin:/bin` };

test('the npm package is under 2 MB and works where it is installed, offline', () => {
  expect(statSync(join(folder, package_)).size).toBeLessThan(2_000_000);
  const prefix = join(folder, 'npm');
  mkdirSync(join(prefix, 'lib/node_modules/jcds'), { recursive: true });
  const words = ['--strip-components=1', '-C', join(prefix, 'lib/node_modules/jcds')];
  expect(run(['tar', '-xzf', package_, ...words]).code).toBe(0);
  mkdirSync(join(prefix, 'bin'));
  expect(run(['ln', '-s', '../lib/node_modules/jcds/bin/jcds', join(prefix, 'bin/jcds')]).code).toBe(0);
  expect(run([join(prefix, 'bin/jcds'), '--version'], withNode)).toEqual({
    code: 0,
    stdout: `${version}\n`,
    stderr: '',
  });
});

test('the archive is under 60 MB, and the same bytes when it is made again', async () => {
  const first = readFileSync(join(folder, archive));
  expect(first.length).toBeLessThan(60_000_000);
  renameSync(join(folder, archive), join(folder, 'first'));
  await makeArchive(folder, 'linux-x64');
  expect(readFileSync(join(folder, archive)).equals(first)).toBe(true);
}, 120_000);

test('everything in the archive is root’s, readable by all and of one time', () => {
  const { stdout } = run(['tar', '--full-time', '-tvzf', archive], { TZ: 'UTC' });
  const lines = stdout.trim().split('\n');
  expect(lines.length).toBeGreaterThan(12);
  for (const line of lines)
    expect(line).toMatch(/^(drwxr-xr-x|-rwxr-xr-x|-rw-r--r--) 0\/0 +\d+ 1980-01-01 00:00:00 jcds-/);
});

test('unpacked it says what glibc its executable really needs, and holds the licences of what is in it', () => {
  expect(run(['tar', '-xzf', archive]).code).toBe(0);
  const place = join(folder, `jcds-${version}-linux-x64`);
  const { interpreter, glibc } = readElf(join(place, 'libexec/jcds'));
  expect(readFileSync(join(place, 'libexec/host'), 'utf8')).toBe(`${interpreter} ${glibc} x86_64\n`);
  const asked = run(['objdump', '-T', join(place, 'libexec/jcds')]).stdout;
  if (asked !== '') {
    const minors = [...asked.matchAll(/GLIBC_2\.(\d+)/g)].map(([, minor]) => Number(minor));
    expect(glibc).toBe(`2.${Math.max(...minors)}`);
  }
  const notices = readFileSync(join(place, 'NOTICES'), 'utf8');
  for (const name of ['undici 7', 'sql.js 1', 'commander 14', 'execa 9', 'yaml 2', 'JavaScriptCore'])
    expect(notices).toContain(name);
});

test('the installer checks it, installs it, and it starts without Node.js', () => {
  const install = ['sh', join(root, '.ci/install.sh'), '--prefix', join(folder, 'prefix'), archive];
  expect(run(install)).toMatchObject({ code: 0, stderr: '' });
  expect(run([join(folder, 'prefix/bin/jcds'), '--version'])).toEqual({
    code: 0,
    stdout: `${version}\n`,
    stderr: '',
  });
  // No program but the executable is started to find it behind the link.
  const traced = run([
    'strace',
    '-f',
    '-e',
    'trace=execve',
    join(folder, 'prefix/bin/jcds'),
    'resolve',
    '--help',
  ]);
  expect(traced.stderr.match(/execve\(/g)).toHaveLength(2);
});
