import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { CommitStore, changedLines, mergeText } from './fake-repository.ts';
import { type FakeAnswer, type FakeRequest, FakeServer, paginate } from './fake-server.ts';
import { OpenApi, type OpenApiDocument } from './openapi.ts';

const fixtures = new URL('../fixtures/forge/', import.meta.url);
const load = (name: string) =>
  parse(readFileSync(new URL(name, fixtures), 'utf8'), { maxAliasCount: -1 }) as OpenApiDocument;
let description: OpenApi | undefined;

/** GitLab's own description, and the one operation that it was completed with. */
function gitLabApi(): OpenApi {
  if (description === undefined) {
    const document = load('gitlab-v4-subset.yaml');
    Object.assign(document.paths, load('gitlab-v4-tree.yaml').paths);
    description = new OpenApi(document);
  }
  return description;
}

export interface FakeUser {
  id: number;
  username: string;
  scopes: string[];
  expires: string | null;
}

export interface FakeProject {
  id: number;
  path: string;
  defaultBranch: string;
  branches: Map<string, string>;
  /** The commits that this repository holds: a fork does not see what came later. */
  known: Set<string>;
  levels: Map<string, number>;
  visibility: 'public' | 'private';
  archived: boolean;
  forking: 'enabled' | 'disabled';
  acceptsRequests: boolean;
  forkedFrom: FakeProject | null;
  importStatus: string;
  importError: string | null;
  /** How often it is asked for before its import is over. */
  importRounds: number;
}

export interface FakeMergeRequest {
  id: number;
  iid: number;
  source: FakeProject;
  target: FakeProject;
  branch: string;
  targetBranch: string;
  title: string;
  description: string;
  author: FakeUser;
  state: 'opened' | 'closed' | 'merged';
  removeSource: boolean;
  pipelines: { id: number; status: string }[];
}

const TIME = '2026-01-02T03:04:05.000Z';

/** GitLab with its state in memory: what a test sets up, what clients do, and what maintainers do. */
export class FakeGitLab extends FakeServer {
  readonly users = new Map<string, FakeUser>();
  readonly projects: FakeProject[] = [];
  readonly requests: FakeMergeRequest[] = [];
  readonly moved = new Map<string, number>();
  readonly commits = new CommitStore();
  perPageLimit = 100;
  importRounds = 2;
  failImports: string | null = null;
  #ids = 100;

  constructor() {
    super(gitLabApi());
  }

  addUser(token: string, username: string, facts: Partial<FakeUser> = {}): FakeUser {
    const user = { id: ++this.#ids, username, scopes: ['api'], expires: null, ...facts };
    this.users.set(token, user);
    return user;
  }

  addProject(
    path: string,
    files: Readonly<Record<string, string | Buffer>>,
    facts: Partial<FakeProject> = {},
  ): FakeProject {
    const commit = this.commits.add(null, files, `first of ${path}`);
    const project: FakeProject = {
      id: ++this.#ids,
      path,
      defaultBranch: 'main',
      branches: new Map([['main', commit.sha]]),
      known: new Set([commit.sha]),
      levels: new Map(),
      visibility: 'public',
      archived: false,
      forking: 'enabled',
      acceptsRequests: true,
      forkedFrom: null,
      importStatus: 'none',
      importError: null,
      importRounds: 0,
      ...facts,
    };
    this.projects.push(project);
    return project;
  }

  /** Somebody pushes to the default branch. */
  push(project: FakeProject, changes: Readonly<Record<string, string>>): void {
    this.#commit(
      project,
      project.defaultBranch,
      project.branches.get(project.defaultBranch)!,
      changes,
      'a push',
    );
  }

  text(project: FakeProject, path: string, branch = project.defaultBranch): string {
    return this.commits.get(project.branches.get(branch)!).files.get(path)!.toString();
  }

  /** The lines that a request changes, against where its branch left the target. */
  changes(request: FakeMergeRequest, path: string): { removed: string[]; added: string[] } {
    const head = request.source.branches.get(request.branch)!;
    const base = this.commits.mergeBase(request.target.branches.get(request.targetBranch)!, head);
    const read = (sha: string) => this.commits.get(sha).files.get(path)!.toString();
    const { removed, added } = changedLines(read(base), read(head));
    return { removed, added };
  }

  /** The text after a merge, or null when it conflicts. */
  merged(request: FakeMergeRequest): Record<string, string> | null {
    const head = this.commits.get(request.source.branches.get(request.branch)!);
    const target = this.commits.get(request.target.branches.get(request.targetBranch)!);
    const base = this.commits.get(this.commits.mergeBase(target.sha, head.sha));
    const result: Record<string, string> = {};
    for (const [path, theirs] of head.files) {
      const before = base.files.get(path)?.toString() ?? '';
      if (theirs.toString() === before) continue;
      const text = mergeText(before, theirs.toString(), target.files.get(path)?.toString() ?? '');
      if (text === null) return null;
      result[path] = text;
    }
    return result;
  }

  /** A maintainer merges. */
  merge(request: FakeMergeRequest): void {
    const changes = this.merged(request);
    if (changes === null) throw new Error(`!${request.iid} conflicts`);
    this.#commit(
      request.target,
      request.targetBranch,
      request.target.branches.get(request.targetBranch)!,
      changes,
      'merge',
      request.source.branches.get(request.branch),
    );
    request.state = 'merged';
    if (request.removeSource) request.source.branches.delete(request.branch);
  }

  #commit(
    project: FakeProject,
    branch: string,
    parent: string,
    changes: Readonly<Record<string, string | Buffer>>,
    message: string,
    merged: string | null = null,
  ): string {
    const { sha } = this.commits.add(parent, changes, message, merged);
    for (const known of this.commits.ancestors(sha)) project.known.add(known);
    project.branches.set(branch, sha);
    return sha;
  }

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
      return user === null ? refuse(401, '401 Unauthorized') : { status: 200, body: this.#user(user) };
    if (route === 'personal_access_tokens/self')
      return user === null ? refuse(401, '401 Unauthorized') : this.#token(user);
    const [, name, rest = ''] = /^projects\/([^/]+)(?:\/(.*))?$/.exec(route) ?? [];
    if (name === undefined) return { status: 404, body: { error: '404 Not Found' } };
    const wanted = decodeURIComponent(name);
    const movedTo = this.moved.get(wanted);
    if (movedTo !== undefined)
      return { status: 301, text: '', headers: { location: `${this.origin}/api/v4/projects/${movedTo}` } };
    const project = this.projects.find(
      ({ id, path }) => String(id) === wanted || path.toLowerCase() === wanted.toLowerCase(),
    );
    if (project === undefined || (project.visibility === 'private' && this.#level(project, user) < 10))
      return refuse(404, '404 Project Not Found');
    return this.#project(request, project, user, rest);
  }

  #level(project: FakeProject, user: FakeUser | null): number {
    if (user === null) return 0;
    return project.path.startsWith(`${user.username}/`) ? 50 : (project.levels.get(user.username) ?? 0);
  }

  #project(request: FakeRequest, project: FakeProject, user: FakeUser | null, rest: string): FakeAnswer {
    const { method, url } = request;
    const call = `${method} ${rest}`;
    const body = request.body === '' ? {} : (JSON.parse(request.body) as Record<string, unknown>);
    if (call === 'GET ') return { status: 200, body: this.#describe(this.#import(project), user) };
    if (call === 'GET forks') return this.#forks(url, project, user);
    if (call === 'GET repository/tree') return this.#tree(url, project);
    if (call === 'GET merge_requests') return this.#list(url, project);
    const file = /^GET repository\/files\/([^/]+)$/.exec(call)?.[1];
    if (file !== undefined) return this.#file(url, project, decodeURIComponent(file));
    const [, iid, pipelines] = /^GET merge_requests\/(\d+)(\/pipelines)?$/.exec(call) ?? [];
    if (iid !== undefined) return this.#one(project, Number(iid), pipelines !== undefined);
    if (user === null) return refuse(401, '401 Unauthorized');
    if (call === 'POST fork') return this.#fork(project, user, body);
    if (call === 'POST repository/commits') return this.#write(project, user, body);
    if (call === 'POST merge_requests') return this.#open(project, user, body);
    return { status: 404, body: { error: '404 Not Found' } };
  }

  #import(project: FakeProject): FakeProject {
    if (project.importStatus !== 'scheduled' && project.importStatus !== 'started') return project;
    project.importStatus = --project.importRounds > 0 ? 'started' : 'finished';
    if (this.failImports !== null)
      Object.assign(project, { importStatus: 'failed', importError: this.failImports });
    return project;
  }

  #forks(url: URL, project: FakeProject, user: FakeUser | null): FakeAnswer {
    const owned = url.searchParams.get('owned') === 'true';
    const forks = this.projects.filter(
      ({ forkedFrom, path }) => forkedFrom === project && (!owned || path.startsWith(`${user?.username}/`)),
    );
    return paginate(
      url,
      forks.map(fork => this.#describe(fork, user)),
      this.perPageLimit,
    );
  }

  #fork(project: FakeProject, user: FakeUser, body: Record<string, unknown>): FakeAnswer {
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
    return { status: 201, body: this.#describe(fork, null) };
  }

  #tree(url: URL, project: FakeProject): FakeAnswer {
    const sha = this.#resolve(project, url.searchParams.get('ref') ?? 'HEAD');
    if (sha === undefined) return refuse(404, '404 Tree Not Found');
    const items = [...this.commits.get(sha).files.keys()].map(path => ({
      id: 'a'.repeat(40),
      name: path.split('/').at(-1),
      type: 'blob',
      path,
      mode: '100644',
    }));
    return paginate(
      url,
      [{ id: 'b'.repeat(40), name: 'docs', type: 'tree', path: 'docs', mode: '040000' }, ...items],
      this.perPageLimit,
    );
  }

  #resolve(project: FakeProject, ref: string): string | undefined {
    return project.branches.get(ref) ?? (project.known.has(ref) ? ref : undefined);
  }

  #file(url: URL, project: FakeProject, path: string): FakeAnswer {
    const ref = url.searchParams.get('ref') ?? '';
    const sha = this.#resolve(project, ref);
    if (sha === undefined) return refuse(404, '404 Commit Not Found');
    const content = this.commits.get(sha).files.get(path);
    if (content === undefined) return refuse(404, '404 File Not Found');
    const body = {
      file_name: path.split('/').at(-1),
      file_path: path,
      size: content.length,
      encoding: 'base64',
      content: content.toString('base64'),
      ref,
      blob_id: 'c'.repeat(40),
      commit_id: sha,
      last_commit_id: this.commits.lastChange(sha, path),
      execute_filemode: false,
    };
    return { status: 200, body };
  }

  /** `POST …/commits`: one action, from a commit of this project or of the one that it was forked from. */
  #write(project: FakeProject, user: FakeUser, body: Record<string, unknown>): FakeAnswer {
    if (project.archived || this.#level(project, user) < 30) return refuse(403, '403 Forbidden');
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
    const sha = this.#commit(
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

  #open(project: FakeProject, user: FakeUser, body: Record<string, unknown>): FakeAnswer {
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
      id: ++this.#ids,
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
    return { status: 201, body: this.#whole(request) };
  }

  #list(url: URL, project: FakeProject): FakeAnswer {
    const wanted = (name: string, value: string) =>
      url.searchParams.get(name) === null || url.searchParams.get(name) === value;
    const state = url.searchParams.get('state') ?? 'all';
    const search = (url.searchParams.get('search') ?? '').toLowerCase();
    const found = this.requests
      .filter(request => request.target === project)
      .filter(request => state === 'all' || request.state === state)
      .filter(
        request => wanted('source_branch', request.branch) && wanted('target_branch', request.targetBranch),
      )
      .filter(request => wanted('author_username', request.author.username))
      .filter(request => `${request.title}\n${request.description}`.toLowerCase().includes(search))
      .reverse();
    return paginate(
      url,
      found.map(request => this.#basic(request)),
      this.perPageLimit,
    );
  }

  #one(project: FakeProject, iid: number, pipelines: boolean): FakeAnswer {
    const request = this.requests.find(other => other.target === project && other.iid === iid);
    if (request === undefined) return refuse(404, '404 Not found');
    if (!pipelines) return { status: 200, body: this.#whole(request) };
    const body = request.pipelines.map(({ id, status }) => ({
      id,
      iid: id,
      project_id: project.id,
      sha: 'd'.repeat(40),
      ref: 'x',
      status,
      source: 'merge_request_event',
      created_at: TIME,
      updated_at: TIME,
      web_url: `${this.origin}/${project.path}/-/pipelines/${id}`,
    }));
    return { status: 200, body };
  }

  #user(user: FakeUser): Record<string, unknown> {
    return {
      id: user.id,
      username: user.username,
      name: user.username,
      state: 'active',
      locked: false,
      avatar_url: null,
      web_url: `${this.origin}/${user.username}`,
    };
  }

  #token(user: FakeUser): FakeAnswer {
    return {
      status: 200,
      body: {
        id: 1,
        name: 'jcds',
        revoked: false,
        created_at: TIME,
        scopes: user.scopes,
        user_id: user.id,
        last_used_at: null,
        active: true,
        expires_at: user.expires,
      },
    };
  }

  #describe(project: FakeProject, user: FakeUser | null): Record<string, unknown> {
    const level = this.#level(project, user);
    const { id, path, archived, visibility } = project;
    return {
      id,
      description: null,
      name: path.split('/').at(-1),
      path: path.split('/').at(-1),
      path_with_namespace: path,
      created_at: TIME,
      default_branch: project.defaultBranch,
      web_url: `${this.origin}/${path}`,
      visibility,
      namespace: {
        id: 1,
        name: 'n',
        path: path.split('/')[0],
        kind: 'user',
        full_path: path.split('/').slice(0, -1).join('/'),
        parent_id: null,
        avatar_url: null,
      },
      archived,
      can_create_merge_request_in: project.acceptsRequests,
      forking_access_level: project.forking,
      import_status: project.importStatus,
      import_error: project.importError,
      permissions: {
        project_access: level > 0 ? { access_level: level, notification_level: 3 } : null,
        group_access: null,
      },
      ...(project.forkedFrom
        ? { forked_from_project: { id: project.forkedFrom.id, path_with_namespace: project.forkedFrom.path } }
        : {}),
    };
  }

  #basic(request: FakeMergeRequest): Record<string, unknown> {
    const conflicts =
      request.state === 'opened' &&
      request.source.branches.has(request.branch) &&
      this.merged(request) === null;
    return {
      id: request.id,
      iid: request.iid,
      project_id: request.target.id,
      title: request.title,
      description: request.description,
      state: request.state,
      created_at: TIME,
      updated_at: TIME,
      merged_at: request.state === 'merged' ? TIME : null,
      target_branch: request.targetBranch,
      source_branch: request.branch,
      author: this.#user(request.author),
      source_project_id: request.source.id,
      target_project_id: request.target.id,
      draft: false,
      merge_status: conflicts ? 'cannot_be_merged' : 'can_be_merged',
      detailed_merge_status: conflicts ? 'conflict' : 'mergeable',
      web_url: `${this.origin}/${request.target.path}/-/merge_requests/${request.iid}`,
      has_conflicts: conflicts,
    };
  }

  #whole(request: FakeMergeRequest): Record<string, unknown> {
    return {
      ...this.#basic(request),
      changes_count: '1',
      pipeline: null,
      head_pipeline: null,
      diff_refs: null,
      merge_error: null,
      user: { can_merge: false },
    };
  }
}

function refuse(status: number, message: string): FakeAnswer {
  return { status, body: { message } };
}
