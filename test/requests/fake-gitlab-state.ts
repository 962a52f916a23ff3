import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { CommitStore, changedLines, mergeText } from './fake-repository.ts';
import { FakeServer } from './fake-server.ts';
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

/** When everything happens here. */
export const TIME = '2026-01-02T03:04:05.000Z';

/** GitLab with its state in memory: what a test sets up, what clients do, and what maintainers do. */
export abstract class GitLabState extends FakeServer {
  readonly users = new Map<string, FakeUser>();
  readonly projects: FakeProject[] = [];
  readonly requests: FakeMergeRequest[] = [];
  readonly moved = new Map<string, number>();
  readonly commits = new CommitStore();
  perPageLimit = 100;
  /** Characters of a diff that are shown. */
  diffLimit = 100_000;
  /** Whether it is older than 15.7. */
  isOld = false;
  importRounds = 2;
  failImports: string | null = null;
  protected ids = 100;

  constructor() {
    super(gitLabApi());
  }

  addUser(token: string, username: string, facts: Partial<FakeUser> = {}): FakeUser {
    const user = { id: ++this.ids, username, scopes: ['api'], expires: null, ...facts };
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
      id: ++this.ids,
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
    this.commit(
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
    this.commit(
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

  protected commit(
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
}
