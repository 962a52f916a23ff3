import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { afterScript } from '../../src/batch/htcondor/after-script.ts';
import { Setting } from '../cli/setting.ts';
import { SHELLS } from '../wrap/stage.ts';

// What the PostCmd of a job tells HTCondor, by a condor_chirp that writes down its words; pool-rules.host.test.ts has the real one.

const setting = new Setting();
afterAll(() => setting.remove());
const scratch = join(setting.folder, 'scratch');
const script = join(setting.folder, 'after');
writeFileSync(script, afterScript('0'));
setting.install('condor_chirp', `printf '%s\\n' "$@" >"${scratch}/told"`);
beforeEach(() => {
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch);
  writeFileSync(join(scratch, '.job.ad'), 'ClusterId = 7\nProcId = 3\nNumShadowStarts = 2\n');
});

/** The words for condor_chirp of a job that could not start, with this message; null: none. */
function told(shell: string, status: Readonly<Record<string, unknown>>): string | null {
  const all = { schemaVersion: 2, ...status, waitingFor: null };
  writeFileSync(join(scratch, '.jcds-status.7.3.json'), `${JSON.stringify(all)}\n`);
  const ran = setting.run([shell, ...(shell.endsWith('busybox') ? ['sh'] : []), script], {
    env: {
      _CONDOR_JOB_AD: join(scratch, '.job.ad'),
      _CONDOR_SCRATCH_DIR: scratch,
      _CONDOR_LIBEXEC: setting.programs,
      _CONDOR_MAINJOB_EXIT_CODE: '75',
    },
  });
  expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code: 0, stderr: '' });
  const { stdout } = setting.run(['cat', join(scratch, 'told')]);
  return stdout === '' ? null : stdout;
}

const failed = (message: string) => ({
  ...{
    outcome: 'failed',
    image: 'a',
    repository: null,
    path: null,
    target: null,
    runtime: null,
    exitCode: 75,
  },
  error: { code: 'NO_RUNTIME', message, hint: 'x' },
});

test.each([
  ['in one line', 'in one line'],
  ['none here\n  apptainer: is gone\n  b: too', 'none here;  apptainer: is gone;  b: too'],
  ['C:\\new "x"\n\\n\\', 'C:\\\\new \\"x\\";\\\\n\\\\'],
])('the reason %j stands in one line, as a text of the ClassAd language', (message, reason) => {
  for (const [, shell] of SHELLS)
    expect(told(shell, failed(message)), shell).toBe(
      `set_job_attr_delayed\nChirpJCDS\n[Start=2;Code=75;Reason="${reason}"]\n`,
    );
});

test('a job that came to its own end is told nothing of', () => {
  const started = { outcome: 'started', image: 'a', repository: 'r', path: '/p', target: scratch };
  for (const [, shell] of SHELLS)
    expect(told(shell, { ...started, runtime: 'apptainer', exitCode: null, error: null }), shell).toBe(null);
});
