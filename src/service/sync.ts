import type { RegistryOptions } from '../registry/client.ts';
import type { WishlistFormat } from '../requests/wishlist/wishlist.ts';
import { type CarriedOut, type CarryOut, carryOut } from './carry-out.ts';
import { checkList, checkPlatform, checkRemovals } from './guards.ts';
import { lookAtRegistries } from './look.ts';
import { expandPatterns } from './patterns.ts';
import { plan } from './plan.ts';
import { type KnownState, manifestsText, RECORDS, recordTexts, stateOf } from './records.ts';
import { recordsAfter } from './records-after.ts';
import type { Answer, Policy, Step, Wanted } from './situation.ts';
import { type Status, statusRows, statusText } from './status.ts';
import type { OpenTarget, Target } from './targets/target.ts';
import { type ReadList, readList, wantedOf } from './wanted.ts';

/** One cycle of a service. */
export interface SyncRequest extends Omit<CarryOut, 'registries'> {
  /** The list as it was named, and its text. */
  readonly file: string;
  readonly text: string;
  readonly format: WishlistFormat;
  readonly target: Target;
  readonly policy: Policy;
  /** Milliseconds to wait for another cycle on the same repository. */
  readonly patience: number;
  /** Says what would be done, and does nothing. */
  readonly isDry: boolean;
  readonly allowsMassRemoval: boolean;
  /** Milliseconds from one cycle to the next; null: nobody said. */
  readonly period: number | null;
  /** Throws where the network may not be used. */
  readonly registries: () => RegistryOptions;
  readonly now: () => number;
}

/** What a cycle came to. */
export interface Cycle {
  readonly steps: readonly Step[];
  readonly results: CarriedOut['results'];
  /** null: nothing was done. */
  readonly status: Status | null;
  readonly faults: readonly unknown[];
}

/** What was decided, before anything is done. */
interface Decision {
  readonly state: KnownState;
  readonly wanted: Wanted;
  readonly answers: ReadonlyMap<string, Answer>;
  readonly steps: readonly Step[];
  readonly now: number;
}

/**
 * Reads the list, looks at the repository and the registries, decides, carries out and writes down. Throws ListSuspectError, MassRemovalError,
 * StateUnreadableError, OtherPlatformError, and what the target throws: nothing was changed then.
 * @param decided is told the plan before anything is done, and before what takes too much away is refused
 */
export async function sync(
  request: SyncRequest,
  decided: (steps: readonly Step[]) => void = () => {},
): Promise<Cycle> {
  const { target, file, text, format, layout, isDry, patience } = request;
  const list = readList(file, text, format, layout);
  if (isDry) {
    const { steps } = await decide(request, list, target, decided);
    return { steps, results: new Map(), status: null, faults: [] };
  }
  return target.alone(patience, async repository => {
    const began = request.now();
    const decision = await decide(request, list, repository, decided);
    return act(request, list, decision, began, repository);
  });
}

async function decide(
  request: SyncRequest,
  list: ReadList,
  repository: Pick<Target, 'look'>,
  decided: (steps: readonly Step[]) => void,
): Promise<Decision> {
  const { target, layout, format, policy, platformName, allowsMassRemoval, tell } = request;
  const state = stateOf(target.shown, await repository.look(), layout);
  checkPlatform(target.shown, state, platformName);
  checkList(request.file, list, state, allowsMassRemoval);
  const options = request.registries();
  const expanded = await expandPatterns(list.patterns, format, layout, options);
  const wanted = wantedOf([...list.images, ...expanded.images], [...list.unclear, ...expanded.unclear]);
  const count = wanted.images.length;
  const answers = await lookAtRegistries(wanted.images, options, answered => {
    if (answered % 50 === 0 || answered === count) tell(`looked at ${answered} of ${count} images`);
  });
  const now = request.now();
  const steps = plan({ wanted, state, answers, now, policy });
  decided(steps);
  checkRemovals(steps, state, allowsMassRemoval);
  return { state, wanted, answers, steps, now };
}

async function act(
  request: SyncRequest,
  list: ReadList,
  decision: Decision,
  began: number,
  repository: OpenTarget,
): Promise<Cycle> {
  const { layout, target, platformName, policy, period } = request;
  const { state, steps, answers } = decision;
  const { results: carried, manifests, faults } = await carryOut(steps, state, request, repository);
  const results = new Map(carried);
  // What leads where is read back: nothing is removed that a link leads to now.
  const linked = stateOf(target.shown, await repository.look(), layout);
  const inUse = new Set(linked.links.values());
  const due = steps.filter(step => step.kind === 'delete').filter(({ directory }) => !inUse.has(directory));
  await repository.removeImages(due.map(({ directory }) => directory));
  for (const step of due) results.set(step, { state: 'done', made: null });
  const after = recordsAfter({ ...decision, results, linked, policy });
  const [start, end] = [began, request.now()].map(time => new Date(time).toISOString()) as [string, string];
  const status: Status = {
    ...{ jcds: policy.version, platform: platformName, began: start, ended: end },
    next: period === null ? null : new Date(began + period).toISOString(),
    listed: list.length,
    images: statusRows({
      ...{ steps, results, answers, time: end, before: state },
      links: linked.links,
      directories: after.directories,
    }),
  };
  await repository.writeRecords([
    [RECORDS.manifests, manifestsText(manifests, after.directories, platformName)],
    ...recordTexts(after),
    [RECORDS.status, statusText(status)],
  ]);
  return { steps, results, status, faults };
}
