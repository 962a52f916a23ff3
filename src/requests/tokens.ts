import { join } from 'node:path';
import { JcdsError } from '../errors.ts';
import { safeText } from '../output/safe-text.ts';
import { Secret } from '../secret.ts';
import type { Forge } from './forges/forge.ts';
import { FORGES } from './forges/index.ts';
import { readTokenFile } from './token-file.ts';
import { readGitCredential, readToolConfiguration } from './token-tools.ts';
import { normaliseHost, tokenVariable } from './token-variable.ts';

export interface TokenOptions {
  kind: Forge['kind'];
  /** With its port where it has one: a token is for exactly this host. */
  host: string;
  environment: Readonly<Record<string, string | undefined>>;
  home: string;
  uid: number;
  /** Milliseconds. */
  now: number;
  /** Milliseconds that git's credential helpers may take. */
  credentialTimeout?: number;
}

export type TokenSource =
  | 'file'
  | 'variable'
  | 'gitlab-variable'
  | 'github-variable'
  | 'git-credential'
  | 'glab'
  | 'gh';

export interface FoundToken {
  token: Secret;
  source: TokenSource;
  /** The file, variable or program it comes from, for people. */
  where: string;
}

/** Nothing gives a token for this host. */
export class NoTokenError extends JcdsError {
  constructor(options: TokenOptions) {
    const { kind, environment } = options;
    const host = safeText(normaliseHost(options.host), 100);
    const job = environment.CI_JOB_TOKEN
      ? ' (CI_JOB_TOKEN is there, but GitLab lets it open no merge requests)'
      : '';
    super({
      code: 'NO_TOKEN',
      message: `there is no token for ${host}${job}`,
      hint: `make one at https://${host}${FORGES[kind].tokenPage} and write "${host} TOKEN" into ${safeText(tokenFile(options), 1000)} (chmod 600), or set ${tokenVariable(host)}`,
    });
  }
}

/** What a source gives cannot be a token: it may not even be sent. */
export class MalformedTokenError extends JcdsError {
  constructor(where: string) {
    super({
      code: 'TOKEN_MALFORMED',
      message: `what ${safeText(where, 200)} gives is no token: it is empty, too long, or holds blanks or special characters`,
      hint: 'copy the token again, without quotes and line ends',
    });
  }
}

interface SourceRow {
  where(options: TokenOptions): string;
  read(options: TokenOptions): Promise<string | null> | string | null;
}

/** In the order they are asked. */
const SOURCES: Record<TokenSource, SourceRow> = {
  file: {
    where: tokenFile,
    read: options => readTokenFile(tokenFile(options), options.host, options.uid),
  },
  variable: {
    where: ({ host }) => tokenVariable(host),
    read: ({ host, environment }) => environment[tokenVariable(host)] || null,
  },
  'gitlab-variable': {
    where: () => 'GITLAB_TOKEN',
    read: options => (isHostOfGitLabToken(options) ? options.environment.GITLAB_TOKEN || null : null),
  },
  'github-variable': {
    where: () => 'GITHUB_TOKEN',
    read: ({ host, environment }) =>
      normaliseHost(host) === 'github.com' ? environment.GITHUB_TOKEN || null : null,
  },
  'git-credential': {
    where: () => "git's credential helper",
    read: ({ host, environment, now, credentialTimeout: timeout }) =>
      readGitCredential(host, { environment, now, ...(timeout === undefined ? {} : { timeout }) }),
  },
  glab: {
    where: options =>
      join(options.environment.GLAB_CONFIG_DIR || configHome(options, 'glab-cli'), 'config.yml'),
    read: options => readTool('glab', options, ['hosts', normaliseHost(options.host), 'token']),
  },
  gh: {
    where: options => join(options.environment.GH_CONFIG_DIR || configHome(options, 'gh'), 'hosts.yml'),
    read: options => readTool('gh', options, [normaliseHost(options.host), 'oauth_token']),
  },
};

/**
 * The token for a host, from the first source that has one; null when none has. Throws MalformedTokenError, and the errors of
 * token-file.ts: a token file that is not safe stops everything.
 */
export async function findToken(options: TokenOptions): Promise<FoundToken | null> {
  for (const [source, row] of Object.entries(SOURCES) as [TokenSource, SourceRow][]) {
    const value = (await row.read(options))?.trim();
    if (value === undefined) continue;
    const where = row.where(options);
    if (!/^[\x21-\x7e]{1,4096}$/.test(value)) throw new MalformedTokenError(where);
    return { token: new Secret(value), source, where };
  }
  return null;
}

/** Where the token file is: JCDS_TOKEN_FILE, else beside jcds' configuration. */
export function tokenFile(options: Pick<TokenOptions, 'environment' | 'home'>): string {
  return options.environment.JCDS_TOKEN_FILE || join(configHome(options, 'jcds'), 'tokens');
}

function configHome({ environment, home }: Pick<TokenOptions, 'environment' | 'home'>, name: string): string {
  const base = environment.XDG_CONFIG_HOME;
  return join(base?.startsWith('/') ? base : join(home, '.config'), name);
}

/** GITLAB_TOKEN says nothing of its host: only the one that the environment names beside it may get it. */
function isHostOfGitLabToken({ host, environment }: TokenOptions): boolean {
  const { GITLAB_HOST, CI_SERVER_HOST, CI_SERVER_PORT } = environment;
  const named = [
    GITLAB_HOST,
    CI_SERVER_HOST && CI_SERVER_PORT ? `${CI_SERVER_HOST}:${CI_SERVER_PORT}` : CI_SERVER_HOST,
  ];
  return named.some(name => name && normaliseHost(name) === normaliseHost(host));
}

/** GitLab's program knows GitLabs, GitHub's knows GitHubs. */
function readTool(tool: 'glab' | 'gh', options: TokenOptions, keys: readonly string[]): string | null {
  if ((tool === 'glab') !== (options.kind === 'gitlab')) return null;
  return readToolConfiguration(SOURCES[tool].where(options), keys, options.uid);
}
