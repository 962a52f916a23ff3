import { safeText } from '../../output/safe-text.ts';
import { field, needText, readJson, readList, textField, wordsOf } from './answer.ts';
import { checksShown } from './checks.ts';
import type { ForgeClient } from './client.ts';
import { encodePath } from './encode-path.ts';
import { NotAForgeError } from './failures.ts';
import type {
  Account,
  Change,
  FileVersion,
  Forge,
  ForgeRequest,
  Project,
  Proposal,
  Refusal,
  Standing,
} from './forge.ts';
import { headCommit, readCheckRuns, readLinesAdded, readMergeable, readPull } from './github-answers.ts';
import { writeGitHubBranch } from './github-branch.ts';
import { gitHubFork } from './github-fork.ts';
import { readGitHubProject } from './github-project.ts';
import { MissingScopeError } from './token-failures.ts';

/** Which of the pull requests that are listed are wanted, and how many at most. */
interface PullChoice {
  readonly isWanted?: (data: unknown) => boolean;
  readonly most?: number;
}

const isBy =
  ({ name }: Account) =>
  (data: unknown) =>
    textField(data, 'user', 'login') === name;

/** GitHub's REST API, as `@octokit/openapi` describes it; `origin` is the address people see. */
export class GitHub implements Forge {
  readonly kind = 'github';
  readonly host: string;
  readonly #client: ForgeClient;
  readonly #origin: URL;

  constructor(client: ForgeClient, origin: URL) {
    this.#client = client;
    this.#origin = origin;
    this.host = origin.host;
  }

  /** Classic tokens tell their scopes in a header, fine-grained ones do not. */
  async account(): Promise<Account | null> {
    if (!this.#client.hasToken) return null;
    const answer = await this.#client.send({
      method: 'GET',
      path: '/user',
      what: 'read whose token this is',
    });
    const told = answer.headers['x-oauth-scopes'];
    const scopes = told === undefined ? null : told.split(/,\s*/).filter(scope => scope !== '');
    if (scopes !== null && !scopes.includes('repo') && !scopes.includes('public_repo'))
      throw new MissingScopeError(this.host, 'public_repo', scopes);
    const expires = answer.headers['github-authentication-token-expiration'] ?? null;
    return {
      name: safeText(needText(answer, readJson(answer), 'login'), 80),
      scopes: scopes?.map(scope => safeText(scope, 60)) ?? null,
      expires: expires === null ? null : safeText(expires, 40),
    };
  }

  project(path: string): Promise<Project> {
    return readGitHubProject(this.#client, this.host, path);
  }

  async listFiles(project: Project, branch: string): Promise<string[]> {
    const answer = await this.#client.send({
      method: 'GET',
      path: `/repos/${encodePath(project.id)}/git/trees/${encodeURIComponent(branch)}`,
      query: { recursive: '1' },
      what: `list the files of ${project.path}`,
    });
    const tree = field(readJson(answer), 'tree');
    if (!Array.isArray(tree)) throw new NotAForgeError(answer.asked, 'no tree');
    return tree.filter(item => textField(item, 'type') === 'blob').map(item => textField(item, 'path') ?? '');
  }

  /** Two questions, so that the file is read at a commit that is known: what the branch is later made from. */
  async readFile(project: Project, path: string, branch: string): Promise<FileVersion | null> {
    const root = `/repos/${encodePath(project.id)}`;
    const what = `read ${path} of ${project.path}`;
    const head = await this.#client.send({
      method: 'GET',
      path: `${root}/git/ref/heads/${encodePath(branch)}`,
      what,
      accept: [404],
    });
    if (head.status === 404) return null;
    const commit = needText(head, readJson(head), 'object', 'sha');
    const answer = await this.#client.send({
      method: 'GET',
      path: `${root}/contents/${encodePath(path)}`,
      query: { ref: commit },
      what,
      accept: [404],
    });
    if (answer.status === 404) return null;
    const data = readJson(answer);
    if (textField(data, 'encoding') !== 'base64')
      throw new NotAForgeError(answer.asked, 'a file that is not base64');
    const content = Buffer.from(needText(answer, data, 'content'), 'base64');
    return { path, content, head: commit, version: needText(answer, data, 'sha') };
  }

  /** GitHub tells apart by the owner of the branch: that is the project's where this account may push there. */
  async requestsFrom(
    project: Project,
    branch: string,
    target: string,
    account: Account,
  ): Promise<ForgeRequest[]> {
    const owners = new Set([account.name, ...(project.mayPush ? project.path.split('/').slice(0, 1) : [])]);
    const choice = { isWanted: isBy(account) };
    const found = await Promise.all(
      [...owners].map(owner =>
        this.#pulls(project, { state: 'all', head: `${owner}:${branch}`, base: target }, 'look for', choice),
      ),
    );
    return found.flat().sort((a, b) => b.number - a.number);
  }

  openRequests(project: Project, target: string, most: number): Promise<ForgeRequest[]> {
    const query = { state: 'open', base: target, sort: 'created', direction: 'desc' };
    return this.#pulls(project, query, 'look for open', { most });
  }

  async linesAdded(
    project: Project,
    { number }: ForgeRequest,
    path: string | null,
  ): Promise<string[] | null> {
    const answer = await this.#client.send({
      method: 'GET',
      path: `/repos/${encodePath(project.id)}/pulls/${number}/files`,
      query: { per_page: 100 },
      what: `read the changes of #${number} of ${project.path}`,
      accept: [403, 404, 422],
    });
    return answer.status === 200 ? readLinesAdded(readList(answer), path) : null;
  }

  requestsBy(project: Project, account: Account): Promise<ForgeRequest[]> {
    const query = { state: 'all', sort: 'created', direction: 'desc' };
    return this.#pulls(project, query, 'list', { isWanted: isBy(account) });
  }

  async #pulls(
    project: Project,
    query: Record<string, string>,
    verb: string,
    { isWanted = () => true, most = Number.POSITIVE_INFINITY }: PullChoice = {},
  ): Promise<ForgeRequest[]> {
    const found: ForgeRequest[] = [];
    const path = `/repos/${encodePath(project.id)}/pulls`;
    const what = `${verb} requests to ${project.path}`;
    for await (const page of this.#client.pages({ path, query: { ...query, per_page: 100 }, what })) {
      for (const data of readList(page))
        if (isWanted(data)) found.push(readPull(page, data, this.#origin, project));
      if (found.length >= most) break;
    }
    return found.slice(0, most);
  }

  async source(project: Project, account: Account): Promise<Project> {
    return project.mayPush ? project : gitHubFork(this.#client, project, account);
  }

  writeBranch(change: Change): Promise<'written' | 'changed'> {
    return writeGitHubBranch(this.#client, change);
  }

  /** GitHub has no 409 here: 422 stands for a request that exists and for everything else that is wrong. */
  async open({
    project,
    source,
    branch,
    target,
    title,
    description,
  }: Proposal): Promise<ForgeRequest | Refusal> {
    const answer = await this.#client.send({
      method: 'POST',
      path: `/repos/${encodePath(project.id)}/pulls`,
      what: `open a pull request in ${project.path}`,
      accept: [422],
      body: { title, body: description, head: `${source.path.split('/')[0]}:${branch}`, base: target },
    });
    return answer.status === 422
      ? { status: answer.status, refusal: wordsOf(answer) }
      : readPull(answer, readJson(answer), this.#origin, project);
  }

  async standing(project: Project, number: number): Promise<Standing> {
    const root = `/repos/${encodePath(project.id)}`;
    const what = `read the request #${number} of ${project.path}`;
    const answer = await this.#client.send({ method: 'GET', path: `${root}/pulls/${number}`, what });
    const data = readJson(answer);
    const commit = headCommit(data);
    return {
      request: readPull(answer, data, this.#origin, project),
      conflicting: readMergeable(data),
      checks: await checksShown(async () =>
        readCheckRuns(commit === null ? [] : await this.#checkRuns(root, commit), this.#origin),
      ),
    };
  }

  async #checkRuns(root: string, commit: string): Promise<unknown[]> {
    const answer = await this.#client.send({
      method: 'GET',
      path: `${root}/commits/${commit}/check-runs`,
      query: { per_page: 100 },
      what: 'read its checks',
    });
    const list = field(readJson(answer), 'check_runs');
    if (!Array.isArray(list)) throw new NotAForgeError(answer.asked, 'no check_runs');
    return list;
  }

  editPage(project: string, branch: string, path: string): string {
    return `${this.#origin.origin}/${encodePath(project)}/edit/${encodePath(branch)}/${encodePath(path)}`;
  }
}
