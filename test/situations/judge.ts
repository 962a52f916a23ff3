import { BARE, labelOf, SAMPLED, WAYS, type Way } from './commands.ts';
import { type Difference, differences, isGivenUp } from './compare.ts';
import type { Observation } from './observation.ts';
import { ORDINARY, type Situation } from './situation.ts';
import type { Stage } from './stage.ts';
import { type StatedDifference, statedFor } from './stated.ts';

/** What came of one situation. */
export interface Verdict {
  readonly situation: Situation;
  /** What no row of the table states. */
  readonly faults: readonly Difference[];
  readonly stated: readonly StatedDifference[];
  /** Scripts that gave it up, and said so. */
  readonly givenUp: readonly Way[];
  /** Whether the command by hand started the job at all. */
  readonly bareRan: boolean;
}

/** What the command by hand does in a situation. */
export function observeBare(stage: Stage, situation: Situation): Promise<Observation> {
  return stage.observe(withAccount(situation), BARE);
}

/** Runs one situation in every way, and holds each against the bare runtime. */
export async function judge(
  stage: Stage,
  situation: Situation,
  ways: readonly Way[],
  known?: Promise<Observation>,
): Promise<Verdict> {
  const bare = await (known ?? observeBare(stage, situation));
  const faults: Difference[] = [];
  const stated = new Set<StatedDifference>();
  const givenUp: Way[] = [];
  for (const way of ways) {
    const here = await stage.observe(situation, way);
    if (isGivenUp(way, here)) {
      givenUp.push(way);
      continue;
    }
    for (const difference of differences(situation, way, bare, here)) {
      const row = statedFor(situation, difference);
      if (row === undefined) faults.push(difference);
      else stated.add(row);
    }
  }
  return { situation, faults, stated: [...stated], givenUp, bareRan: bare.ran };
}

/**
 * Apptainer starts for nobody without a line in /etc/passwd ("Couldn't determine user account information"). What somebody sees
 * who has one is the measure for those runtimes that do start.
 */
function withAccount(situation: Situation): Situation {
  if (situation.account !== 'none') return situation;
  const isPath = situation.home?.startsWith('/') === true && situation.home !== '/dev/null';
  return { ...situation, account: isPath ? 'same' : 'ordinary' };
}

/** The ways for the situation of this number: engines are slow, and take every tenth. */
export function waysFor(index: number, usable: readonly Way[] = SAMPLED): readonly Way[] {
  return index % 10 === 0 ? [...WAYS, ...usable] : WAYS;
}

/** What two faults have in common that are probably one: the field, or the words that a start ended with. */
export function kindOf({ way, field, here }: Difference): string {
  const words = here.replace(/[\w.+/-]*\/[\w.+/-]*|\d+|"[^"]*"/g, '…');
  return field === 'start' || field === 'standard error'
    ? `${labelOf(way)} ${field} ${words.slice(0, 120)}`
    : field;
}

/** How many at once: they are processes, and cores wait for the kernel half of the time. */
export const AT_ONCE = 3;

/** Runs this for every item, some at once. */
export async function inOrder<Item, Result>(
  items: readonly Item[],
  run: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await run(items[index]!, index);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

/** Makes a situation as ordinary as it can be while this way still has a fault in this field. */
export async function shrink(stage: Stage, situation: Situation, fault: Difference): Promise<Situation> {
  const isFaulty = async (candidate: Situation) => {
    const { faults } = await judge(stage, candidate, [fault.way]);
    return faults.some(other => kindOf(other) === kindOf(fault));
  };
  let smallest = situation;
  for (let changed = true; changed; ) {
    changed = false;
    for (const candidate of simpler(smallest)) {
      if (!(await isFaulty(candidate))) continue;
      smallest = candidate;
      changed = true;
      break;
    }
  }
  return smallest;
}

/** Every situation that is one step nearer to the ordinary one. */
function simpler(situation: Situation): Situation[] {
  const keys = Object.keys(ORDINARY) as (keyof Situation)[];
  return keys.flatMap(key => {
    const value = situation[key];
    if (JSON.stringify(value) === JSON.stringify(ORDINARY[key])) return [];
    const whole = { ...situation, [key]: ORDINARY[key] };
    if (!Array.isArray(value) || value.length < 2) return [whole];
    return [
      whole,
      ...value.map((_, index) => ({ ...situation, [key]: value.filter((_, other) => other !== index) })),
    ];
  });
}

/** One line for each fault of a verdict. */
export function faultLines({ faults }: Pick<Verdict, 'faults'>): string[] {
  return faults.map(
    ({ way, field, bare, here }) => `  ${labelOf(way)}: ${field}\n    bare: ${bare}\n    here: ${here}`,
  );
}
