import { jsonLine } from '../output/json.ts';
import { SCHEMA_VERSION } from '../schema-version.ts';
import type { Result } from './carry-out.ts';
import type { KnownState } from './records.ts';
import type { Answer, ListedImage, Reason, Step } from './situation.ts';

/** How one image, or one line of the list that is not clear, stands after a cycle. */
export interface StatusRow {
  readonly line: number;
  readonly text: string;
  /** null: it is not known which image the line means. */
  readonly path: string | null;
  /**
   * `published`: it is what the registry has; `kept`: something is there, and it may be older than what the registry has; `missing`: nothing is
   * there.
   */
  readonly state: 'published' | 'kept' | 'missing';
  /** null: nothing is wrong. */
  readonly reason: { readonly kind: string; readonly text: string; readonly isPassing: boolean } | null;
  /** What the registry has now, where it said so. */
  readonly digest: string | null;
  /** Where the name leads. */
  readonly directory: string | null;
  /** Since when state and directory are these. */
  readonly since: string;
}

/** What a cycle leaves behind for who waits for an image. */
export interface Status {
  readonly jcds: string;
  readonly platform: string;
  readonly began: string;
  readonly ended: string;
  /** When the next cycle is to begin, where that is known. */
  readonly next: string | null;
  /** Lines of the list that name something. */
  readonly listed: number;
  readonly images: readonly StatusRow[];
}

/** What a row is made of. */
export interface CycleFacts {
  readonly steps: readonly Step[];
  readonly results: ReadonlyMap<Step, Result>;
  readonly answers: ReadonlyMap<string, Answer>;
  /** Links as they are after the cycle. */
  readonly links: ReadonlyMap<string, string | null>;
  readonly directories: ReadonlySet<string>;
  readonly before: Pick<KnownState, 'told'>;
  readonly time: string;
}

/** A row for each image of the list and each line that is not clear, in the order of the list. */
export function statusRows(facts: CycleFacts): StatusRow[] {
  const rows = facts.steps.flatMap(step => {
    const image = imageOf(step);
    if (image !== null) return [imageRow(image, step, facts)];
    return step.kind === 'skip' ? [lineRow(step, facts)] : [];
  });
  return rows.sort((one, other) => one.line - other.line);
}

function imageOf(step: Step): ListedImage | null {
  return 'image' in step ? step.image : null;
}

function imageRow(image: ListedImage, step: Step, facts: CycleFacts): StatusRow {
  const { line, text, path } = image;
  const answer = facts.answers.get(path);
  const digest = answer?.state === 'present' ? answer.digest : null;
  const link = facts.links.get(path) ?? null;
  const directory = link !== null && facts.directories.has(link) ? link : null;
  const reason = reasonOf(step, facts.results.get(step), directory);
  const state = directory === null ? 'missing' : reason === null ? 'published' : 'kept';
  const before = facts.before.told.get(path);
  const isSame = before?.state === state && before.directory === directory;
  return { line, text, path, state, reason, digest, directory, since: isSame ? before.since : facts.time };
}

function lineRow({ line, text, reason }: Extract<Step, { kind: 'skip' }>, { time }: CycleFacts): StatusRow {
  const { kind, text: why } = reason;
  return {
    ...{ line, text, path: null, state: 'missing', digest: null, directory: null, since: time },
    reason: { kind, text: why, isPassing: false },
  };
}

const PASSING: ReadonlySet<Reason['kind']> = new Set(['unseen', 'not-looked-at']);

function reasonOf(step: Step, result: Result | undefined, directory: string | null): StatusRow['reason'] {
  if (step.kind === 'unlink')
    return {
      kind: 'absent',
      text: 'its registry has lost it for good, and it was taken away',
      isPassing: false,
    };
  if (result?.state === 'failed')
    return { kind: result.code, text: result.text, isPassing: result.isPassing };
  if ((step.kind === 'keep' || step.kind === 'skip') && step.reason.kind !== 'current') {
    const { kind, text } = step.reason;
    return { kind, text, isPassing: PASSING.has(kind) };
  }
  // Read back: what was done must be there.
  return directory === null
    ? { kind: 'not-there', text: 'it was published, and is not there', isPassing: true }
    : null;
}

/** The text of the file that is left in the repository. */
export function statusText(status: Status): string {
  return jsonLine({ schemaVersion: SCHEMA_VERSION, ...status });
}
