import { BARE, labelOf, SAMPLED, WAYS, type Way } from './commands.ts';
import { type Difference, differences } from './compare.ts';
import { ORDINARY, type Situation } from './situation.ts';
import type { Stage } from './stage.ts';
import { type StatedDifference, statedFor } from './stated.ts';

/** What came of one situation. */
export interface Verdict {
  readonly situation: Situation;
  /** What no row of the table states. */
  readonly faults: readonly Difference[];
  readonly stated: readonly StatedDifference[];
  /** Whether the command by hand started the job at all. */
  readonly bareRan: boolean;
}

/** Runs one situation in every way, and holds each against the bare runtime. */
export async function judge(stage: Stage, situation: Situation, ways: readonly Way[]): Promise<Verdict> {
  const bare = await stage.observe(withAccount(situation), BARE);
  const faults: Difference[] = [];
  const stated = new Set<StatedDifference>();
  for (const way of ways) {
    const here = await stage.observe(situation, way);
    for (const difference of differences(situation, way, bare, here)) {
      const row = statedFor(situation, difference);
      if (row === undefined) faults.push(difference);
      else stated.add(row);
    }
  }
  return { situation, faults, stated: [...stated], bareRan: bare.ran };
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
