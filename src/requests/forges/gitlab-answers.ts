import { safeText } from '../../output/safe-text.ts';
import { type Answer, field, needNumber, needText, numberField, pageAddress, textField } from './answer.ts';
import { addedLines } from './diff.ts';
import { encodePath } from './encode-path.ts';
import { NotAForgeError } from './failures.ts';
import type { FileVersion, ForgeRequest, Project, RequestState, Standing } from './forge.ts';

const DEVELOPER = 30;
const STATES: Readonly<Record<string, RequestState>> = {
  opened: 'open',
  // On its way of being merged.
  locked: 'open',
  closed: 'closed',
  merged: 'merged',
};

export function readProject(answer: Answer, data: unknown): Project {
  const level = (kind: string) => numberField(data, 'permissions', kind, 'access_level') ?? 0;
  return {
    id: String(needNumber(answer, data, 'id')),
    path: needText(answer, data, 'path_with_namespace'),
    defaultBranch: textField(data, 'default_branch') ?? '',
    mayPush: Math.max(level('project_access'), level('group_access')) >= DEVELOPER,
  };
}

export function readRequest(answer: Answer, data: unknown, origin: URL, project: Project): ForgeRequest {
  const number = needNumber(answer, data, 'iid');
  const state = STATES[needText(answer, data, 'state')];
  if (state === undefined) throw new NotAForgeError(answer.asked, 'a state of requests that does not exist');
  const source = numberField(data, 'source_project_id');
  const page = `${origin.origin}/${encodePath(project.path)}/-/merge_requests/${number}`;
  return {
    number,
    url: pageAddress(textField(data, 'web_url'), origin.host) ?? page,
    state,
    title: safeText(textField(data, 'title') ?? ''),
    description: textField(data, 'description'),
    author: cleaned(textField(data, 'author', 'username')),
    branch: textField(data, 'source_branch') ?? '',
    source: source === null ? null : String(source),
  };
}

function cleaned(text: string | null): string | null {
  return text === null ? null : safeText(text, 80);
}

/** The file of `GET …/repository/files/…`. */
export function readFileVersion(answer: Answer, data: unknown, path: string): FileVersion {
  if (textField(data, 'encoding') !== 'base64')
    throw new NotAForgeError(answer.asked, 'a file that is not base64');
  return {
    path,
    content: Buffer.from(needText(answer, data, 'content'), 'base64'),
    head: needText(answer, data, 'commit_id'),
    version: needText(answer, data, 'last_commit_id'),
  };
}

/** The lines that the files of a merge request add to a file, or to any; null where GitLab cuts the diff off. */
export function readLinesAdded(files: readonly unknown[], path: string | null): string[] | null {
  const lines: string[] = [];
  for (const file of files) {
    if (path !== null && textField(file, 'new_path') !== path) continue;
    const diff = textField(file, 'diff');
    const isCut = field(file, 'too_large') === true || field(file, 'collapsed') === true;
    if (diff === null || (isCut && diff === '')) return null;
    lines.push(...addedLines(diff));
  }
  return lines;
}

/** null while GitLab still tries the merge. */
export function readConflict(data: unknown): boolean | null {
  if (field(data, 'has_conflicts') === true || textField(data, 'detailed_merge_status') === 'conflict')
    return true;
  return /^(?:unchecked|checking|preparing)$/.test(textField(data, 'merge_status') ?? '') ? null : false;
}

/** The newest pipeline of those listed. */
export function readChecks(pipelines: readonly unknown[], origin: URL): Standing['checks'] {
  const newest = [...pipelines].sort((a, b) => (numberField(b, 'id') ?? 0) - (numberField(a, 'id') ?? 0))[0];
  if (newest === undefined) return { state: 'none', url: null, reason: null };
  const status = textField(newest, 'status') ?? '';
  const state = /^(?:failed|canceled)$/.test(status)
    ? 'failed'
    : /^(?:success|skipped|manual)$/.test(status)
      ? 'passed'
      : 'running';
  return { state, url: pageAddress(textField(newest, 'web_url'), origin.host), reason: null };
}
