import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { suffixesOf } from '../../src/batch/htcondor/machine-attributes.ts';
import { Setting } from '../cli/setting.ts';
import { smallImage } from '../hosts/image-files.ts';
import { SHELLS } from '../wrap/stage.ts';

const setting = new Setting();
afterAll(() => setting.remove());
setting.publish({ 'library/debian:12': { files: smallImage() } });
mkdirSync(join(setting.cvmfs, 'empty.jinr.ru'));
writeFileSync(join(setting.cvmfs, 'file.jinr.ru'), '');
mkdirSync(join(setting.cvmfs, 'with-a_line.x.ru/.images'), { recursive: true });

const REPOSITORIES = [
  'containers.jinr.ru',
  'empty.jinr.ru',
  'file.jinr.ru',
  'absent.jinr.ru',
  'with-a_line.x.ru',
];
const OPTIONS = REPOSITORIES.flatMap(name => ['--repository', name]);

function rows(suffix: string, mounted: boolean, healthy: boolean, reason: string, revision = 'undefined') {
  const [has, shown] = [healthy, mounted].map(value => (value ? 'True' : 'False'));
  return [
    `HAS_CVMFS_${suffix} = ${has}`,
    `JCDSMounted_${suffix} = ${shown}`,
    `JCDSHealthy_${suffix} = ${has}`,
    `JCDSReason_${suffix} = ${reason}`,
    `CVMFS_${suffix}_REVISION = ${revision}`,
  ];
}

/** Programs that are first on PATH: of the runtimes only what a test installs may be seen to work. */
function install(apptainer: string, bwrap: string): void {
  setting.install('apptainer', apptainer);
  setting.install('bwrap', bwrap);
  // The client's revision, as its mount would tell it.
  setting.install(
    'getfattr',
    `case "$*" in '-n user.revision --only-values --absolute-names -- '*/containers.jinr.ru) printf 812 ;; *) exit 1 ;; esac`,
  );
  for (const name of ['attr', 'python3']) setting.install(name, 'echo nonsense');
}

const WORKS = "echo 'FATAL:   stat /jcds-probe: no such file or directory' >&2; exit 255";
const WHOLE = (runtimes: string) => [
  ...rows('containers_jinr_ru', true, true, 'undefined', '812'),
  ...rows('empty_jinr_ru', false, false, '"NOT_MOUNTED_EMPTY"'),
  ...rows('file_jinr_ru', false, false, '"NOT_A_DIRECTORY"'),
  ...rows('absent_jinr_ru', false, false, '"NOT_MOUNTED_ABSENT"'),
  ...rows('with_a_line_x_ru', true, true, 'undefined'),
  'JCDSRepositories = "containers.jinr.ru,with-a_line.x.ru"',
  'JCDSUnusable = "empty.jinr.ru,file.jinr.ru,absent.jinr.ru"',
  `JCDSRuntimes = "${runtimes}"`,
  'JCDSMissing = ""',
  'JCDSTime = NOW',
  'JCDSLifetime = 900',
  '-',
  '',
];
const plain = (text: string) => text.replace(/(JCDSTime = )\d{10}\n/, '$1NOW\n').split('\n');

describe('the command and the script say the same', () => {
  test.each([
    ['apptainer,bubblewrap', WORKS, 'echo bubblewrap 0.8.0'],
    ['apptainer', `case "$*" in *--userns*) ${WORKS} ;; *) exit 1 ;; esac`, 'exit 1'],
    ['', 'echo "FATAL: no user namespaces" >&2; exit 1', 'echo "bwrap: No permissions" >&2; exit 1'],
  ])('runtimes: %j', (runtimes, apptainer, bwrap) => {
    install(apptainer, bwrap);
    const { code, stdout, stderr } = setting.jcds(['condor', 'machine-ad', ...OPTIONS]);
    expect({ code, stderr, lines: plain(stdout) }).toEqual({ code: 0, stderr: '', lines: WHOLE(runtimes) });
    const script = join(setting.folder, 'machine-ad');
    expect(setting.jcds(['condor', 'machine-ad', '--script', '--force', '-o', script, ...OPTIONS])).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
    for (const [, shell] of SHELLS) {
      const ran = setting.run([shell, ...(shell.endsWith('busybox') ? ['sh'] : []), script]);
      expect({ ...ran, stdout: plain(ran.stdout) }, shell).toEqual({
        code: 0,
        stdout: WHOLE(runtimes),
        stderr: '',
      });
    }
  });
});

test('which of the pool’s scripts are not there, or cannot be started', () => {
  install(WORKS, 'exit 1');
  const script = setting.jcds(['condor', 'machine-ad', '--script']).stdout;
  const [there, closed, absent] = ['there', 'closed', 'absent'].map(name => join(setting.folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(there, '#!/bin/sh\n', { mode: 0o755 });
  writeFileSync(closed, '#!/bin/sh\n');
  const told = (...files: string[]) =>
    /^JCDSMissing = .*$/m.exec(setting.run(['/bin/sh', '-c', script, 'sh', ...files]).stdout)?.[0];
  expect(told(there)).toBe('JCDSMissing = ""');
  expect(told(closed, there, absent)).toBe(`JCDSMissing = "${closed},${absent}"`);
});

test('without a PATH, as a startd may start it, and from a directory that is gone', () => {
  install(WORKS, 'exit 1');
  const script = setting.jcds(['condor', 'machine-ad', '--script']).stdout;
  const ran = spawnSync('/bin/sh', ['-c', `mkdir gone && cd gone && rmdir ../gone; ${script}`], {
    cwd: setting.work,
    env: { JCDS_CVMFS_ROOT: setting.cvmfs },
    encoding: 'utf8',
  });
  expect(ran.stderr).toBe('');
  expect(ran.stdout).toContain('HAS_CVMFS_containers_jinr_ru = True\n');
  expect(ran.stdout).toMatch(/\n-\n$/);
});

test('what does not answer in time is not waited for', () => {
  install(WORKS, 'exit 1');
  const pid = join(setting.folder, 'pid');
  setting.install('getfattr', `echo $$ >'${pid}'; exec sleep 60`);
  const { code, stdout } = setting.jcds(['condor', 'machine-ad', '--cvmfs-timeout', '0.5']);
  expect(code).toBe(0);
  expect(stdout).toContain('HAS_CVMFS_containers_jinr_ru = False\n');
  expect(stdout).toContain('JCDSReason_containers_jinr_ru = "HUNG"\n');
  // Still there, and it holds the pipe that the script read from. Throws where it is gone.
  process.kill(Number(readFileSync(pid, 'utf8')), 'SIGKILL');
});

describe('refused', () => {
  test.each([
    ['a"b.ru', 'is not the name of a CVMFS repository'],
    ['$(reboot).ru', 'is not the name of a CVMFS repository'],
    ['a.ru\nSTART = False', 'is not the name of a CVMFS repository'],
    ['../etc.d', 'is not the name of a CVMFS repository'],
  ])('%j', (name, message) => {
    const { code, stdout, stderr } = setting.jcds(['condor', 'machine-ad', '--repository', name]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
  test('two repositories with one attribute', () => {
    expect(() => suffixesOf(['a-b.ru', 'c.ru', 'A.b.ru'])).toThrow(
      'a-b.ru and A.b.ru have the same attribute HAS_CVMFS_A_b_ru',
    );
    expect([...suffixesOf(['a-b.ru', 'a-b.ru'])]).toEqual([['a-b.ru', 'a_b_ru']]);
  });
  test('an existing file, and -o without --script', () => {
    const file = join(setting.folder, 'there');
    writeFileSync(file, 'mine');
    expect(setting.jcds(['condor', 'machine-ad', '--script', '-o', file])).toMatchObject({ code: 1 });
    expect(setting.jcds(['condor', 'machine-ad', '-o', file])).toMatchObject({ code: 2 });
  });
});

describe('a client that lists and does not deliver', () => {
  const ask = () => setting.jcds(['condor', 'machine-ad']).stdout.split('\n').slice(0, 4);
  const sick = rows('containers_jinr_ru', true, false, '"IO_ERRORS"').slice(0, 4);
  const well = rows('containers_jinr_ru', true, true, 'undefined').slice(0, 4);
  /** The client's word for when it last had an error, by the one tool that is asked. */
  const lastError = (seconds: number) =>
    setting.install(
      'getfattr',
      `case "$*" in *user.timestamp_last_ioerr*) printf ${seconds} ;; *) exit 1 ;; esac`,
    );
  const now = () => Math.floor(Date.now() / 1000);

  test('its counters tell of an error in the last minutes: not healthy', () => {
    install(WORKS, 'exit 1');
    lastError(now() - 20);
    expect(ask()).toEqual(sick);
  });

  test('an error of long ago, and one that never was: healthy', () => {
    install(WORKS, 'exit 1');
    lastError(now() - 4000);
    expect(ask()).toEqual(well);
    lastError(0);
    expect(ask()).toEqual(well);
  });

  test('a small file of the repository that cannot be read: not healthy', () => {
    install(WORKS, 'exit 1');
    const file = join(setting.cvmfs, 'containers.jinr.ru/README');
    writeFileSync(file, 'x');
    expect(ask()).toEqual(well);
    setting.install('head', 'echo "head: error reading: Input/output error" >&2; exit 1');
    expect(ask()).toEqual(sick);
    rmSync(join(setting.programs, 'head'));
    rmSync(file);
  });
});
