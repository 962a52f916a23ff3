import { EXIT, type ExitCode } from '../errors.ts';
import type { Result } from './carry-out.ts';
import type { Step } from './situation.ts';
import type { StatusRow } from './status.ts';
import type { Cycle } from './sync.ts';

/** A step as programs get it. */
export function stepJson(step: Step, result?: Result): Readonly<Record<string, unknown>> {
  const { image, ...rest } = { image: null, ...step };
  const listed = image === null ? {} : { path: image.path, line: image.line, text: image.text };
  return { ...rest, ...listed, ...(result === undefined ? {} : { result: resultJson(result) }) };
}

function resultJson(result: Result): Readonly<Record<string, unknown>> {
  if (result.state === 'failed' || result.made === null) return { ...result };
  const { directory, record, opened } = result.made;
  return { state: result.state, directory, record, opened };
}

/** A step as a line for people; null for what is as it was. */
export function stepLine(step: Step): string | null {
  switch (step.kind) {
    case 'convert':
      return `convert        ${step.image.path}  ${step.digest}  (line ${step.image.line})`;
    case 'link':
    case 'relink':
    case 'repair-link':
      return `${step.kind.padEnd(13)}  ${step.image.path} -> ${step.directory}  (line ${step.image.line})`;
    case 'unlink':
      return `unlink         ${step.path}  (${step.image === null ? 'the list does not name it' : 'its registry has lost it'})`;
    case 'mark-unlinked':
    case 'delete':
      return `${step.kind.padEnd(13)}  ${step.directory}`;
    case 'keep':
      return step.reason.kind === 'current' ? null : `keep           ${step.path}: ${step.reason.text}`;
    case 'skip':
      return `skip           ${step.image?.path ?? step.text}  (line ${step.line}): ${step.reason.text}`;
    default:
      return step satisfies never;
  }
}

/** What a cycle did, for people: a line for each step that changed something or failed, and for each image that is not as listed. */
export function cycleLines({ steps, results, status }: Cycle): string[] {
  const done = steps.flatMap(step => {
    const result = results.get(step);
    const line = stepLine(step);
    return result?.state === 'done' && line !== null ? [line] : [];
  });
  const rows = status?.images ?? [];
  const wrong = rows.filter(({ reason }) => reason !== null).map(rowLine);
  const published = rows.filter(({ state }) => state === 'published').length;
  const end = `${published} of ${rows.length} are published as their registries have them`;
  return [...done, ...wrong, end];
}

function rowLine({ line, path, text, state, reason }: StatusRow): string {
  const what = state === 'kept' ? 'left as it is' : 'not published';
  return `${what}: ${path ?? text} (line ${line}): ${reason?.text ?? ''}`;
}

/**
 * How a cycle ends: 1 where something of the list is not published and waiting does not help, 75 where it may. An image that its registry
 * has lost, and that is still there, is neither: it is said.
 */
export function exitCodeOf(rows: readonly Pick<StatusRow, 'state' | 'reason'>[]): ExitCode {
  const wrong = rows.filter(
    ({ state, reason }) => reason !== null && !(state === 'kept' && reason.kind === 'absent'),
  );
  if (wrong.length === 0) return EXIT.ok;
  return wrong.every(({ reason }) => reason?.isPassing === true) ? EXIT.later : EXIT.no;
}
