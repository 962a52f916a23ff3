import { safeText } from '../../output/safe-text.ts';
import { type Answer, field, needNumber, needText, numberField, pageAddress, textField } from './answer.ts';
import { addedLines } from './diff.ts';
import { encodePath } from './encode-path.ts';
import { NotAForgeError } from './failures.ts';
import type { ForgeRequest, Project, RequestState, Standing } from './forge.ts';

export function readRepository(answer: Answer, data: unknown): Project {
  const path = needText(answer, data, 'full_name');
  return {
    id: path,
    path,
    defaultBranch: textField(data, 'default_branch') ?? '',
    mayPush: field(data, 'permissions', 'push') === true,
  };
}

export function readPull(answer: Answer, data: unknown, origin: URL, project: Project): ForgeRequest {
  const number = needNumber(answer, data, 'number');
  const page = `${origin.origin}/${encodePath(project.path)}/pull/${number}`;
  return {
    number,
    url: pageAddress(textField(data, 'html_url'), origin.host) ?? page,
    state: stateOf(answer, data),
    title: safeText(textField(data, 'title') ?? ''),
    description: textField(data, 'body'),
    author:
      textField(data, 'user', 'login') === null ? null : safeText(textField(data, 'user', 'login')!, 80),
    branch: textField(data, 'head', 'ref') ?? '',
    source: textField(data, 'head', 'repo', 'full_name'),
  };
}

function stateOf(answer: Answer, data: unknown): RequestState {
  const state = needText(answer, data, 'state');
  if (state === 'open') return 'open';
  if (state !== 'closed')
    throw new NotAForgeError(answer.asked, 'a state of pull requests that does not exist');
  return textField(data, 'merged_at') === null ? 'closed' : 'merged';
}

const BAD = /^(?:failure|timed_out|cancelled|action_required|startup_failure)$/;

/** All check runs of a commit as one: failed if any failed, running while any runs. */
export function readCheckRuns(runs: readonly unknown[], origin: URL): Standing['checks'] {
  const failed = runs.find(run => BAD.test(textField(run, 'conclusion') ?? ''));
  const running = runs.find(run => textField(run, 'status') !== 'completed');
  const state = failed ? 'failed' : running ? 'running' : runs.length > 0 ? 'passed' : 'none';
  const url = pageAddress(textField(failed ?? running ?? runs[0], 'html_url'), origin.host);
  return { state, url, reason: null };
}

/** The lines that the files of a pull request add to a file, or to any; null where GitHub leaves the patch out. */
export function readLinesAdded(files: readonly unknown[], path: string | null): string[] | null {
  const lines: string[] = [];
  for (const file of files) {
    if (path !== null && textField(file, 'filename') !== path) continue;
    const patch = textField(file, 'patch');
    // A file of which only the name has changed has no patch, and adds nothing.
    if (patch === null && numberField(file, 'additions') !== 0) return null;
    lines.push(...addedLines(patch ?? ''));
  }
  return lines;
}

/** GitHub answers null until it has tried the merge. */
export function readMergeable(data: unknown): boolean | null {
  const mergeable = field(data, 'mergeable');
  return typeof mergeable === 'boolean' ? !mergeable : null;
}

/** Where a commit's check runs are asked for; null when the head is unknown. */
export function headCommit(data: unknown): string | null {
  const sha = textField(data, 'head', 'sha');
  return sha !== null && /^[0-9a-f]{40,64}$/.test(sha) ? sha : null;
}

/** The number in the address of a moved repository, `…/repositories/NUMBER`. */
export function movedTo(location: string): number | null {
  return numberField({ id: /\/repositories\/(\d+)$/.exec(location)?.[1] }, 'id');
}
