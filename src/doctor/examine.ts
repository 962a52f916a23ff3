import type { Context } from '../context.ts';
import { batch } from './checks/batch.ts';
import { completion } from './checks/completion.ts';
import { host } from './checks/host.ts';
import { program } from './checks/program.ts';
import { repositories } from './checks/repositories.ts';
import { runtimes } from './checks/runtimes.ts';
import { settings } from './checks/settings.ts';
import { tokens } from './checks/tokens.ts';
import type { Check, Finding, Patient } from './finding.ts';

/** What `jcds doctor` looks at, in the order in which it is told. One row a check. */
const CHECKS = {
  jcds: program,
  settings,
  repositories,
  runtimes,
  host,
  tokens,
  completion,
  batch,
} as const satisfies Record<string, Check>;

export type Area = keyof typeof CHECKS;

/** A finding, and the area that it belongs to. */
export interface Placed extends Finding {
  readonly area: Area | 'image';
}

/** Milliseconds beyond a check's own limit in which it can still say what it knows. */
const GRACE = 3000;

/** Looks at everything at the same time. A check that gives no answer is told to have given none: it never holds up the others. */
export async function examine(patient: Patient, context: Context): Promise<readonly Placed[]> {
  const areas = Object.entries(CHECKS) as [Area, Check][];
  const found = await Promise.all(
    areas.map(async ([area, check]) => {
      const findings = await bounded(check(patient, context), area, patient.limit + GRACE);
      return findings.map(finding => ({ area, ...finding }));
    }),
  );
  return found.flat();
}

async function bounded(
  answer: Promise<readonly Finding[]>,
  subject: string,
  limit: number,
): Promise<readonly Finding[]> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<readonly Finding[]>(resolve => {
    const finding = `gave no answer within ${Math.round(limit / 1000)} s`;
    timer = setTimeout(() => resolve([{ subject, state: 'note', finding }]), limit);
  });
  try {
    return await Promise.race([answer, silence]);
  } finally {
    clearTimeout(timer);
  }
}
