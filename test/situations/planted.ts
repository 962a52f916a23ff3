import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { labelOf, WAYS } from './commands.ts';
import { drawSituations } from './draw.ts';
import { inOrder, judge, kindOf, observeBare } from './judge.ts';
import type { Observation } from './observation.ts';
import { PLANTED, type Planted } from './planted-faults.ts';
import type { ProofOptions, ProofResult } from './prove.ts';
import type { Situation } from './situation.ts';
import { CACHE, Stage } from './stage.ts';

/** What is judged, with what the command by hand does: the same for every fault. */
interface Judged {
  readonly situations: readonly Situation[];
  readonly whole: Stage;
  bareOf(index: number): Promise<Observation>;
}

/**
 * `planted`: for each mend that is taken back, how many situations the judge needs to find it. `count` is how many it may take.
 */
export async function provePlanted(options: ProofOptions): Promise<ProofResult> {
  const situations = drawSituations(options.count, options.seed);
  const whole = new Stage({ project: options.project, variables: {} });
  const known = new Map<number, Promise<Observation>>();
  const bareOf = (index: number) => {
    const observed = known.get(index) ?? observeBare(whole, situations[index]!);
    known.set(index, observed);
    return observed;
  };
  try {
    const numbers = await inOrder(PLANTED, async planted => {
      const number = await situationsUntilFound(planted, options.project, { situations, whole, bareOf });
      const outcome =
        number === null ? `NOT FOUND in ${options.count}` : `found by ${planted.way} in situation ${number}`;
      options.say(`${planted.name}: ${outcome}`);
      return number;
    });
    const found = Object.fromEntries(PLANTED.map(({ name }, index) => [name, numbers[index]]));
    const missed = numbers.filter(number => number === null).length;
    return { judged: PLANTED.length, failed: missed, lines: [], facts: { found } };
  } finally {
    whole.close();
  }
}

async function situationsUntilFound(
  planted: Planted,
  project: string,
  { situations, whole, bareOf }: Judged,
): Promise<number | null> {
  const ways = WAYS.filter(way => labelOf(way) === planted.way);
  const copy = plantedCopy(planted, project);
  const stage = new Stage({ project: copy, variables: {} });
  try {
    for (const [index, situation] of situations.entries()) {
      const { faults } = await judge(stage, situation, ways, bareOf(index));
      if (faults.length === 0) continue;
      // What the whole program does too was not planted.
      const known = (await judge(whole, situation, ways, bareOf(index))).faults.map(kindOf);
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
  const copy = mkdtempSync(join(CACHE, 'planted-'));
  for (const name of ['.ci', 'bin', 'package.json', 'src', 'tsconfig.json', 'LICENSE'])
    cpSync(join(project, name), join(copy, name), { recursive: true });
  cpSync(join(project, 'test/situations'), join(copy, 'test/situations'), { recursive: true });
  cpSync(join(project, 'test/hosts'), join(copy, 'test/hosts'), { recursive: true });
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
