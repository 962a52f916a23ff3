import { JcdsError } from '../errors.ts';
import { withoutOthersHomes } from '../files/others-homes.ts';
import { safeText } from '../output/safe-text.ts';
import { withoutTokens } from '../secret.ts';

export interface GitOptions {
  environment: Readonly<Record<string, string | undefined>>;
  /** The repository; absent: none. */
  gitDirectory?: string;
  input?: string | Buffer;
  /** Further variables, such as GIT_INDEX_FILE. */
  variables?: Readonly<Record<string, string>>;
  /** Milliseconds. */
  timeout?: number;
}

export interface GitAnswer {
  /** 255 when a signal ended it: the other side hung up. */
  code: number;
  output: Buffer;
  errors: string;
}

const TIMEOUT = 60_000;
const OUTPUT_LIMIT = 16 * 2 ** 20;

/** git is not installed, or did not end in time. */
export class GitUnusableError extends JcdsError {
  constructor(reason: string) {
    super({
      code: 'GIT_UNUSABLE',
      message: `git cannot be used: ${safeText(reason)}`,
      hint: 'install git, or give a token: `jcds auth status` says how',
    });
  }
}

/**
 * Runs git, in English, without ever asking anybody anything: no terminal, no window, no password prompt of ssh. What the caller's
 * own git session has set up (GIT_DIR in a hook, say), tokens for forges and the home of another user are not handed on. Throws GitUnusableError.
 */
export async function runGit(words: readonly string[], options: GitOptions): Promise<GitAnswer> {
  const { execa } = await import('execa');
  const { environment, gitDirectory, input, variables = {}, timeout = TIMEOUT } = options;
  const directory = gitDirectory === undefined ? {} : { GIT_DIR: gitDirectory };
  const child = execa('git', words, {
    env: { ...handedOn(environment), ...quiet(environment), ...directory, ...variables },
    extendEnv: false,
    // Not where the caller stands: a directory that was cloned may name programs in its .git/config, and has its own .gitattributes.
    cwd: gitDirectory ?? '/',
    ...(input === undefined ? { stdin: 'ignore' } : { input }),
    encoding: 'buffer',
    stripFinalNewline: false,
    maxBuffer: OUTPUT_LIMIT,
    // A session of its own has no terminal to ask on, and ends with all that git has started.
    detached: true,
    reject: false,
  });
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    endGroup(child.pid);
    child.stdout.destroy();
    child.stderr.destroy();
  }, timeout);
  const result = await child.finally(() => clearTimeout(timer));
  if (timedOut) throw new GitUnusableError(`no answer within ${timeout / 1000} s`);
  if (result.exitCode === undefined && result.signal === undefined)
    throw new GitUnusableError(result.code ?? 'it did not run');
  return {
    code: result.exitCode ?? 255,
    output: Buffer.from(result.stdout),
    errors: Buffer.from(result.stderr).toString('utf8'),
  };
}

function endGroup(leader: number | undefined): void {
  try {
    if (leader !== undefined) process.kill(-leader, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

const OF_A_SESSION =
  /^GIT_(?:DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|NAMESPACE|PREFIX|COMMON_DIR|QUARANTINE_PATH|TRACE.*)$/;

function handedOn(environment: GitOptions['environment']): Record<string, string> {
  const kept = Object.entries(withoutTokens(withoutOthersHomes(environment))).filter(
    ([name]) => !OF_A_SESSION.test(name),
  );
  return Object.fromEntries(kept.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function quiet({ GIT_SSH_COMMAND, GIT_SSH }: GitOptions['environment']): Record<string, string> {
  const ssh = GIT_SSH_COMMAND ?? 'ssh';
  // Only OpenSSH is known to take the option; another program named by the user is left as it is.
  const isOpenSsh = GIT_SSH === undefined && /^(?:\S*\/)?ssh(?:\s|$)/.test(ssh);
  return {
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    // Set and empty: no program is asked, not even one that the configuration names.
    GIT_ASKPASS: '',
    SSH_ASKPASS: '',
    SSH_ASKPASS_REQUIRE: 'never',
    GCM_INTERACTIVE: 'never',
    // `ext::` and the like would run commands.
    GIT_ALLOW_PROTOCOL: 'ssh:https:http:file',
    ...(isOpenSsh ? { GIT_SSH_COMMAND: `${ssh} -o BatchMode=yes` } : {}),
  };
}
