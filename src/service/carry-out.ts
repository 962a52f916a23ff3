import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT, isJcdsError } from '../errors.ts';
import { fileTrouble } from '../files/refused-file.ts';
import { canonicalName } from '../image/reference.ts';
import { grouped } from './grouped.ts';
import { type MadeImage, type Making, makeImage } from './make-image.ts';
import { manifestsText, RECORDS } from './records.ts';
import type { RepositoryState, Step } from './situation.ts';
import type { LinkChange, OpenTarget } from './targets/target.ts';

/** What came of a step that was carried out. */
export type Result =
  | { readonly state: 'done'; readonly made: MadeImage | null }
  /** `isPassing`: it may be different in a while. */
  | { readonly state: 'failed'; readonly code: string; readonly text: string; readonly isPassing: boolean };

/** How the steps of a plan are carried out. */
export interface CarryOut extends Making {
  /** Images that are made at the same time. */
  readonly jobs: number;
  readonly platformName: string;
  /** Is told what goes on. */
  readonly tell: (news: string) => void;
  /** Waits so many milliseconds, by default really. */
  readonly pause?: (milliseconds: number) => Promise<unknown>;
}

/** What was done, and the map from digests to directories as it is now. */
export interface CarriedOut {
  readonly results: ReadonlyMap<Step, Result>;
  readonly manifests: ReadonlyMap<string, string>;
  /** Faults of jcds itself that some image has brought out: the others went on, and whoever calls this throws the first. */
  readonly faults: readonly unknown[];
}

type LinkStep = Extract<Step, { kind: 'link' | 'relink' | 'repair-link' | 'unlink' }>;
type ConvertStep = Extract<Step, { kind: 'convert' }>;

/** Carries out the steps that change names and make images; one that fails stops no other. What no link leads to is a later matter. */
export async function carryOut(
  steps: readonly Step[],
  state: RepositoryState,
  how: CarryOut,
  repository: OpenTarget,
): Promise<CarriedOut> {
  const results = new Map<Step, Result>();
  const manifests = new Map(state.manifests);
  const directories = new Set(state.directories);
  const faults: unknown[] = [];
  await changeLinks(steps.filter(isLinkStep), results, repository);
  const converts = steps.filter(step => step.kind === 'convert');
  // Two names of one content in one repository of a registry are made once.
  const queue = [...grouped(converts, contentName).values()];
  let begun = 0;
  const lane = async (): Promise<void> => {
    for (let group = queue.shift(); group !== undefined; group = queue.shift()) {
      const [first] = group as [ConvertStep, ...ConvertStep[]];
      begun += group.length;
      how.tell(`making ${begun} of ${converts.length}: ${first.image.path}`);
      const result = await resultOf(
        () => persistently(() => makeImage(first.image, first.digest, how, repository), how),
        faults,
      );
      for (const step of group) results.set(step, result);
      if (result.state !== 'done' || result.made === null) continue;
      const { directory } = result.made;
      // Known before it is linked: after a kill nothing is fetched again.
      manifests.set(first.digest, directory);
      directories.add(directory);
      await repository.writeRecords([
        [RECORDS.manifests, manifestsText(manifests, directories, how.platformName)],
      ]);
      await linkAll(group, directory, results, repository);
    }
  };
  await Promise.all(Array.from({ length: how.jobs }, lane));
  return { results, manifests, faults };
}

function contentName({ image, digest }: ConvertStep): string {
  return canonicalName({ ...image.reference, tag: null, digest });
}

function isLinkStep(step: Step): step is LinkStep {
  return ['link', 'relink', 'repair-link', 'unlink'].includes(step.kind);
}

async function changeLinks(
  steps: readonly LinkStep[],
  results: Map<Step, Result>,
  repository: OpenTarget,
): Promise<void> {
  const change = (step: LinkStep): LinkChange =>
    step.kind === 'unlink'
      ? { path: step.path, directory: null }
      : { path: step.image.path, directory: step.directory };
  const failures = new Map(
    (await repository.changeLinks(steps.map(change))).map(({ path, text }) => [path, text]),
  );
  for (const step of steps) results.set(step, linkResult(failures.get(change(step).path)));
}

async function linkAll(
  steps: readonly ConvertStep[],
  directory: string,
  results: Map<Step, Result>,
  repository: OpenTarget,
): Promise<void> {
  const changes = steps.map(({ image }) => ({ path: image.path, directory }));
  const failures = new Map((await repository.changeLinks(changes)).map(({ path, text }) => [path, text]));
  for (const step of steps) {
    const failure = failures.get(step.image.path);
    if (failure !== undefined) results.set(step, linkResult(failure));
  }
}

function linkResult(failure: string | undefined): Result {
  return failure === undefined
    ? { state: 'done', made: null }
    : { state: 'failed', code: 'TARGET_UNUSABLE', text: failure, isPassing: false };
}

/** What a try came to. A fault of jcds is one image's, too. */
async function resultOf(work: () => Promise<MadeImage>, faults: unknown[]): Promise<Result> {
  try {
    return { state: 'done', made: await work() };
  } catch (thrown) {
    if (isJcdsError(thrown)) {
      const { code, message: text, exitCode } = thrown;
      return { state: 'failed', code, text, isPassing: exitCode === EXIT.later || code === 'NO_ROOM' };
    }
    const trouble = fileTrouble(thrown);
    if (trouble === null) faults.push(thrown);
    const text = trouble ?? `jcds failed: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
    return { state: 'failed', code: trouble === null ? 'FAULT' : 'FILE', text, isPassing: true };
  }
}

/** Milliseconds before each further try; a random part is added, so that many services do not come at once. */
const BACK_OFF = [1000, 4000, 16_000];

/** Tries again what may pass: a registry that fails or breaks off. One that takes no more requests is left alone. */
async function persistently<T>(
  work: () => Promise<T>,
  { pause = sleep }: Pick<CarryOut, 'pause'>,
): Promise<T> {
  for (const wait of BACK_OFF) {
    try {
      return await work();
    } catch (thrown) {
      const isPassing = isJcdsError(thrown) && thrown.exitCode === EXIT.later;
      if (!isPassing || thrown.code === 'REGISTRY_RATE_LIMITED') throw thrown;
      await pause(wait * (1 + Math.random()));
    }
  }
  return work();
}
