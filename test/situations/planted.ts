import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WAYS } from './commands.ts';
import { drawSituations } from './draw.ts';
import { judge, kindOf } from './judge.ts';
import { PLANTED, type Planted } from './planted-faults.ts';
import type { ProofOptions, ProofResult } from './prove.ts';
import { Stage } from './stage.ts';

/**
 * `planted`: for each mend that is taken back, how many situations the judge needs to find it. `count` is how many it may take.
 */
export async function provePlanted(options: ProofOptions): Promise<ProofResult> {
  const situations = drawSituations(options.count, options.seed);
  const whole = new Stage({ project: options.project, variables: {} });
  const found: Record<string, number | null> = {};
  try {
    for (const planted of PLANTED) {
      const number = await situationsUntilFound(planted, options.project, situations, whole);
      found[planted.name] = number;
      options.say(
        `${planted.name}: ${number === null ? `NOT FOUND in ${options.count}` : `found by situation ${number}`}`,
      );
    }
  } finally {
    whole.close();
  }
  const missed = Object.values(found).filter(number => number === null).length;
  return { judged: PLANTED.length, failed: missed, lines: [], facts: { found } };
}

async function situationsUntilFound(
  planted: Planted,
  project: string,
  situations: ReturnType<typeof drawSituations>,
  whole: Stage,
): Promise<number | null> {
  const copy = plantedCopy(planted, project);
  const stage = new Stage({ project: copy, variables: {} });
  try {
    for (const [index, situation] of situations.entries()) {
      const { faults } = await judge(stage, situation, WAYS);
      if (faults.length === 0) continue;
      // What the whole program does too was not planted.
      const known = (await judge(whole, situation, WAYS)).faults.map(kindOf);
      if (faults.some(fault => !known.includes(kindOf(fault)))) return index + 1;
    }
    return null;
  } finally {
    stage.close();
    rmSync(copy, { recursive: true, force: true });
  }
}

/** A copy of the project with the fault in it, built. */
function plantedCopy({ file, right, wrong }: Planted, project: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'jcds-planted-'));
  for (const name of [
    '.ci',
    'bin',
    'completions',
    'docs',
    'package.json',
    'src',
    'test',
    'tsconfig.json',
    'LICENSE',
  ])
    cpSync(join(project, name), join(copy, name), { recursive: true });
  symlinkSync(join(project, 'node_modules'), join(copy, 'node_modules'));
  const source = join(copy, file);
  writeFileSync(
    source,
    readFileSync(source, 'utf8').replace(right, () => wrong),
  );
  const { status, stderr } = spawnSync(process.execPath, [join(copy, '.ci/build.mjs')], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${file} with its fault cannot be built: ${stderr}`);
  spawnSync('chmod', ['-R', 'a+rX', copy]);
  return copy;
}
