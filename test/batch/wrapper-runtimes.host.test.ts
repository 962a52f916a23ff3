import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ad, JobStage } from './job-stage.ts';

// The wrapper with the real runtimes that it can start, as the ordinary user, without a pool.

const PRIVATE = resolve(import.meta.dirname, '../hosts/private.sh');
const user = process.env.JCDS_TEST_USER ?? 'jcdstest';
const stage = new JobStage();
afterAll(() => stage.remove());
chmodSync(stage.folder, 0o755);

const SIGTERM_UNDER_BUBBLEWRAP =
  'jcds: under bubblewrap a job sees no SIGTERM of HTCondor: it is ended at once; Apptainer hands it on\n';

test.each([
  ['apptainer', ''],
  ['singularity', ''],
  ['bubblewrap', SIGTERM_UNDER_BUBBLEWRAP],
])(
  '%s: the image, the scratch directory, the caller’s variables, the code, the status',
  (runtime, warning) => {
    const wrapper = join(stage.folder, runtime);
    const words = ['condor', 'wrapper', '--runtime', runtime, '-o', wrapper];
    const written = spawnSync(PRIVATE, [stage.jcds, ...words], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: stage.home },
    });
    expect([written.status, written.stderr]).toEqual([0, warning]);
    stage.scratch = join(stage.folder, `${runtime} 'scratch' "$x"`);
    mkdirSync(stage.scratch);
    chmodSync(stage.scratch, 0o777);
    writeFileSync(join(stage.scratch, '.job.ad'), ad('JCDSImage = "library/debian:12"'));
    writeFileSync(
      join(stage.scratch, 'job.sh'),
      '#!/bin/sh\nhead -n 1 /etc/os-release\npwd\nprintf "%s\\n" "$OWN" "$JCDS_IMAGE" "$@"\ncp in.txt out.txt\nexit 9\n',
      { mode: 0o755 },
    );
    writeFileSync(join(stage.scratch, 'in.txt'), 'input\n');
    const own = Object.entries(stage.jobEnvironment({ OWN: "b  'c' $d" })).map(
      ([name, value]) => `${name}=${value}`,
    );
    const job = [
      'env',
      '-i',
      '-C',
      stage.scratch,
      ...own,
      wrapper,
      join(stage.scratch, 'job.sh'),
      'x  y',
      '',
    ];
    const { status, stdout, stderr } = spawnSync(PRIVATE, ['--user', user, ...job], { encoding: 'utf8' });
    const says = [
      'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"',
      stage.scratch,
      "b  'c' $d",
      'library/debian:12',
      ...['x  y', '', ''],
    ];
    expect({ status, stdout, stderr }).toEqual({ status: 9, stdout: says.join('\n'), stderr: '' });
    expect(readFileSync(join(stage.scratch, 'out.txt'), 'utf8')).toBe('input\n');
    expect(JSON.parse(stage.read('.jcds-status.json')!)).toMatchObject({ outcome: 'started', runtime });
  },
);
