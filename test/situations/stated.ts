import type { Difference } from './compare.ts';
import type { Situation } from './situation.ts';

/** A difference from the bare runtime that is meant: one runtime, one field, when, and a reason that a user accepts. */
export interface StatedDifference {
  /** As after --runtime; with `script` that of `jcds wrap`. */
  readonly runtime: string;
  readonly script?: true;
  /** The name of a field, or the beginning of some, ending in `*`. */
  readonly field: string;
  /** Every key must hold one of these values; of a list, one of its elements must. */
  readonly when: { readonly [Key in keyof Situation]?: readonly unknown[] };
  readonly reason: string;
}

/** All of them. docs/runtimes.md is made from it. */
export const STATED: readonly StatedDifference[] = [];

/** The row that states this difference. */
export function statedFor(situation: Situation, { way, field }: Difference): StatedDifference | undefined {
  return STATED.find(
    row =>
      row.runtime === way.runtime &&
      (row.script === true) === (way.kind === 'wrap') &&
      (row.field.endsWith('*') ? field.startsWith(row.field.slice(0, -1)) : field === row.field) &&
      holds(row.when, situation),
  );
}

function holds(when: StatedDifference['when'], situation: Situation): boolean {
  return Object.entries(when).every(([key, allowed]) => {
    const value = situation[key as keyof Situation];
    const isAllowed = (one: unknown) => allowed.some(other => JSON.stringify(other) === JSON.stringify(one));
    return Array.isArray(value) ? value.some(isAllowed) : isAllowed(value);
  });
}
