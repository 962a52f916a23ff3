import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { chooseRuntime } from '../../src/job/choose-runtime.ts';
import type { Runtime } from '../../src/runtimes/runtime.ts';
import { aRequest } from '../runtimes/requests.ts';

const home = mkdtempSync(join(tmpdir(), 'jcds-choose-'));
afterAll(() => rmSync(home, { recursive: true }));

function row(name: string, cannot: Runtime['cannot'] = {}): Runtime {
  const host = { program: `/bin/${name}`, version: '1', facts: {} };
  return {
    name,
    programs: [],
    images: ['directory'],
    diesWithParent: true,
    passesSignals: true,
    cannot,
    probe: async () => ({ works: true, host }),
    invocation: () => ({ file: '', args: [], environment: { set: [], unset: [] } }),
  };
}

const NO_GPU = { gpu: 'no GPU here' };
const blind = { a: row('a', NO_GPU), b: row('b', NO_GPU) };
const seeing = { ...blind, c: row('c') };

function choose(
  table: Record<string, Runtime>,
  settings: Partial<Parameters<typeof chooseRuntime>[1]> = {},
  environment: Record<string, string> = {},
) {
  const context = { environment, home, uid: process.getuid!(), now: Date.now };
  const wanted = { runtimes: [], batchExcludes: [], gpu: 'auto', ...settings } as const;
  return chooseRuntime(aRequest({ gpu: 'nvidia' }), wanted, context, table);
}

describe('a GPU', () => {
  test('that was only found: the first runtime that can show it', async () => {
    const { runtime, request, note } = await choose(seeing);
    expect([runtime.name, request.gpu, note]).toEqual(['c', 'nvidia', null]);
  });

  test('that was only found, and that none can show, is left out with a note', async () => {
    const { runtime, request, note } = await choose(blind);
    expect([runtime.name, request.gpu, note]).toEqual([
      'a',
      null,
      'a cannot show the nvidia GPU of this host inside: the job has none',
    ]);
    expect((await choose(seeing, { runtimes: ['b'] })).request.gpu).toBeNull();
  });

  test('that was asked for is an error where none can show it', async () => {
    await expect(choose(blind, { gpu: 'nvidia' })).rejects.toMatchObject({
      code: 'UNSUPPORTED_BY_RUNTIME',
      message: 'no GPU here',
    });
  });
});

test.each(['_CONDOR_JOB_AD', 'SLURM_JOB_ID', 'PBS_JOBID', 'LSB_JOBID'])(
  'a runtime that a site keeps out of batch is passed over in a job of %s',
  async variable => {
    const table = { a: row('a'), b: row('b') };
    const settings = { batchExcludes: ['a'] };
    expect((await choose(table, settings)).runtime.name).toBe('a');
    expect((await choose(table, settings, { [variable]: '1' })).runtime.name).toBe('b');
    await expect(choose(table, { batchExcludes: ['a', 'b'] }, { [variable]: '1' })).rejects.toMatchObject({
      code: 'NO_RUNTIME',
      message: `no container runtime of this host can run this job
  a: is kept out of batch jobs by the setting batchExcludes
  b: is kept out of batch jobs by the setting batchExcludes`,
      hint: 'a, b: jcds config get batchExcludes, and ask who set it',
    });
  },
);

test('a name that is misspelt among those kept out would let one in, so it is an error', async () => {
  const environment = { SLURM_JOB_ID: '1' };
  await expect(choose({ a: row('a') }, { batchExcludes: ['A'] }, environment)).rejects.toMatchObject({
    code: 'UNKNOWN_RUNTIME',
    message: 'jcds knows no runtime "A"',
  });
});
