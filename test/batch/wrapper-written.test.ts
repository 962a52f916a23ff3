import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { JobStage } from './job-stage.ts';

// What `jcds condor wrapper` writes, and what it refuses.

const stage = new JobStage();
afterAll(() => stage.remove());
const wrapper = (words: readonly string[], environment: Readonly<Record<string, string>> = {}) =>
  stage.run([stage.jcds, 'condor', 'wrapper', ...words], stage.environment(environment));

test('it goes to standard output, or to a file that anybody may run; a file that is there stays', () => {
  const file = join(stage.folder, 'own');
  const { status, stdout, stderr } = wrapper([]);
  expect([status, stderr]).toEqual([0, '']);
  expect(wrapper(['-o', file]).status).toBe(0);
  expect([readFileSync(file, 'latin1'), statSync(file).mode & 0o777]).toEqual([stdout, 0o755]);
  expect(stdout.split('\n')[1]).toMatch(/^# USER_JOB_WRAPPER of HTCondor/);
  const again = wrapper(['-o', file, '--any-registry']);
  expect([again.status, again.stderr.includes('EEXIST')]).toEqual([1, true]);
  expect(readFileSync(file, 'latin1')).toBe(stdout);
  expect(wrapper(['-o', file, '--any-registry', '--force']).status).toBe(0);
  expect(readFileSync(file, 'latin1')).not.toBe(stdout);
});

test.each<[string, readonly string[], Readonly<Record<string, string>>, number, string]>([
  [
    'another attribute',
    ['--attribute', 'DockerImage'],
    {},
    2,
    'jcds: --attribute "DockerImage" is none that HTCondor sets for an image\nhint: --attribute SingularityImage or --attribute ContainerImage; JCDSImage counts in any case\n',
  ],
  [
    'runtimes that the site keeps out of batch',
    [],
    { JCDS_BATCH_EXCLUDES: 'apptainer,singularity,bubblewrap' },
    2,
    'jcds: batchExcludes of the configuration leaves no runtime that a script can start (apptainer, singularity, bubblewrap)\nhint: jcds config get batchExcludes; or another one with --runtime\n',
  ],
  [
    'a repository that cannot be one',
    ['--repository', 'x; id'],
    {},
    2,
    'jcds: "x; id" is not the name of a CVMFS repository\nhint: give the full name as it stands below /cvmfs, such as containers.jinr.ru\n',
  ],
])('refused: %s', (_, words, environment, code, said) => {
  const { status, stdout, stderr } = wrapper(words, environment);
  expect({ status, stdout, stderr }).toEqual({ status: code, stdout: '', stderr: said });
});

test('a runtime that outlives its starter is none for a wrapper', () => {
  const { status, stderr } = wrapper(['--runtime', 'podman']);
  expect([status, stderr.includes('podman')]).toEqual([1, true]);
});

test('one of those that are kept out of batch is passed over', () => {
  const { status, stdout } = wrapper([], { JCDS_BATCH_EXCLUDES: 'apptainer' });
  expect(status).toBe(0);
  expect(stdout).toContain(`jcds_program='${join(stage.programs, 'singularity')}'`);
});

test('what whoever writes it has in the environment of CVMFS does not count, the configuration does', () => {
  const root = (text: string) => /^jcds_root=('.*') jcds_timeout=(\S+)$/m.exec(text)!.slice(1);
  expect(root(wrapper([], { CVMFS_MOUNT_DIR: '/x' }).stdout)).toEqual([`'${stage.cvmfs}'`, '20']);
  const none = { ...stage.environment({ CVMFS_MOUNT_DIR: '/x', JCDS_CVMFS_TIMEOUT: '3.5' }) };
  delete none.JCDS_CVMFS_ROOT;
  expect(root(stage.run([stage.jcds, 'condor', 'wrapper'], none).stdout)).toEqual([`'/cvmfs'`, '3.5']);
});
