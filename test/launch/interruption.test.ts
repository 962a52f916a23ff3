import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Plan } from '../../src/launch/plan.ts';
import { lives } from '../processes.ts';
import { setStage } from './stage.ts';

// What becomes of jcds when it is interrupted while it plans: nothing runs later, nothing is printed late, nothing stays.
const stage = await setStage(true);
afterAll(() => stage.remove());

const started = join(stage.folder, 'started');
const ran = join(stage.folder, 'ran');
const PLAN: Plan = {
  shift: 2,
  file: '/bin/sh',
  args: ['-c', `echo late; : >'${ran}'`],
  environment: { set: [], unset: [] },
};

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly printed: string;
}

/** Starts the launcher; resolves with both process ids when the program is planning. */
async function plan(
  launcher: string,
): Promise<{ child: ChildProcess; planner: number; ended: Promise<Ended> }> {
  for (const file of [started, ran]) rmSync(file, { force: true });
  const watching = watch(stage.folder);
  const child = spawn(launcher, ['run', 'IMAGE'], {
    env: { PATH: '/usr/bin:/bin', JCDS_NODE: stage.nodes[0]! },
  });
  let printed = '';
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', data => (printed += data));
  // `close` comes when the last holder of the pipes has gone: the launcher and the program that it started.
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, printed }));
  while (!existsSync(started) || readFileSync(started, 'utf8') === '') await once(watching, 'change');
  watching.close();
  return { child, planner: Number(readFileSync(started, 'utf8')), ended };
}

describe.each(stage.launchers)('$shell', ({ launcher }) => {
  for (const signal of ['SIGTERM', 'SIGKILL', 'SIGHUP', 'SIGUSR1'] as const) {
    test(`${signal} to the launcher ends the program too`, async () => {
      stage.script({ kind: 'forever', started, watch: true });
      const { child, planner, ended } = await plan(launcher);
      child.kill(signal);
      expect(await ended).toEqual({ code: null, signal, printed: '' });
      expect(lives(planner)).toBe(false);
    });

    test(`a plan that is ready only after ${signal} never runs`, async () => {
      stage.script({ kind: 'late', started, plan: PLAN });
      const { child, planner, ended } = await plan(launcher);
      child.kill(signal);
      expect(await ended).toEqual({ code: null, signal, printed: '' });
      expect([lives(planner), existsSync(ran)]).toEqual([false, false]);
    });
  }

  const deaths = [
    ['SIGKILL', 137],
    ['SIGTERM', 143],
    ['SIGABRT', 134],
  ] as const;
  test.each(deaths)('%s to the program: 125, nothing runs', async (signal, status) => {
    stage.script({ kind: 'forever', started, watch: true });
    const { planner, ended } = await plan(launcher);
    process.kill(planner, signal);
    const { code, printed } = await ended;
    expect(code).toBe(125);
    expect(printed).toContain(
      `jcds: the plan was cut short (the program ended with status ${status}); nothing was run\n`,
    );
  });

  test('SIGINT to both, as a terminal sends it: dead of SIGINT', async () => {
    stage.script({ kind: 'forever', started, watch: true });
    const { child, planner, ended } = await plan(launcher);
    process.kill(planner, 'SIGINT');
    child.kill('SIGINT');
    expect(await ended).toEqual({ code: null, signal: 'SIGINT', printed: '' });
  });

  test('SIGINT to the program alone: the launcher dies of it as well', async () => {
    stage.script({ kind: 'forever', started, watch: true });
    const { planner, ended } = await plan(launcher);
    process.kill(planner, 'SIGINT');
    expect(await ended).toEqual({ code: null, signal: 'SIGINT', printed: '' });
  });
});

describe('signals that the caller ignores', () => {
  test.each(stage.launchers)(
    '$shell: the program ignores them while it plans, and runs its plan',
    async ({ launcher, shell }) => {
      const calm = join(stage.folder, `calm-${shell}`);
      writeFileSync(calm, `#!/bin/sh\ntrap '' HUP INT TERM USR1\nexec '${launcher}' "$@"\n`, { mode: 0o755 });
      stage.script({ kind: 'until', started, release: join(stage.folder, 'release'), plan: PLAN });
      rmSync(join(stage.folder, 'release'), { force: true });
      const { child, planner, ended } = await plan(calm);
      for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM', 'SIGUSR1'] as const) {
        process.kill(planner, signal);
        child.kill(signal);
      }
      writeFileSync(join(stage.folder, 'release'), '');
      expect(await ended).toEqual({ code: 0, signal: null, printed: 'late\n' });
    },
  );
});
