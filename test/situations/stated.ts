import { labelOf, type Way } from './commands.ts';
import type { Difference } from './compare.ts';
import type { Situation } from './situation.ts';
import { STATED_ROWS } from './stated-rows.ts';
import type { When } from './when.ts';

/** A difference from the bare runtime that is meant: one runtime, some fields, when, and a reason that a user accepts. */
export interface StatedDifference {
  readonly way: Way;
  /** The names of fields, or the beginning of some, ending in `*`. */
  readonly fields: readonly string[];
  readonly when: When;
  /** What differs and when, for users: a clause that stands alone. */
  readonly text: string;
  readonly reason: string;
}

/** All of them, one for each way. docs/runtimes.md is made from it. */
export const STATED: readonly StatedDifference[] = STATED_ROWS.flatMap(({ exec, wrap, ...row }) => [
  ...exec.map(runtime => ({ ...row, way: { kind: 'exec', runtime } as const })),
  ...wrap.map(runtime => ({ ...row, way: { kind: 'wrap', runtime } as const })),
]);

/** The section of docs/runtimes.md: one line for all runtimes that share a difference and its reason. */
export function statedSection(): string {
  const lines = STATED_ROWS.map(({ exec, wrap, text, reason }) => {
    const names = [...exec, ...wrap.map(runtime => `scripts for ${runtime}`)];
    return `| ${names.join(', ')} | ${text} | ${reason} |`;
  });
  return ['| runtime | what differs | why |', '|---|---|---|', ...lines].join('\n');
}

/** The row that states this difference. */
export function statedFor(situation: Situation, { way, field }: Difference): StatedDifference | undefined {
  const isNamed = (name: string) =>
    name.endsWith('*') ? field.startsWith(name.slice(0, -1)) : field === name;
  return STATED.find(
    row => labelOf(row.way) === labelOf(way) && row.fields.some(isNamed) && row.when(situation),
  );
}

/** From how many situations on a row that matched none of them says too much. */
const ENOUGH = 1000;
/** The most situations that a row may excuse. */
const MOST = 0.03;

/** How often each row matched; what is wrong with the table itself. @param matched for each situation its rows */
export function tableFaults(
  matched: readonly (readonly StatedDifference[])[],
  ways: readonly Way[],
): { readonly counts: Readonly<Record<string, string>>; readonly faults: readonly string[] } {
  const labels = ways.map(labelOf);
  const rows = STATED.filter(({ way }) => labels.includes(labelOf(way)));
  const counted = rows.map(row => ({ row, count: matched.filter(all => all.includes(row)).length }));
  const faults = matched.length < ENOUGH ? [] : counted.flatMap(one => faultOf(one, matched.length));
  const texts = [...new Set(rows.map(({ text }) => text))];
  const countsOf = (text: string) =>
    counted.filter(({ row }) => row.text === text).map(({ row, count }) => `${labelOf(row.way)} ${count}`);
  return { counts: Object.fromEntries(texts.map(text => [text, countsOf(text).join(', ')])), faults };
}

function faultOf({ row, count }: { row: StatedDifference; count: number }, all: number): string[] {
  const name = `${labelOf(row.way)}: ${row.text}`;
  if (count === 0) return [`a stated difference matched nothing: ${name}`];
  return count > all * MOST ? [`a stated difference excused ${count} of ${all} situations: ${name}`] : [];
}
