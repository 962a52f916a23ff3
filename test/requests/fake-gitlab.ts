import { GitLabReads } from './fake-gitlab-reads.ts';
import { refuse } from './fake-gitlab-shapes.ts';
import { type FakeMergeRequest, type FakeProject, type FakeUser, TIME } from './fake-gitlab-state.ts';
import type { FakeAnswer, FakeRequest } from './fake-server.ts';

/** GitLab with its state in memory: who may what, and what a client writes. */
export class FakeGitLab extends GitLabReads {
  protected answer(request: FakeRequest): FakeAnswer {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    const user = token === undefined ? null : this.users.get(token);
    if (user === undefined) return refuse(401, '401 Unauthorized');
    if (user?.expires != null && Date.parse(user.expires) <= Date.parse(TIME))
      return {
        status: 401,
        body: {
          error: 'invalid_token',
          error_description: 'Token is expired. You can either do re-authorization or token refresh.',
        },
      };
    const route = request.url.pathname.replace(/^\/api\/v4\//, '');
    if (
      user !== null &&
      !user.scopes.includes('api') &&
      (request.method !== 'GET' || !user.scopes.includes('read_api')) &&
      route !== 'personal_access_tokens/self'
    )
      return {
        status: 403,
        body: {
          error: 'insufficient_scope',
          error_description: 'The request requires higher privileges than provided by the access token.',
          scope: 'api',
        },
      };
    if (route === 'user')
      return user === null ? refuse(401, '401 Unauthorized') : { status: 200, body: this.user(user) };
    if (route === 'personal_access_tokens/self')
      return user === null ? refuse(401, '401 Unauthorized') : this.token(user);
    const [, name, rest = ''] = /^projects\/([^/]+)(?:\/(.*))?$/.exec(route) ?? [];
    if (name === undefined) return { status: 404, body: { error: '404 Not Found' } };
    const wanted = decodeURIComponent(name);
    const movedTo = this.moved.get(wanted);
    if (movedTo !== undefined)
      return { status: 301, text: '', headers: { location: `${this.origin}/api/v4/projects/${movedTo}` } };
    const project = this.projects.find(
      ({ id, path }) => String(id) === wanted || path.toLowerCase() === wanted.toLowerCase(),
    );
    if (project === undefined || (project.visibility === 'private' && this.level(project, user) < 10))
      return refuse(404, '404 Project Not Found');
    return this.project(request, project, user, rest);
  }

  protected project(
    request: FakeRequest,
    project: FakeProject,
    user: FakeUser | null,
    rest: string,
  ): FakeAnswer {
    const { method, url } = request;
    const call = `${method} ${rest}`;
    const body = request.body === '' ? {} : (JSON.parse(request.body) as Record<string, unknown>);
    if (call === 'GET ') return { status: 200, body: this.describe(this.import(project), user) };
    if (call === 'GET forks') return this.forks(url, project, user);
    if (call === 'GET repository/tree') return this.tree(url, project);
    if (call === 'GET merge_requests') return this.list(url, project);
    const file = /^GET repository\/files\/([^/]+)$/.exec(call)?.[1];
    if (file !== undefined) return this.file(url, project, decodeURIComponent(file));
    const [, changed, kind] = /^GET merge_requests\/(\d+)\/(diffs|changes)$/.exec(call) ?? [];
    if (changed !== undefined) return this.changed(url, project, Number(changed), kind === 'changes');
    const [, iid, pipelines] = /^GET merge_requests\/(\d+)(\/pipelines)?$/.exec(call) ?? [];
    if (iid !== undefined) return this.one(project, Number(iid), pipelines !== undefined);
    if (user === null) return refuse(401, '401 Unauthorized');
    if (call === 'POST fork') return this.fork(project, user, body);
    if (call === 'POST repository/commits') return this.write(project, user, body);
    if (call === 'POST merge_requests') return this.open(project, user, body);
    return { status: 404, body: { error: '404 Not Found' } };
  }

  protected fork(project: FakeProject, user: FakeUser, body: Record<string, unknown>): FakeAnswer {
    if (project.forking === 'disabled') return refuse(404, '404 Not found');
    const path = `${user.username}/${body.path ?? project.path.split('/').at(-1)}`;
    if (this.projects.some(other => other.path === path))
      return {
        status: 409,
        body: {
          message: {
            name: ['has already been taken'],
            path: ['has already been taken'],
            project_namespace_id: ['has already been taken'],
          },
        },
      };
    const fork = this.addProject(
      path,
      {},
      {
        defaultBranch: project.defaultBranch,
        branches: new Map([[project.defaultBranch, project.branches.get(project.defaultBranch)!]]),
        known: new Set(project.known),
        forkedFrom: project,
        importStatus: 'scheduled',
        importRounds: this.importRounds,
      },
    );
    return { status: 201, body: this.describe(fork, null) };
  }

  /** `POST …/commits`: one action, from a commit of this project or of the one that it was forked from. */
  protected write(project: FakeProject, user: FakeUser, body: Record<string, unknown>): FakeAnswer {
    if (project.archived || this.level(project, user) < 30) return refuse(403, '403 Forbidden');
    if (project.importStatus === 'scheduled' || project.importStatus === 'started')
      return refuse(404, '404 Repository Not Found');
    const branch = String(body.branch);
    const from =
      body.start_project === undefined
        ? project
        : this.projects.find(({ id }) => id === Number(body.start_project));
    if (from !== project && from !== project.forkedFrom)
      return refuse(403, '403 Forbidden - Project is not forked from start_project');
    const start = String(body.start_sha ?? project.branches.get(branch));
    if (!from?.known.has(start)) return refuse(400, 'Cannot find start_sha');
    if (project.branches.has(branch) && body.start_sha !== undefined && body.force !== true)
      return refuse(
        400,
        `A branch called '${branch}' already exists. Switch to that branch in order to make changes`,
      );
    const [action] = body.actions as {
      action: string;
      file_path: string;
      content: string;
      encoding?: string;
      last_commit_id?: string;
    }[];
    const before = this.commits.get(start).files.get(action!.file_path);
    if (before === undefined) return refuse(400, "A file with this name doesn't exist");
    if (
      action!.last_commit_id !== undefined &&
      action!.last_commit_id !== this.commits.lastChange(start, action!.file_path)
    )
      return refuse(
        400,
        'You are attempting to update a file that has changed since you started editing it.',
      );
    const content = Buffer.from(action!.content, action!.encoding === 'base64' ? 'base64' : 'utf8');
    if (content.equals(before)) return refuse(400, 'No changes');
    const sha = this.commit(
      project,
      branch,
      start,
      { [action!.file_path]: content },
      String(body.commit_message),
    );
    return {
      status: 201,
      body: {
        id: sha,
        short_id: sha.slice(0, 8),
        created_at: TIME,
        parent_ids: [start],
        title: body.commit_message,
        message: body.commit_message,
        author_name: user.username,
        stats: { additions: 1, deletions: 0, total: 1 },
        status: null,
        project_id: project.id,
      },
    };
  }

  protected open(project: FakeProject, user: FakeUser, body: Record<string, unknown>): FakeAnswer {
    const target = this.projects.find(({ id }) => id === (body.target_project_id ?? project.id))!;
    const branch = String(body.source_branch);
    if (!target.acceptsRequests || target.archived) return refuse(403, '403 Forbidden');
    if (!project.branches.has(branch))
      return { status: 422, body: { message: ['Source branch does not exist'] } };
    const twin = this.requests.find(
      other =>
        other.state === 'opened' &&
        other.source === project &&
        other.branch === branch &&
        other.target === target,
    );
    if (twin)
      return {
        status: 409,
        body: { message: [`Another open merge request already exists for this source branch: !${twin.iid}`] },
      };
    const request: FakeMergeRequest = {
      id: ++this.ids,
      iid: this.requests.filter(other => other.target === target).length + 1,
      source: project,
      target,
      branch,
      targetBranch: String(body.target_branch),
      title: String(body.title),
      description: String(body.description ?? ''),
      author: user,
      state: 'opened',
      removeSource: body.remove_source_branch === true,
      pipelines: [],
    };
    this.requests.push(request);
    return { status: 201, body: this.whole(request) };
  }
}
