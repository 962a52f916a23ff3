import { createHash } from 'node:crypto';
import { type FakePull, type FakeRepository, GitHubState } from './fake-github-state.ts';
import { type FakeAnswer, type FakeRequest, paginate } from './fake-server.ts';

/** GitHub with its state in memory: who may what, what a client reads and writes. */
export class FakeGitHub extends GitHubState {
  protected answer(request: FakeRequest): FakeAnswer {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    const user = token === undefined ? null : this.users.get(token);
    if (user === undefined) return this.refuse(401, 'Bad credentials');
    const { method } = request;
    const path = this.described(request.url).pathname;
    if (path === '/user')
      return user === null ? this.refuse(401, 'Requires authentication') : this.account(user);
    const id = /^\/repositories\/(\d+)$/.exec(path)?.[1];
    const [, owner = '', name = '', rest = ''] = /^\/repos\/([^/]+)\/([^/]+)(?:\/(.*))?$/.exec(path) ?? [];
    const movedTo = this.moved.get(`${owner}/${name}`);
    if (movedTo !== undefined)
      return {
        status: 301,
        body: { message: 'Moved Permanently' },
        headers: { location: `${this.origin}/api/v3/repositories/${movedTo}` },
      };
    const repository = this.repositories.find(
      other => String(other.id) === id || other.path === `${owner}/${name}`,
    );
    if (repository === undefined || this.isCopying(repository, method, rest))
      return this.refuse(404, 'Not Found');
    return this.repository(request, repository, user?.login ?? null, rest);
  }

  protected isCopying(repository: FakeRepository, method: string, rest: string): boolean {
    return method === 'GET' && rest === '' && repository.copyRounds-- > 0;
  }

  protected account({ login, scopes }: { login: string; scopes: string[] | null }): FakeAnswer {
    const body = this.sampled(['components', 'schemas', 'private-user'], { login });
    return { status: 200, body, headers: scopes === null ? {} : { 'x-oauth-scopes': scopes.join(', ') } };
  }

  protected repository(
    request: FakeRequest,
    repository: FakeRepository,
    login: string | null,
    rest: string,
  ): FakeAnswer {
    const { method, url } = request;
    const body = request.body === '' ? {} : (JSON.parse(request.body) as Record<string, unknown>);
    const call = `${method} ${rest}`;
    const mayWrite =
      login !== null && (repository.path.startsWith(`${login}/`) || repository.pushers.has(login));
    if (call === 'GET ') return { status: 200, body: this.describe(repository, mayWrite) };
    if (call === 'GET pulls') return this.list(url, repository);
    const [, what = '', name = ''] = /^\w+ ((?:git\/)?[a-z]+)\/?(.*)$/.exec(call) ?? [];
    const wanted = decodeURIComponent(name);
    if (method === 'GET' && what === 'git/ref') return this.ref(repository, wanted);
    if (method === 'GET' && what === 'git/trees') return this.tree(repository, wanted);
    if (method === 'GET' && what === 'git/commits') return this.commit(repository, wanted);
    if (method === 'GET' && what === 'contents') return this.contents(url, repository, wanted);
    if (method === 'GET' && what === 'pulls' && wanted.endsWith('/files'))
      return this.files(repository, Number.parseInt(wanted, 10));
    if (method === 'GET' && what === 'pulls') return this.one(repository, Number(wanted));
    if (method === 'GET' && what === 'commits') return this.checks(wanted.split('/')[0]!);
    if (login === null) return this.refuse(401, 'Requires authentication');
    if (call === 'POST forks') return this.fork(repository, login);
    if (call === 'POST pulls') return this.open(repository, login, body);
    if (!mayWrite) return this.refuse(404, 'Not Found');
    if (call === 'POST merge-upstream') return this.update(repository);
    if (call === 'POST git/trees') return this.makeTree(repository, body);
    if (call === 'POST git/commits') return this.makeCommit(repository, body);
    if (call === 'POST git/refs' || (method === 'PATCH' && what === 'git/refs'))
      return this.name(repository, body, wanted);
    return this.refuse(404, 'Not Found');
  }

  protected ref(repository: FakeRepository, name: string): FakeAnswer {
    const sha = repository.branches.get(name.replace(/^heads\//, ''));
    return sha === undefined
      ? this.refuse(404, 'Not Found')
      : { status: 200, body: this.reference(`refs/${name}`, sha) };
  }

  protected tree(repository: FakeRepository, name: string): FakeAnswer {
    const files = [...this.commits.get(repository.branches.get(name)!).files.keys()];
    const tree = files.map(path => ({ path, mode: '100644', type: 'blob', sha: 'a'.repeat(40) }));
    return { status: 200, body: { sha: 'b'.repeat(40), truncated: false, tree } };
  }

  protected commit(repository: FakeRepository, sha: string): FakeAnswer {
    if (!repository.known.has(sha)) return this.refuse(404, 'Not Found');
    return {
      status: 200,
      body: this.sampled(['components', 'schemas', 'git-commit'], { sha, tree: { sha: treeName(sha) } }),
    };
  }

  protected contents(url: URL, repository: FakeRepository, path: string): FakeAnswer {
    const sha = url.searchParams.get('ref') ?? '';
    const content = repository.known.has(sha) ? this.commits.get(sha).files.get(path) : undefined;
    if (content === undefined) return this.refuse(404, 'Not Found');
    // Base64 with line ends, as GitHub sends it.
    const encoded = content.toString('base64').replace(/.{60}/g, '$&\n');
    const facts = {
      type: 'file',
      encoding: 'base64',
      content: encoded,
      size: content.length,
      path,
      name: path,
      sha: 'c'.repeat(40),
    };
    return { status: 200, body: this.sampled(['components', 'schemas', 'content-file'], facts) };
  }

  protected fork(repository: FakeRepository, login: string): FakeAnswer {
    const old = this.repositories.find(
      ({ parent, path }) => parent === repository && path.startsWith(`${login}/`),
    );
    const plain = repository.path.split('/')[1]!;
    const name = this.repositories.some(({ path }) => path === `${login}/${plain}`) ? `${plain}-1` : plain;
    const copy = {
      branches: new Map(repository.branches),
      known: new Set(repository.known),
      parent: repository,
      copyRounds: this.copyRounds,
    };
    const fork = old ?? this.addRepository(`${login}/${name}`, {}, copy);
    return { status: 202, body: this.describe(fork, true) };
  }

  protected update(repository: FakeRepository): FakeAnswer {
    for (const sha of repository.parent!.known) repository.known.add(sha);
    repository.branches.set('main', repository.parent!.branches.get('main')!);
    return { status: 200, body: { message: 'ok', merge_type: 'fast-forward', base_branch: 'x:main' } };
  }

  protected makeTree(repository: FakeRepository, body: Record<string, unknown>): FakeAnswer {
    const base = [...repository.known].find(sha => treeName(sha) === body.base_tree);
    if (base === undefined) return this.invalid('base_tree is not a valid tree oid');
    const [file] = body.tree as { path: string; content: string }[];
    const sha = treeName(`${base}${file!.path}${file!.content}${this.trees.size}`);
    this.trees.set(sha, { base, changes: { [file!.path]: file!.content } });
    return {
      status: 201,
      body: {
        sha,
        url: 'https://forge.example/x',
        truncated: false,
        tree: [{ path: file!.path, mode: '100644', type: 'blob', sha: 'a'.repeat(40) }],
      },
    };
  }

  protected makeCommit(repository: FakeRepository, body: Record<string, unknown>): FakeAnswer {
    const tree = this.trees.get(String(body.tree));
    const [parent] = body.parents as string[];
    if (tree === undefined || !repository.known.has(parent!)) return this.invalid('Tree SHA does not exist');
    const { sha } = this.commits.add(parent!, tree.changes, String(body.message));
    repository.known.add(sha);
    return {
      status: 201,
      body: this.sampled(['components', 'schemas', 'git-commit'], { sha, tree: { sha: String(body.tree) } }),
    };
  }

  protected name(repository: FakeRepository, body: Record<string, unknown>, given: string): FakeAnswer {
    const branch = String(body.ref ?? `refs/${given}`).replace(/^refs\/heads\//, '');
    const [exists, sha] = [repository.branches.has(branch), String(body.sha)];
    if (!repository.known.has(sha)) return this.invalid('Object does not exist');
    if (exists !== (given !== ''))
      return this.invalid(exists ? 'Reference already exists' : 'Reference does not exist');
    repository.branches.set(branch, sha);
    return { status: given === '' ? 201 : 200, body: this.reference(`refs/heads/${branch}`, sha) };
  }

  protected open(repository: FakeRepository, login: string, body: Record<string, unknown>): FakeAnswer {
    const [owner, branch] = String(body.head).split(':') as [string, string];
    const source = this.repositories.find(
      ({ path, parent }) =>
        path.startsWith(`${owner}/`) && (path === repository.path || parent === repository),
    );
    if (source?.branches.has(branch) !== true) return this.invalid('head invalid');
    if (
      this.pulls.some(other => other.state === 'open' && other.source === source && other.branch === branch)
    )
      return this.invalid(`A pull request already exists for ${owner}:${branch}.`);
    const pull: FakePull = {
      number: this.pulls.length + 1,
      source,
      target: repository,
      branch,
      base: String(body.base),
      title: String(body.title),
      body: String(body.body),
      author: login,
      state: 'open',
      checks: [],
    };
    this.pulls.push(pull);
    return { status: 201, body: this.pull(pull, 'pull-request') };
  }

  protected list(url: URL, repository: FakeRepository): FakeAnswer {
    const [state, head, base] = ['state', 'head', 'base'].map(name => url.searchParams.get(name));
    const found = this.pulls
      .filter(pull => pull.target === repository && (base === null || pull.base === base))
      .filter(pull => state === 'all' || (pull.state === 'open') === ((state ?? 'open') === 'open'))
      .filter(pull => head === null || head === `${pull.source.path.split('/')[0]}:${pull.branch}`)
      .reverse();
    const page = paginate(
      url,
      found.map(pull => this.pull(pull, 'pull-request-simple')),
      this.perPageLimit,
    );
    return { ...page, headers: { link: page.headers!.link! } };
  }

  protected one(repository: FakeRepository, number: number): FakeAnswer {
    const pull = this.pulls.find(other => other.target === repository && other.number === number);
    return pull === undefined
      ? this.refuse(404, 'Not Found')
      : { status: 200, body: this.pull(pull, 'pull-request') };
  }

  protected files(repository: FakeRepository, number: number): FakeAnswer {
    const pull = this.pulls.find(other => other.target === repository && other.number === number);
    if (pull === undefined) return this.refuse(404, 'Not Found');
    return { status: 200, body: this.fileChanges(pull) };
  }

  protected checks(sha: string): FakeAnswer {
    const pull = this.pulls.find(({ source, branch }) => source.branches.get(branch) === sha);
    const runs = (pull?.checks ?? []).map((facts, index) =>
      this.sampled(['components', 'schemas', 'check-run'], {
        id: index,
        html_url: `${this.origin}/checks/${index}`,
        ...facts,
      }),
    );
    return { status: 200, body: { total_count: runs.length, check_runs: runs } };
  }
}

/** A tree's name, made from that of its commit. */
function treeName(sha: string): string {
  return createHash('sha1').update(sha).digest('hex');
}
