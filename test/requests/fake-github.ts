import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { CommitStore, changedLines, mergeText } from './fake-repository.ts';
import { type FakeAnswer, type FakeRequest, FakeServer, paginate } from './fake-server.ts';
import { OpenApi, type OpenApiDocument } from './openapi.ts';
import { overlay, sample } from './sample.ts';

let description: OpenApi | undefined;

/** GitHub's own description. (The package's index loads ten of them; this is one file, 13 MB.) */
function gitHubApi(): OpenApi {
  if (description === undefined) {
    const file = createRequire(import.meta.url).resolve('@octokit/openapi/generated/api.github.com.json');
    const document = JSON.parse(readFileSync(file, 'utf8')) as OpenApiDocument;
    // Where a moved repository's Location leads is not described; the answer is a repository.
    document.paths['/repositories/{repository_id}'] = {
      get: (document.paths['/repos/{owner}/{repo}'] as { get: unknown }).get,
    };
    description = new OpenApi(document);
  }
  return description;
}

export interface FakeRepository {
  id: number;
  path: string;
  branches: Map<string, string>;
  known: Set<string>;
  pushers: Set<string>;
  archived: boolean;
  parent: FakeRepository | null;
  /** How often it is asked for before a new fork is there. */
  copyRounds: number;
}

export interface FakePull {
  number: number;
  source: FakeRepository;
  target: FakeRepository;
  branch: string;
  base: string;
  title: string;
  body: string;
  author: string;
  state: 'open' | 'closed' | 'merged';
  checks: { status: string; conclusion: string | null }[];
}

const TIME = '2026-01-02T03:04:05Z';

/** GitHub with its state in memory. */
export class FakeGitHub extends FakeServer {
  /** Login by token; scopes null is a fine-grained one. */
  readonly users = new Map<string, { login: string; scopes: string[] | null }>();
  readonly repositories: FakeRepository[] = [];
  readonly pulls: FakePull[] = [];
  readonly moved = new Map<string, number>();
  readonly commits = new CommitStore();
  readonly #trees = new Map<string, { base: string; changes: Record<string, string> }>();
  perPageLimit = 100;
  copyRounds = 2;
  #ids = 100;
  readonly #api: OpenApi;

  constructor() {
    super(gitHubApi());
    this.#api = gitHubApi();
  }

  protected override described(url: URL): URL {
    const plain = new URL(url);
    plain.pathname = url.pathname.replace(/^\/api\/v3/, '');
    return plain;
  }

  addRepository(
    path: string,
    files: Readonly<Record<string, string>>,
    facts: Partial<FakeRepository> = {},
  ): FakeRepository {
    const { sha } = this.commits.add(null, files, path);
    const repository: FakeRepository = {
      id: ++this.#ids,
      path,
      branches: new Map([['main', sha]]),
      known: new Set([sha]),
      pushers: new Set(),
      archived: false,
      parent: null,
      copyRounds: 0,
      ...facts,
    };
    this.repositories.push(repository);
    return repository;
  }

  push(repository: FakeRepository, changes: Readonly<Record<string, string>>): void {
    const { sha } = this.commits.add(repository.branches.get('main')!, changes, 'push');
    repository.known.add(sha);
    repository.branches.set('main', sha);
  }

  changes(pull: FakePull, path: string): { removed: string[]; added: string[] } {
    const head = pull.source.branches.get(pull.branch)!;
    const base = this.commits.mergeBase(pull.target.branches.get(pull.base)!, head);
    const read = (sha: string) => this.commits.get(sha).files.get(path)!.toString();
    const { removed, added } = changedLines(read(base), read(head));
    return { removed, added };
  }

  isConflicting(pull: FakePull, path = 'docker_images.txt'): boolean {
    const [head, target] = [pull.source.branches.get(pull.branch)!, pull.target.branches.get(pull.base)!];
    const read = (sha: string) => this.commits.get(sha).files.get(path)!.toString();
    return mergeText(read(this.commits.mergeBase(target, head)), read(head), read(target)) === null;
  }

  protected answer(request: FakeRequest): FakeAnswer {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    const user = token === undefined ? null : this.users.get(token);
    if (user === undefined) return this.#refuse(401, 'Bad credentials');
    const { method } = request;
    const path = this.described(request.url).pathname;
    if (path === '/user')
      return user === null ? this.#refuse(401, 'Requires authentication') : this.#account(user);
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
    if (repository === undefined || this.#isCopying(repository, method, rest))
      return this.#refuse(404, 'Not Found');
    return this.#repository(request, repository, user?.login ?? null, rest);
  }

  #isCopying(repository: FakeRepository, method: string, rest: string): boolean {
    return method === 'GET' && rest === '' && repository.copyRounds-- > 0;
  }

  #account({ login, scopes }: { login: string; scopes: string[] | null }): FakeAnswer {
    const body = this.#sampled(['components', 'schemas', 'private-user'], { login });
    return { status: 200, body, headers: scopes === null ? {} : { 'x-oauth-scopes': scopes.join(', ') } };
  }

  #repository(
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
    if (call === 'GET ') return { status: 200, body: this.#describe(repository, mayWrite) };
    if (call === 'GET pulls') return this.#list(url, repository);
    const [, what = '', name = ''] = /^\w+ ((?:git\/)?[a-z]+)\/?(.*)$/.exec(call) ?? [];
    const wanted = decodeURIComponent(name);
    if (method === 'GET' && what === 'git/ref') return this.#ref(repository, wanted);
    if (method === 'GET' && what === 'git/trees') return this.#tree(repository, wanted);
    if (method === 'GET' && what === 'git/commits') return this.#commit(repository, wanted);
    if (method === 'GET' && what === 'contents') return this.#contents(url, repository, wanted);
    if (method === 'GET' && what === 'pulls') return this.#one(repository, Number(wanted));
    if (method === 'GET' && what === 'commits') return this.#checks(wanted.split('/')[0]!);
    if (login === null) return this.#refuse(401, 'Requires authentication');
    if (call === 'POST forks') return this.#fork(repository, login);
    if (call === 'POST pulls') return this.#open(repository, login, body);
    if (!mayWrite) return this.#refuse(404, 'Not Found');
    if (call === 'POST merge-upstream') return this.#update(repository);
    if (call === 'POST git/trees') return this.#makeTree(repository, body);
    if (call === 'POST git/commits') return this.#makeCommit(repository, body);
    if (call === 'POST git/refs' || (method === 'PATCH' && what === 'git/refs'))
      return this.#name(repository, body, wanted);
    return this.#refuse(404, 'Not Found');
  }

  #ref(repository: FakeRepository, name: string): FakeAnswer {
    const sha = repository.branches.get(name.replace(/^heads\//, ''));
    return sha === undefined
      ? this.#refuse(404, 'Not Found')
      : { status: 200, body: this.#reference(`refs/${name}`, sha) };
  }

  #reference(ref: string, sha: string): unknown {
    return this.#sampled(['components', 'schemas', 'git-ref'], {
      ref,
      object: { sha: sha.padEnd(40, '0').slice(0, 40), type: 'commit' },
    });
  }

  #tree(repository: FakeRepository, name: string): FakeAnswer {
    const files = [...this.commits.get(repository.branches.get(name)!).files.keys()];
    const tree = files.map(path => ({ path, mode: '100644', type: 'blob', sha: 'a'.repeat(40) }));
    return { status: 200, body: { sha: 'b'.repeat(40), truncated: false, tree } };
  }

  #commit(repository: FakeRepository, sha: string): FakeAnswer {
    if (!repository.known.has(sha)) return this.#refuse(404, 'Not Found');
    return {
      status: 200,
      body: this.#sampled(['components', 'schemas', 'git-commit'], { sha, tree: { sha: treeName(sha) } }),
    };
  }

  #contents(url: URL, repository: FakeRepository, path: string): FakeAnswer {
    const sha = url.searchParams.get('ref') ?? '';
    const content = repository.known.has(sha) ? this.commits.get(sha).files.get(path) : undefined;
    if (content === undefined) return this.#refuse(404, 'Not Found');
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
    return { status: 200, body: this.#sampled(['components', 'schemas', 'content-file'], facts) };
  }

  #fork(repository: FakeRepository, login: string): FakeAnswer {
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
    return { status: 202, body: this.#describe(fork, true) };
  }

  #update(repository: FakeRepository): FakeAnswer {
    for (const sha of repository.parent!.known) repository.known.add(sha);
    repository.branches.set('main', repository.parent!.branches.get('main')!);
    return { status: 200, body: { message: 'ok', merge_type: 'fast-forward', base_branch: 'x:main' } };
  }

  #makeTree(repository: FakeRepository, body: Record<string, unknown>): FakeAnswer {
    const base = [...repository.known].find(sha => treeName(sha) === body.base_tree);
    if (base === undefined) return this.#invalid('base_tree is not a valid tree oid');
    const [file] = body.tree as { path: string; content: string }[];
    const sha = treeName(`${base}${file!.path}${file!.content}${this.#trees.size}`);
    this.#trees.set(sha, { base, changes: { [file!.path]: file!.content } });
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

  #makeCommit(repository: FakeRepository, body: Record<string, unknown>): FakeAnswer {
    const tree = this.#trees.get(String(body.tree));
    const [parent] = body.parents as string[];
    if (tree === undefined || !repository.known.has(parent!)) return this.#invalid('Tree SHA does not exist');
    const { sha } = this.commits.add(parent!, tree.changes, String(body.message));
    repository.known.add(sha);
    return {
      status: 201,
      body: this.#sampled(['components', 'schemas', 'git-commit'], { sha, tree: { sha: String(body.tree) } }),
    };
  }

  #name(repository: FakeRepository, body: Record<string, unknown>, given: string): FakeAnswer {
    const branch = String(body.ref ?? `refs/${given}`).replace(/^refs\/heads\//, '');
    const [exists, sha] = [repository.branches.has(branch), String(body.sha)];
    if (!repository.known.has(sha)) return this.#invalid('Object does not exist');
    if (exists !== (given !== ''))
      return this.#invalid(exists ? 'Reference already exists' : 'Reference does not exist');
    repository.branches.set(branch, sha);
    return { status: given === '' ? 201 : 200, body: this.#reference(`refs/heads/${branch}`, sha) };
  }

  #open(repository: FakeRepository, login: string, body: Record<string, unknown>): FakeAnswer {
    const [owner, branch] = String(body.head).split(':') as [string, string];
    const source = this.repositories.find(
      ({ path, parent }) =>
        path.startsWith(`${owner}/`) && (path === repository.path || parent === repository),
    );
    if (source?.branches.has(branch) !== true) return this.#invalid('head invalid');
    if (
      this.pulls.some(other => other.state === 'open' && other.source === source && other.branch === branch)
    )
      return this.#invalid(`A pull request already exists for ${owner}:${branch}.`);
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
    return { status: 201, body: this.#pull(pull, 'pull-request') };
  }

  #list(url: URL, repository: FakeRepository): FakeAnswer {
    const [state, head, base] = ['state', 'head', 'base'].map(name => url.searchParams.get(name));
    const found = this.pulls
      .filter(pull => pull.target === repository && (base === null || pull.base === base))
      .filter(pull => state === 'all' || (pull.state === 'open') === ((state ?? 'open') === 'open'))
      .filter(pull => head === null || head === `${pull.source.path.split('/')[0]}:${pull.branch}`)
      .reverse();
    const page = paginate(
      url,
      found.map(pull => this.#pull(pull, 'pull-request-simple')),
      this.perPageLimit,
    );
    return { ...page, headers: { link: page.headers!.link! } };
  }

  #one(repository: FakeRepository, number: number): FakeAnswer {
    const pull = this.pulls.find(other => other.target === repository && other.number === number);
    return pull === undefined
      ? this.#refuse(404, 'Not Found')
      : { status: 200, body: this.#pull(pull, 'pull-request') };
  }

  #checks(sha: string): FakeAnswer {
    const pull = this.pulls.find(({ source, branch }) => source.branches.get(branch) === sha);
    const runs = (pull?.checks ?? []).map((facts, index) =>
      this.#sampled(['components', 'schemas', 'check-run'], {
        id: index,
        html_url: `${this.origin}/checks/${index}`,
        ...facts,
      }),
    );
    return { status: 200, body: { total_count: runs.length, check_runs: runs } };
  }

  #describe(repository: FakeRepository, push: boolean): unknown {
    const { id, path, archived, parent } = repository;
    const [owner, name] = path.split('/');
    const facts = {
      id,
      name,
      full_name: path,
      owner: { login: owner },
      default_branch: 'main',
      archived,
      permissions: { admin: false, push, pull: true },
    };
    const shown =
      parent === null
        ? {}
        : { parent: this.#sampled(['components', 'schemas', 'repository'], { full_name: parent.path }) };
    return this.#sampled(['components', 'schemas', 'full-repository'], { ...facts, ...shown });
  }

  #pull(pull: FakePull, schema: string): unknown {
    const { number, title, body, branch, base, state, source, target } = pull;
    const repo = (repository: FakeRepository) => ({ full_name: repository.path });
    return this.#sampled(['components', 'schemas', schema], {
      number,
      title,
      body,
      html_url: `${this.origin}/${target.path}/pull/${number}`,
      state: state === 'open' ? 'open' : 'closed',
      merged_at: state === 'merged' ? TIME : null,
      user: this.#sampled(['components', 'schemas', 'simple-user'], { login: pull.author }),
      head: {
        ref: branch,
        sha: source.branches.get(branch) ?? 'd'.repeat(40),
        repo: this.#sampled(['components', 'schemas', 'repository'], repo(source)),
      },
      base: { ref: base },
      ...(schema === 'pull-request'
        ? { mergeable: state === 'open' ? !this.isConflicting(pull) : null }
        : {}),
    });
  }

  #sampled(pointer: readonly string[], facts: unknown): unknown {
    return overlay(sample(this.#api, pointer), facts);
  }

  #refuse(status: number, message: string): FakeAnswer {
    return {
      status,
      body: { message, documentation_url: 'https://docs.github.com/rest', status: String(status) },
    };
  }

  #invalid(message: string): FakeAnswer {
    return {
      status: 422,
      body: {
        message: 'Validation Failed',
        documentation_url: 'https://docs.github.com/rest',
        errors: [{ code: 'custom', message }],
      },
    };
  }
}

/** A tree's name, made from that of its commit. */
function treeName(sha: string): string {
  return createHash('sha1').update(sha).digest('hex');
}
