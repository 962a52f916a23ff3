import type { Result } from './carry-out.ts';
import { absentAgain } from './plan.ts';
import type { KnownState } from './records.ts';
import type { Absence, Answer, Failure, Policy, RepositoryState, Step, Wanted } from './situation.ts';

/** What the records of the next cycle are made of. */
export interface AfterCycle {
  readonly state: KnownState;
  readonly wanted: Wanted;
  readonly answers: ReadonlyMap<string, Answer>;
  readonly steps: readonly Step[];
  readonly results: ReadonlyMap<Step, Result>;
  /** The repository as it was read back, before anything was deleted. */
  readonly linked: Pick<RepositoryState, 'links' | 'directories'>;
  readonly policy: Policy;
  /** Milliseconds since 1970: when the plan was made. */
  readonly now: number;
}

type Records = Pick<RepositoryState, 'absences' | 'failures' | 'unlinked' | 'directories'>;

/** The records that a cycle leaves. Pure. */
export function recordsAfter(after: AfterCycle): Records {
  const { linked, steps, results } = after;
  const deleted = new Set(
    steps.flatMap(step => (step.kind === 'delete' && results.has(step) ? [step.directory] : [])),
  );
  const directories = new Set([...linked.directories].filter(directory => !deleted.has(directory)));
  return {
    directories,
    absences: absencesAfter(after),
    failures: failuresAfter(after),
    unlinked: unlinkedAfter(after, directories),
  };
}

/** Of what is listed: a registry that shows the image ends the count, one that could not be seen leaves it. */
function absencesAfter({ wanted, answers, state, now }: AfterCycle): Map<string, Absence> {
  const absences = new Map<string, Absence>();
  for (const { path } of wanted.images) {
    const before = state.absences.get(path);
    const answer = answers.get(path)?.state;
    if (answer === 'absent') absences.set(path, absentAgain(before, now));
    else if (answer !== 'present' && before !== undefined) absences.set(path, before);
  }
  return absences;
}

/** What waiting does not change is not tried again at each cycle. */
function failuresAfter({
  wanted,
  answers,
  state,
  steps,
  results,
  policy,
  now,
}: AfterCycle): Map<string, Failure> {
  const failures = new Map<string, Failure>();
  const converted = new Map(
    steps.flatMap(step => (step.kind === 'convert' ? [[step.image.path, step] as const] : [])),
  );
  for (const { path } of wanted.images) {
    const step = converted.get(path);
    const result = step === undefined ? undefined : results.get(step);
    const before = state.failures.get(path);
    const answer = answers.get(path);
    if (step !== undefined && result?.state === 'failed' && !result.isPassing) {
      const { code, text } = result;
      failures.set(path, {
        digest: step.digest,
        code,
        text: text.slice(0, 1000),
        at: now,
        version: policy.version,
      });
    } else if (step === undefined && before !== undefined) {
      if (answer?.state !== 'present' || answer.digest === before.digest) failures.set(path, before);
    }
  }
  return failures;
}

/** Seconds since 1970 by directory to which no link leads, of those that are there. */
function unlinkedAfter(
  { state, steps, linked, now }: AfterCycle,
  directories: ReadonlySet<string>,
): Map<string, number> {
  const inUse = new Set(linked.links.values());
  const marked = new Set(steps.flatMap(step => (step.kind === 'mark-unlinked' ? [step.directory] : [])));
  const unlinked = new Map<string, number>();
  for (const directory of directories) {
    if (inUse.has(directory)) continue;
    const since = marked.has(directory) ? Math.floor(now / 1000) : state.unlinked.get(directory);
    if (since !== undefined) unlinked.set(directory, since);
  }
  return unlinked;
}
