import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { CommitStore, changedLines, diffOf, mergeText } from './fake-repository.ts';
import { type FakeAnswer, FakeServer } from './fake-server.ts';
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
export abstract class GitHubState extends FakeServer {
  /** Login by token; scopes null is a fine-grained one. */
  readonly users = new Map<string, { login: string; scopes: string[] | null }>();
  readonly repositories: FakeRepository[] = [];
  readonly pulls: FakePull[] = [];
  readonly moved = new Map<string, number>();
  readonly commits = new CommitStore();
  protected readonly trees = new Map<string, { base: string; changes: Record<string, string> }>();
  perPageLimit = 100;
  /** The file over which requests come into conflict. */
  listPath = 'docker_images.txt';
  copyRounds = 2;
  /** Characters of a patch that are shown. */
  patchLimit = 100_000;
  protected ids = 100;
  protected readonly api: OpenApi;

  constructor() {
    super(gitHubApi());
    this.api = gitHubApi();
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
      id: ++this.ids,
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

  /** The files that a request changes, as GitHub lists them; a large patch is left out. */
  protected fileChanges(pull: FakePull): unknown[] {
    const [head, target] = [pull.source.branches.get(pull.branch)!, pull.target.branches.get(pull.base)!];
    const base = this.commits.get(this.commits.mergeBase(target, head));
    return [...this.commits.get(head).files].flatMap(([filename, content]) => {
      const before = base.files.get(filename)?.toString() ?? '';
      const { removed, added, at } = changedLines(before, content.toString());
      if (removed.length + added.length === 0) return [];
      const facts = { filename, status: 'modified', additions: added.length, deletions: removed.length };
      const patch = diffOf(removed, added, at);
      const sampled = this.sampled(['components', 'schemas', 'diff-entry'], { ...facts, patch }) as object;
      return [patch.length > this.patchLimit ? { ...sampled, patch: undefined } : sampled];
    });
  }

  changes(pull: FakePull, path: string): { removed: string[]; added: string[] } {
    const head = pull.source.branches.get(pull.branch)!;
    const base = this.commits.mergeBase(pull.target.branches.get(pull.base)!, head);
    const read = (sha: string) => this.commits.get(sha).files.get(path)!.toString();
    const { removed, added } = changedLines(read(base), read(head));
    return { removed, added };
  }

  isConflicting(pull: FakePull, path = this.listPath): boolean {
    const [head, target] = [pull.source.branches.get(pull.branch)!, pull.target.branches.get(pull.base)!];
    const read = (sha: string) => this.commits.get(sha).files.get(path)!.toString();
    return mergeText(read(this.commits.mergeBase(target, head)), read(head), read(target)) === null;
  }

  protected reference(ref: string, sha: string): unknown {
    return this.sampled(['components', 'schemas', 'git-ref'], {
      ref,
      object: { sha: sha.padEnd(40, '0').slice(0, 40), type: 'commit' },
    });
  }

  protected describe(repository: FakeRepository, push: boolean): unknown {
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
        : { parent: this.sampled(['components', 'schemas', 'repository'], { full_name: parent.path }) };
    return this.sampled(['components', 'schemas', 'full-repository'], { ...facts, ...shown });
  }

  protected pull(pull: FakePull, schema: string): unknown {
    const { number, title, body, branch, base, state, source, target } = pull;
    const repo = (repository: FakeRepository) => ({ full_name: repository.path });
    return this.sampled(['components', 'schemas', schema], {
      number,
      title,
      body,
      html_url: `${this.origin}/${target.path}/pull/${number}`,
      state: state === 'open' ? 'open' : 'closed',
      merged_at: state === 'merged' ? TIME : null,
      user: this.sampled(['components', 'schemas', 'simple-user'], { login: pull.author }),
      head: {
        ref: branch,
        sha: source.branches.get(branch) ?? 'd'.repeat(40),
        repo: this.sampled(['components', 'schemas', 'repository'], repo(source)),
      },
      base: { ref: base },
      ...(schema === 'pull-request'
        ? { mergeable: state === 'open' ? !this.isConflicting(pull) : null }
        : {}),
    });
  }

  protected sampled(pointer: readonly string[], facts: unknown): unknown {
    return overlay(sample(this.api, pointer), facts);
  }

  protected refuse(status: number, message: string): FakeAnswer {
    return {
      status,
      body: { message, documentation_url: 'https://docs.github.com/rest', status: String(status) },
    };
  }

  protected invalid(message: string): FakeAnswer {
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
