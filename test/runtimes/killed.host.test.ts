import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { containers } from '../contract/containers.ts';
import { says, Workplace } from '../contract/workplace.ts';

// Engines that run a job beside its starter: what is left when that is killed (containerd's is in its own test).
const all = await containers('podman', 'docker');
const work = new Workplace();
afterAll(async () => {
  work.remove();
  for (const { surroundings } of all) await surroundings.close?.();
});

describe.each(all.map(it => [it.label, it] as const))('%s', (_, it) => {
  const { surroundings, person, host } = it;
  const variables = [...surroundings.environment, ['HOME', person.home], ['PATH', process.env.PATH ?? '']];
  const mark = `jcds-test=${process.pid}-${it.key}`;
  /** Every container of this test that the engine knows, running or not. */
  const known = () => {
    const command = [...surroundings.become, 'env', ...variables.map(pair => pair.join('='))];
    const [first = '', ...rest] = [
      ...command,
      host.program,
      'ps',
      '--all',
      '--quiet',
      '--filter',
      `label=${mark}`,
    ];
    return spawnSync(first, rest, { encoding: 'utf8', cwd: '/' }).stdout.trim().split('\n').filter(Boolean);
  };

  test('the job goes on, and nothing is left once it has ended', async () => {
    const gate = join(work.directory, `gate-${it.key}`);
    mkdirSync(gate);
    const job = `echo ready; while [ -d ${gate} ]; do sleep 0.05; done`;
    const request = { runtimeArguments: ['--label', mark] };
    const child = work.spawn(it, { words: ['/bin/sh', '-c', job], request });
    // The job has the caller's own streams, so they stay open.
    const end = once(child, 'exit');
    await says(child, 'ready');
    expect(known()).toHaveLength(1);
    child.kill('SIGKILL');
    expect(await end).toEqual([null, 'SIGKILL']);
    expect(known()).toHaveLength(1);
    expect(await work.sh(it, 'echo next')).toMatchObject({ code: 0, stdout: 'next\n', stderr: '' });
    rmdirSync(gate);
    await expect.poll(known, { timeout: 20_000 }).toEqual([]);
  });
});
