import { execFile } from 'node:child_process';
import { afterAll, expect, test } from 'vitest';
import { Setting } from '../cli/setting.ts';
import { REAL, unpackReal } from '../cvmfs/http/real-repository.ts';
import { serve } from '../cvmfs/http/server.ts';

// A host from which jobs are submitted need not mount what they run: the real repository, signed, over HTTP on loopback, at
// a moment when its whitelist is in force.

const setting = new Setting();
const real = unpackReal();
afterAll(() => {
  real.remove();
  setting.remove();
});

test('the paths are those that the machines of the pool have', async () => {
  const server = await serve(real.directory);
  setting.install('condor_status', '');
  setting.install('condor_submit', '');
  const words = [
    ...['condor', 'submit', '-n', '--server', server.template, '--keys', REAL.key],
    ...['--repository', REAL.name, 'library/busybox:1', 'job.sub'],
  ];
  const env = setting.environment({
    TZ: 'UTC',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    JCDS_NETWORK: undefined,
  });
  const { stdout, stderr } = await new Promise<{ stdout: string; stderr: string }>(resolve =>
    execFile(
      'faketime',
      ['-f', '@2026-11-23 12:00:00', setting.program, ...words],
      { cwd: setting.work, env },
      (_error, out, err) => resolve({ stdout: out, stderr: err }),
    ),
  );
  await server.close();
  expect(stderr).toMatch(/^jcds: by HTCondor's container universe, since [^\n]*: container_image\n$/);
  expect(stdout).toContain(`-append 'container_image = ${setting.cvmfs}/${REAL.name}/library/busybox:1'`);
  expect(stdout).toContain(`-append 'My.JCDSPin = "${setting.cvmfs}/${REAL.name}${REAL.image}"'`);
});
