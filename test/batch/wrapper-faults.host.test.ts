import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type HangableMount, mountHangable } from '../hosts/hang.ts';
import { singularityRecord } from '../hosts/image-files.ts';
import { makeOsgRepository } from '../hosts/tree.ts';
import { SHELLS } from '../wrap/stage.ts';
import { ad, JobStage } from './job-stage.ts';

// Faults of the host that need root: a mount that hangs or is dead, a disk that is full. And what a start costs in processes.

const stage = new JobStage(['--cvmfs-timeout', '0.5']);
const repository = join(stage.cvmfs, 'containers.jinr.ru');
const contents = join(stage.folder, 'contents');
const image = { 'bin/sh': { program: '' }, 'tmp/x': '', ...singularityRecord({ from: 'small:1' }) };
const publish = (place = repository) => {
  rmSync(place, { recursive: true, force: true });
  makeOsgRepository(place, { 'library/small:1': { files: image } });
};
publish(contents);
let mount: HangableMount | null = null;
beforeEach(() => stage.prepare(ad('JCDSImage = "small:1"')));
afterEach(async () => {
  await mount?.close();
  mount = null;
});
afterAll(() => stage.remove());

describe.each(SHELLS)('%s', shell => {
  // Whatever would wait for the mount meets the test's own limit.
  test('a mount that hangs: 75, with the reason in every place', { timeout: 6000 }, async () => {
    mount = await mountHangable(repository, contents);
    await mount.stop();
    const { status, stderr, told } = stage.start(shell, ['/bin/sh']);
    const text = `the CVMFS repository containers.jinr.ru cannot be seen: ${repository} gave no answer within 0.5 s`;
    expect([status, stderr.split('\n')[0]]).toEqual([75, `jcds: ${text}`]);
    expect(told).toMatchObject({ outcome: 'failed', exitCode: 75, error: { message: text } });
    await mount.resume();
  });

  test('a mount that is dead: 75', async () => {
    mount = await mountHangable(repository, contents);
    await mount.kill();
    const { status, told } = stage.start(shell, ['/bin/sh']);
    expect([status, told?.exitCode]).toEqual([75, 75]);
    expect(told!.error).toMatchObject({ code: 'CVMFS_UNREACHABLE' });
  });

  test('a full disk: no status and no error file rather than half of one, and the same end', () => {
    publish();
    const disk = join(stage.folder, 'disk');
    mkdirSync(disk);
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]);
    try {
      const own = join(disk, 'scratch');
      mkdirSync(own);
      writeFileSync(join(own, '.job.ad'), ad('JCDSImage = "small:1"'));
      spawnSync('dd', ['if=/dev/zero', `of=${join(disk, 'fill')}`, 'bs=4k']);
      const environment = stage.jobEnvironment({
        _CONDOR_JOB_AD: join(own, '.job.ad'),
        _CONDOR_SCRATCH_DIR: own,
        _CONDOR_WRAPPER_ERROR_FILE: join(own, '.job_wrapper_failure'),
      });
      const words = [...stage.by(shell, stage.wrapper), '/bin/sh'];
      expect(stage.run(words, environment, own)).toMatchObject({ status: 7, stderr: '' });
      rmSync(join(repository, 'library/small:1'));
      const { status, stderr } = stage.run(words, environment, own);
      expect([status, stderr.startsWith('jcds: library/small:1 is not published')]).toEqual([125, true]);
      expect(spawnSync('ls', ['-A', own], { encoding: 'utf8' }).stdout).toBe('.job.ad\n');
    } finally {
      // What the look has killed may take a moment to go.
      spawnSync('umount', ['--lazy', disk]);
      rmSync(disk, { recursive: true });
    }
  });

  test('a job without an image costs one process besides its own', () => {
    stage.prepare(ad());
    // The shell, grep(1) where that is not the shell's own, and the job.
    expect(callsUpTo('/bin/true', shell)).toEqual({ forks: 1, programs: 3 });
  });
});

/** How many processes a start makes, and how many programs are started, up to this one. */
function callsUpTo(program: string, shell: string): { forks: number; programs: number } {
  const counts = join(stage.folder, 'counts');
  const traced = [
    '-f',
    '-qq',
    '-s',
    '300',
    '-e',
    'trace=clone,clone3,fork,vfork,execve',
    '-e',
    'signal=none',
  ];
  const words = [...traced, '-o', counts, ...stage.by(shell, stage.wrapper), '/bin/true'];
  spawnSync('strace', words, { env: stage.jobEnvironment(), cwd: stage.scratch });
  const lines = readFileSync(counts, 'utf8').split('\n');
  const last = lines.findIndex(line => line.includes(`execve("${program}"`));
  expect(last, lines.join('\n')).toBeGreaterThan(0);
  const before = lines.slice(0, last + 1);
  return {
    forks: before.filter(line => /(?:clone3?|v?fork)\(/.test(line)).length,
    programs: before.filter(line => / execve\(/.test(line)).length,
  };
}

const VARIANTS: readonly (readonly string[])[] = [
  [],
  ['--attribute', 'SingularityImage', '--attribute', 'ContainerImage', '--any-registry'],
  [
    '--repository',
    'containers.jinr.ru',
    '--repository',
    'unpacked.cern.ch',
    '--env-policy',
    'hep',
    '--contain',
  ],
  ['--bind', '/etc:/a b:ro', '--gpu', 'nvidia', '--writable-tmpfs', '--runtime', 'singularity'],
];
test.each(VARIANTS.map(words => [words.join(' '), words] as const))(
  'shellcheck and every shell can read it: %s',
  (_, words) => {
    const file = stage.write(words, 'variant');
    const { stdout } = spawnSync('shellcheck', [file], { encoding: 'utf8' });
    expect(stdout).toBe('');
    for (const [shell] of SHELLS) {
      const [sh = '', script = ''] = stage.by(shell, file);
      expect(spawnSync(sh, ['-n', script], { encoding: 'utf8' }).stderr).toBe('');
    }
  },
);
