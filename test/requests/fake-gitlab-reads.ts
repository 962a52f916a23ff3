import { GitLabShapes, refuse } from './fake-gitlab-shapes.ts';
import { type FakeProject, type FakeUser, TIME } from './fake-gitlab-state.ts';
import { changedLines, diffOf } from './fake-repository.ts';
import { type FakeAnswer, paginate } from './fake-server.ts';

/** What a client reads. */
export abstract class GitLabReads extends GitLabShapes {
  protected import(project: FakeProject): FakeProject {
    if (project.importStatus !== 'scheduled' && project.importStatus !== 'started') return project;
    project.importStatus = --project.importRounds > 0 ? 'started' : 'finished';
    if (this.failImports !== null)
      Object.assign(project, { importStatus: 'failed', importError: this.failImports });
    return project;
  }

  protected forks(url: URL, project: FakeProject, user: FakeUser | null): FakeAnswer {
    const owned = url.searchParams.get('owned') === 'true';
    const forks = this.projects.filter(
      ({ forkedFrom, path }) => forkedFrom === project && (!owned || path.startsWith(`${user?.username}/`)),
    );
    return paginate(
      url,
      forks.map(fork => this.describe(fork, user)),
      this.perPageLimit,
    );
  }

  protected tree(url: URL, project: FakeProject): FakeAnswer {
    const sha = this.resolve(project, url.searchParams.get('ref') ?? 'HEAD');
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

  protected resolve(project: FakeProject, ref: string): string | undefined {
    return project.branches.get(ref) ?? (project.known.has(ref) ? ref : undefined);
  }

  protected file(url: URL, project: FakeProject, path: string): FakeAnswer {
    const ref = url.searchParams.get('ref') ?? '';
    const sha = this.resolve(project, ref);
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

  protected list(url: URL, project: FakeProject): FakeAnswer {
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
      found.map(request => this.basic(request)),
      this.perPageLimit,
    );
  }

  /** The files that a request changes: a list of its own since 15.7, before that a part of the whole. */
  protected changed(url: URL, project: FakeProject, iid: number, isWhole: boolean): FakeAnswer {
    const request = this.requests.find(other => other.target === project && other.iid === iid);
    const head = request?.source.branches.get(request.branch);
    if (request === undefined || head === undefined || (this.isOld && !isWhole))
      return refuse(404, '404 Not found');
    const target = request.target.branches.get(request.targetBranch)!;
    const base = this.commits.get(this.commits.mergeBase(target, head));
    const changes = [...this.commits.get(head).files].flatMap(([path, content]) => {
      const { removed, added, at } = changedLines(base.files.get(path)?.toString() ?? '', content.toString());
      const diff = diffOf(removed, added, at);
      const isCut = diff.length > this.diffLimit;
      const facts = {
        new_file: false,
        renamed_file: false,
        deleted_file: false,
        collapsed: false,
        too_large: isCut,
      };
      const modes = { a_mode: '100644', b_mode: '100644' };
      return removed.length + added.length === 0
        ? []
        : [{ old_path: path, new_path: path, ...modes, ...facts, diff: isCut ? '' : diff }];
    });
    if (isWhole) return { status: 200, body: { ...this.whole(request), changes } };
    return paginate(url, changes, this.perPageLimit);
  }

  protected one(project: FakeProject, iid: number, pipelines: boolean): FakeAnswer {
    const request = this.requests.find(other => other.target === project && other.iid === iid);
    if (request === undefined) return refuse(404, '404 Not found');
    if (!pipelines) return { status: 200, body: this.whole(request) };
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
}
