import { JcdsError } from '../errors.ts';
import { type ChangePlan, makeChangePlan, type ProposedChange, type Wish } from './change-plan.ts';
import { pageAddress } from './forges/answer.ts';
import { encodePath } from './forges/encode-path.ts';
import type { Clock, Project } from './forges/forge.ts';
import { systemClock } from './forges/index.ts';
import { GitRemote, GitRemoteError, type RemoteOptions, shownRemote } from './git-remote.ts';
import { lookAgain } from './open-request.ts';
import { type Listed, listed } from './propose.ts';

export interface PushOptions extends Omit<Wish, 'forge'>, RemoteOptions {
  /** Whatever git takes: `git@git.jinr.ru:group/name.git`. */
  remote: string;
  /** The forge's host as people see it; only its pages are passed on. */
  host: string;
  message?: string | undefined;
  /** Asked before anything is written; absent: yes. */
  confirm?: (change: ProposedChange) => Promise<boolean>;
  clock?: Clock;
}

export type PushResult =
  | Listed
  /** The branch was pushed before, with this change alone; `url` shows the requests that were made of it. */
  | { state: 'exists'; url: string; change: ProposedChange }
  /** `iid` and its page when the server told them; else `url` shows the requests of the branch. */
  | { state: 'opened'; url: string; iid: number | null; change: ProposedChange }
  | { state: 'ready-change'; reason: 'not-confirmed'; url: string; change: ProposedChange };

/** The server takes the branch and opens no request by itself: it is no GitLab, or an old one. */
export class PushOptionsUnsupportedError extends JcdsError {
  constructor(remote: string) {
    super({
      code: 'PUSH_OPTIONS_UNSUPPORTED',
      message: `${shownRemote(remote)} opens no merge requests by git push`,
      hint: 'give a token instead: `jcds auth status` says how',
    });
  }
}

/** Where git finds a project over ssh, by the usual rule. */
export function sshRemote(host: string, project: string): string {
  return `git@${host.replace(/:\d+$/, '')}:${project}.git`;
}

/**
 * Asks for an image without a token: GitLab opens a merge request for a pushed branch when told to. The branch must not be there,
 * or be where it was last seen, so of many clients at once one pushes and the others find it. One that is there counts only when it
 * holds exactly the change, in no other file either: else it is made anew, since others may push there too. Throws what makeChangePlan throws,
 * GitRemoteError, GitUnusableError, PushOptionsUnsupportedError.
 */
export function proposeByPush(options: PushOptions): Promise<PushResult> {
  return GitRemote.with(options.remote, options, remote => push(options, remote));
}

async function push(options: PushOptions, remote: GitRemote): Promise<PushResult> {
  const { place, host, confirm } = options;
  const target = place.branch ?? (await remote.defaultBranch());
  if (target === null || !(await remote.fetch(target)))
    throw new GitRemoteError(remote.remote, 'read', 'it has no such branch');
  const project: Project = { id: '', path: place.project, defaultBranch: target, mayPush: true };
  const files = { host, readFile: remote.readFile.bind(remote), listFiles: remote.listFiles.bind(remote) };
  const plan = await makeChangePlan({ ...options, forge: files }, project);
  if ('found' in plan) return listed(plan);
  const { change } = plan;
  const tree = await remote.treeWith(target, change.path, plan.addition.text);
  const there = await remote.headOf(plan.branch);
  if (there !== null && (await remote.hasFiles(plan.branch, tree)))
    return { state: 'exists', url: pageOfBranch(options, plan), change };
  if (confirm && !(await confirm(change)))
    return { state: 'ready-change', reason: 'not-confirmed', url: editPage(options, plan), change };
  return pushBranch(options, plan, remote, { tree, expected: there ?? '' });
}

async function pushBranch(
  options: PushOptions,
  plan: ChangePlan,
  remote: GitRemote,
  { tree, expected }: { tree: string; expected: string },
): Promise<PushResult> {
  const { change, branch, target } = plan;
  const commit = await remote.commit(target, tree, `Add ${change.entry}`);
  const answer = await remote.tryGit([
    'push',
    '--porcelain',
    ...pushOptions(options, plan).flatMap(option => ['-o', option]),
    `--force-with-lease=refs/heads/${branch}:${expected}`,
    '--',
    remote.remote,
    `${commit}:refs/heads/${branch}`,
  ]);
  // git has no code of its own for this; its words are English here (LC_ALL=C).
  if (/does not support push options/.test(answer.errors))
    throw new PushOptionsUnsupportedError(remote.remote);
  const url = pageOfBranch(options, plan);
  // `=`: the same commit, of the same second, was pushed by somebody else.
  if (answer.code === 0 && !/^=/m.test(answer.output.toString()))
    return { state: 'opened', url, iid: null, change, ...requestTold(answer.errors, options) };
  const look = () => remote.hasFiles(branch, tree);
  if ((await look()) || (await lookAgain(options.clock ?? systemClock, look)))
    return { state: 'exists', url, change };
  throw new GitRemoteError(remote.remote, 'push to', answer.errors);
}

/** Push options are one line each. */
function pushOptions({ message }: PushOptions, { target, change }: ChangePlan): string[] {
  const words = `Please publish \`${change.entry}\`. ${message ?? ''}`.replace(/\s+/g, ' ').trim();
  return [
    'merge_request.create',
    `merge_request.target=${target}`,
    `merge_request.title=Add ${change.entry}`,
    `merge_request.description=${words}`,
    'merge_request.remove_source_branch',
  ];
}

/** What GitLab prints after a push: the page of the request, if it is one of this very host. */
function requestTold(errors: string, { host }: PushOptions): { url?: string; iid?: number } {
  for (const [word] of errors.matchAll(/https?:\/\/\S+/g)) {
    const url = pageAddress(word, host);
    const number = /\/-\/merge_requests\/(\d{1,9})$/.exec(url ?? '')?.[1];
    if (url !== null && number !== undefined) return { url, iid: Number(number) };
  }
  return {};
}

function pageOfBranch({ host, place }: PushOptions, { branch }: ChangePlan): string {
  return `https://${host}/${encodePath(place.project)}/-/merge_requests?state=all&source_branch=${encodeURIComponent(branch)}`;
}

function editPage({ host, place }: PushOptions, { target, change }: ChangePlan): string {
  return `https://${host}/${encodePath(place.project)}/-/edit/${encodePath(target)}/${encodePath(change.path)}`;
}
