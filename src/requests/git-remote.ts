import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { JcdsError } from '../errors.ts';
import { inOwnDirectory } from '../files/own-directory.ts';
import { fileTrouble } from '../files/refused-file.ts';
import { safeText } from '../output/safe-text.ts';
import type { FileVersion, Project } from './forges/forge.ts';
import { type GitAnswer, type GitOptions, runGit } from './git.ts';
import type { Files } from './locate-list.ts';

/** A repository that git cannot read or write. */
export class GitRemoteError extends JcdsError {
  constructor(remote: string, what: string, errors: string) {
    const lines = errors.split('\n').map(line => line.replace(/^(?:remote|fatal|error): */, '').trim());
    super({
      code: 'GIT_REMOTE',
      message: `could not ${what} ${shownRemote(remote)}: ${safeText(withoutPasswords(lines.find(line => line !== '') ?? 'git failed'), 160)}`,
      hint: 'check that your ssh key is known there (ssh-add -l), or give a token: `jcds auth status` says how',
    });
  }
}

/** Where git works: what lies there names programs that git starts, and in /tmp a job may write beside it. */
function makeDirectory(remote: string, { directory, uid }: RemoteOptions['cache']): string {
  const work = join(directory, 'git');
  try {
    inOwnDirectory({ base: directory, names: ['git'], uid }, () => {});
    return mkdtempSync(join(work, 'request-'));
  } catch (thrown) {
    const reason = fileTrouble(thrown);
    if (reason === null) throw thrown;
    throw new GitRemoteError(remote, `make a directory in ${work} for`, reason);
  }
}

/** A remote as it may be shown: without user name and password. */
export function shownRemote(remote: string): string {
  return safeText(withoutPasswords(remote), 120);
}

function withoutPasswords(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^/@\s]*@/gi, '$1');
}

export interface RemoteOptions extends Pick<GitOptions, 'environment' | 'timeout'> {
  /** jcds' own directory for what can be made again, and whose it is. */
  cache: { readonly directory: string; readonly uid: number };
}

/** A remote repository, of which only the newest commit is read, in a directory that is thrown away. */
export class GitRemote implements Files {
  readonly remote: string;
  readonly #directory: string;
  readonly #options: Pick<GitOptions, 'environment' | 'timeout'>;

  private constructor(
    remote: string,
    directory: string,
    options: Pick<GitOptions, 'environment' | 'timeout'>,
  ) {
    this.remote = remote;
    this.#directory = directory;
    this.#options = options;
  }

  /** Runs `use` with the remote and removes the directory afterwards, whatever happens. Throws GitRemoteError. */
  static async with<T>(
    remote: string,
    options: RemoteOptions,
    use: (remote: GitRemote) => Promise<T>,
  ): Promise<T> {
    if (remote.startsWith('-') || remote !== safeText(remote, 2000))
      throw new GitRemoteError(remote, 'use', 'it is no address of a repository');
    const { environment, timeout } = options;
    const directory = await makeDirectory(remote, options.cache);
    try {
      const made = new GitRemote(remote, directory, {
        environment,
        ...(timeout === undefined ? {} : { timeout }),
      });
      await made.git('make a copy of', ['init', '--quiet', '--bare', directory]);
      return await use(made);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }

  /** Runs git there. Throws GitRemoteError when it fails. */
  async git(
    what: string,
    words: readonly string[],
    options: Pick<GitOptions, 'input' | 'variables'> = {},
  ): Promise<Buffer> {
    const answer = await this.tryGit(words, options);
    if (answer.code !== 0) throw new GitRemoteError(this.remote, what, answer.errors);
    return answer.output;
  }

  tryGit(
    words: readonly string[],
    options: Pick<GitOptions, 'input' | 'variables'> = {},
  ): Promise<GitAnswer> {
    return runGit(words, { ...this.#options, gitDirectory: this.#directory, ...options });
  }

  /** The branch that HEAD is, or null when HEAD is none. */
  async defaultBranch(): Promise<string | null> {
    const output = await this.git('read', ['ls-remote', '--symref', '--', this.remote, 'HEAD']);
    return /^ref: refs\/heads\/(\S+)\tHEAD$/m.exec(output.toString())?.[1] ?? null;
  }

  /** The commit that a branch is at; null when there is no such branch. */
  async headOf(branch: string): Promise<string | null> {
    const output = await this.git('read', ['ls-remote', '--', this.remote, `refs/heads/${branch}`]);
    return /^([0-9a-f]{40,64})\t/m.exec(output.toString())?.[1] ?? null;
  }

  /** Makes a branch readable. False when it is not there. */
  async fetch(branch: string): Promise<boolean> {
    if ((await this.headOf(branch)) === null) return false;
    const refs = `+refs/heads/${branch}:refs/heads/${branch}`;
    await this.git('read', ['fetch', '--quiet', '--no-tags', '--depth=1', '--', this.remote, refs]);
    return true;
  }

  /** `project` is not needed here: there is but one. */
  async readFile(_project: Project | null, path: string, branch: string): Promise<FileVersion | null> {
    const entry = /^(\d{6}) blob ([0-9a-f]+)\t/.exec(
      await this.#text(['ls-tree', '-z', `refs/heads/${branch}`, '--', path]),
    );
    if (entry?.[2] === undefined) return null;
    const content = await this.git('read', ['cat-file', 'blob', entry[2]]);
    const head = (await this.#text(['rev-parse', '--verify', `refs/heads/${branch}`])).trim();
    return { path, content, head, version: entry[2] };
  }

  async listFiles(_project: Project | null, branch: string): Promise<string[]> {
    const names = await this.#text(['ls-tree', '-r', '-z', '--name-only', `refs/heads/${branch}`]);
    return names.split('\0').filter(name => name !== '');
  }

  /** All files of a branch with one of them changed, its mode kept: the name of that tree. Throws GitRemoteError. */
  async treeWith(branch: string, path: string, content: string): Promise<string> {
    const mode = (await this.#text(['ls-tree', '-z', `refs/heads/${branch}`, '--', path])).slice(0, 6);
    const blob = (await this.#text(['hash-object', '-w', '--stdin'], { input: content })).trim();
    const variables = { GIT_INDEX_FILE: join(this.#directory, 'jcds-index') };
    await this.#text(['read-tree', `refs/heads/${branch}`], { variables });
    await this.#text(['update-index', '--cacheinfo', `${mode},${blob},${path}`], { variables });
    return (await this.#text(['write-tree'], { variables })).trim();
  }

  /** Whether a branch has exactly the files of a tree. */
  async hasFiles(branch: string, tree: string): Promise<boolean> {
    if (!(await this.fetch(branch))) return false;
    return (await this.#text(['rev-parse', '--verify', `refs/heads/${branch}^{tree}`])).trim() === tree;
  }

  /** A commit of these files on a branch. Returns its name. Throws GitRemoteError. */
  async commit(branch: string, tree: string, message: string): Promise<string> {
    const parent = (await this.#text(['rev-parse', '--verify', `refs/heads/${branch}`])).trim();
    return (
      await this.#text(['commit-tree', tree, '-p', parent, '-F', '-'], { input: `${message}\n` })
    ).trim();
  }

  async #text(
    words: readonly string[],
    options: Pick<GitOptions, 'input' | 'variables'> = {},
  ): Promise<string> {
    return (await this.git('work on', words, options)).toString('utf8');
  }
}
