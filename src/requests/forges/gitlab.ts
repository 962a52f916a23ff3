import { field, readJson, readList, textField, wordsOf } from './answer.ts';
import { checksShown } from './checks.ts';
import type { ForgeClient } from './client.ts';
import { encodePath } from './encode-path.ts';
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
import { readChecks, readConflict, readFileVersion, readLinesAdded, readRequest } from './gitlab-answers.ts';
import { gitLabFork } from './gitlab-fork.ts';
import { readGitLabProject } from './gitlab-project.ts';
import { readOwnToken } from './gitlab-token.ts';

/** GitLab's REST API v4, as its own description has it; `origin` is the address people see. */
export class GitLab implements Forge {
  readonly kind = 'gitlab';
  readonly host: string;
  readonly #client: ForgeClient;
  readonly #origin: URL;

  constructor(client: ForgeClient, origin: URL) {
    this.#client = client;
    this.#origin = origin;
    this.host = origin.host;
  }

  async account(): Promise<Account | null> {
    return this.#client.hasToken ? readOwnToken(this.#client) : null;
  }

  project(path: string): Promise<Project> {
    return readGitLabProject(this.#client, this.#origin, path);
  }

  async listFiles(project: Project, branch: string): Promise<string[]> {
    const files: string[] = [];
    const pages = this.#client.pages({
      path: `/projects/${project.id}/repository/tree`,
      query: { ref: branch, recursive: 'true', per_page: 100 },
      what: `list the files of ${project.path}`,
    });
    for await (const page of pages)
      for (const item of readList(page))
        if (textField(item, 'type') === 'blob') files.push(textField(item, 'path') ?? '');
    return files.filter(file => file !== '');
  }

  async readFile(project: Project, path: string, branch: string): Promise<FileVersion | null> {
    const answer = await this.#client.send({
      method: 'GET',
      path: `/projects/${project.id}/repository/files/${encodeURIComponent(path)}`,
      query: { ref: branch },
      what: `read ${path} of ${project.path}`,
      accept: [404],
    });
    return answer.status === 404 ? null : readFileVersion(answer, readJson(answer), path);
  }

  async requestsFrom(
    project: Project,
    branch: string,
    target: string,
    { name }: Account,
  ): Promise<ForgeRequest[]> {
    const query = { source_branch: branch, target_branch: target, author_username: name };
    const found = await this.#requests(project, query, `look for requests to ${project.path}`);
    return found.filter(({ author }) => author === name);
  }

  openRequests(project: Project, target: string, most: number): Promise<ForgeRequest[]> {
    const query = { state: 'opened', target_branch: target };
    return this.#requests(project, query, `look for open requests to ${project.path}`, most);
  }

  /** The whole request with its changes where GitLab is older than 15.7 and has no list of them. */
  async linesAdded(
    project: Project,
    { number }: ForgeRequest,
    path: string | null,
  ): Promise<string[] | null> {
    const request = `/projects/${project.id}/merge_requests/${number}`;
    const what = `read the changes of !${number} of ${project.path}`;
    const read = (end: string, query = {}) =>
      this.#client.send({ method: 'GET', path: request + end, query, what, accept: [403, 404] });
    const listed = await read('/diffs', { per_page: 100 });
    if (listed.status === 200) return readLinesAdded(readList(listed), path);
    const whole = listed.status === 404 ? await read('/changes') : listed;
    const changes = whole.status === 200 ? field(readJson(whole), 'changes') : null;
    return Array.isArray(changes) ? readLinesAdded(changes, path) : null;
  }

  requestsBy(project: Project, account: Account): Promise<ForgeRequest[]> {
    return this.#requests(
      project,
      { author_username: account.name },
      `list your requests to ${project.path}`,
    );
  }

  async #requests(
    project: Project,
    query: Record<string, string>,
    what: string,
    most = Number.POSITIVE_INFINITY,
  ): Promise<ForgeRequest[]> {
    const found: ForgeRequest[] = [];
    const path = `/projects/${project.id}/merge_requests`;
    for await (const page of this.#client.pages({ path, query: { ...query, per_page: 100 }, what })) {
      for (const data of readList(page)) found.push(readRequest(page, data, this.#origin, project));
      if (found.length >= most) break;
    }
    return found.slice(0, most);
  }

  async source(project: Project, account: Account): Promise<Project> {
    return project.mayPush ? project : gitLabFork(this.#client, this.host, project, account);
  }

  /** `start_sha` with `start_project`: a fork that lags behind needs no update. Any failed commit is a plain 400. */
  async writeBranch({
    project,
    source,
    branch,
    base,
    content,
    message,
    rewrite,
  }: Change): Promise<'written' | 'changed'> {
    const answer = await this.#client.send({
      method: 'POST',
      path: `/projects/${source.id}/repository/commits`,
      what: `make the branch ${branch} in ${source.path}`,
      accept: [400],
      body: {
        branch,
        commit_message: message,
        start_sha: base.head,
        ...(source.id === project.id ? {} : { start_project: Number(project.id) }),
        ...(rewrite ? { force: true } : {}),
        actions: [
          {
            action: 'update',
            file_path: base.path,
            content: Buffer.from(content).toString('base64'),
            encoding: 'base64',
            last_commit_id: base.version,
          },
        ],
      },
    });
    return answer.status === 400 ? 'changed' : 'written';
  }

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
      path: `/projects/${source.id}/merge_requests`,
      what: `open a merge request in ${project.path}`,
      accept: [409],
      body: {
        source_branch: branch,
        target_branch: target,
        target_project_id: Number(project.id),
        title,
        description,
        remove_source_branch: true,
      },
    });
    return answer.status === 409
      ? { status: answer.status, refusal: wordsOf(answer) }
      : readRequest(answer, readJson(answer), this.#origin, project);
  }

  async standing(project: Project, number: number): Promise<Standing> {
    const path = `/projects/${project.id}/merge_requests/${number}`;
    const what = `read the request !${number} of ${project.path}`;
    const answer = await this.#client.send({ method: 'GET', path, what });
    const data = readJson(answer);
    return {
      request: readRequest(answer, data, this.#origin, project),
      conflicting: readConflict(data),
      checks: await checksShown(async () => readChecks(await this.#pipelines(path), this.#origin)),
    };
  }

  async #pipelines(path: string): Promise<unknown[]> {
    const what = 'read its checks';
    return readList(await this.#client.send({ method: 'GET', path: `${path}/pipelines`, what }));
  }

  editPage(project: string, branch: string, path: string): string {
    return `${this.#origin.origin}/${encodePath(project)}/-/edit/${encodePath(branch)}/${encodePath(path)}`;
  }
}
