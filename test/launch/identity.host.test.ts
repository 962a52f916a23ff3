import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Plan } from '../../src/launch/plan.ts';
import { CASES, type Case } from './identity-cases.ts';
import { setStage } from './stage.ts';

// A probe is started by hand and through the launcher, in every circumstance of identity-cases.ts, and must see the same.
const stage = await setStage(true);
afterAll(() => stage.remove());

const report = join(stage.folder, 'report');
const PROBE = ['/usr/bin/perl', '-e', readFileSync(new URL('probe.pl', import.meta.url), 'utf8'), report];

/** A program that starts another, as its words by hand; the launcher's plan is made of the same words. */
interface Runtime {
  readonly name: string;
  readonly words: readonly [file: string, ...args: string[]];
}
const SANDBOX = '/var/cache/jcds-test/images/sandboxes/debian';
const APPTAINER = '/usr/local/bin/apptainer';
const env: Runtime = { name: 'env', words: ['/usr/bin/env'] };
const apptainer: Runtime = {
  name: 'apptainer',
  words: [APPTAINER, '-s', 'exec', '--userns', '--bind', stage.folder, SANDBOX],
};
const runtimes = existsSync(SANDBOX) && existsSync(APPTAINER) ? [env, apptainer] : [env];

function planOf([file, ...args]: Runtime['words']): Plan {
  return { shift: 2, file, args, environment: { set: [], unset: [] } };
}

/** What the probe saw, one fact a line, and what was printed beside it. */
function look(circumstance: Case, node: string, command: readonly string[]): string[] {
  rmSync(report, { force: true });
  const [file, ...args] = [...circumstance.stage, ...command, ...PROBE, ...(circumstance.arguments ?? [])];
  const environment = {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    HOME: stage.folder,
    JT_FOLDER: stage.folder,
    JT_STARTER: String(process.pid),
    JCDS_NODE: node,
    ...(circumstance.input === undefined ? {} : { JT_STDIN: '1' }),
    ...circumstance.environment,
  };
  const { status, stdout, stderr } = spawnSync(file!, args, {
    env: environment,
    input: Buffer.alloc(circumstance.input ?? 0, 'jcds'),
  });
  const seen = existsSync(report) ? readFileSync(report, 'latin1').split('\n') : ['the probe did not run'];
  return [`status ${status}`, `stdout ${stdout}`, `stderr ${stderr}`, ...seen];
}

/** A shell says that its directory is gone before the launcher's first line is read: docs/launching.md. */
function withoutKnown(circumstance: Case, facts: string[]): string[] {
  if (circumstance.name !== 'a deleted directory') return facts;
  return facts.map(fact => (/^stderr .*getcwd.*\n$/.test(fact) ? 'stderr ' : fact));
}

for (const runtime of runtimes)
  describe.each(CASES)(`${runtime.name}: $name`, circumstance => {
    const variants = stage.launchers.flatMap(({ shell, launcher }) =>
      (runtime === env && shell !== 'busybox' ? stage.nodes : stage.nodes.slice(0, 1)).map(node => ({
        shell,
        launcher,
        node,
      })),
    );
    test.each(variants)('$shell, $node', ({ launcher, node }) => {
      stage.script({ kind: 'plan', plan: planOf(runtime.words) });
      const pinned =
        circumstance.name === 'an empty environment' ? pinNode(circumstance, node) : circumstance;
      const byHand = look(pinned, node, runtime.words);
      const launched = look(pinned, node, [launcher, 'run', 'IMAGE']);
      expect(withoutKnown(pinned, launched)).toEqual(withoutKnown(pinned, byHand));
      expect(byHand).toContain('status 0');
    });
  });

/** `env -i` takes JCDS_NODE away; it is given back. */
function pinNode(circumstance: Case, node: string): Case {
  return { ...circumstance, stage: [...circumstance.stage, `JCDS_NODE=${node}`] };
}
