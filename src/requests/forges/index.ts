import { setTimeout } from 'node:timers/promises';
import { wayOut } from '../../http/exchange.ts';
import type { Secret } from '../../secret.ts';
import { ForgeClient, type Limits } from './client.ts';
import type { Clock, Forge } from './forge.ts';
import { GitHub } from './github.ts';
import { GitLab } from './gitlab.ts';

/** One kind of forge: where its API lies and what is said to it. */
interface ForgeRow {
  /** What people call a request there, and the sign before its number. */
  readonly request: string;
  readonly sign: string;
  /** Where tokens are made, for hints. */
  readonly tokenPage: string;
  readonly headers: Readonly<Record<string, string>>;
  api(origin: URL): URL;
  connect(client: ForgeClient, origin: URL): Forge;
}

export const FORGES = {
  gitlab: {
    request: 'merge request',
    sign: '!',
    tokenPage: '/-/user_settings/personal_access_tokens',
    headers: { accept: 'application/json' },
    api: origin => new URL('/api/v4', origin),
    connect: (client, origin) => new GitLab(client, origin),
  },
  github: {
    request: 'pull request',
    sign: '#',
    tokenPage: '/settings/tokens',
    headers: { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' },
    // An installation of one's own has the API below its own name.
    api: origin =>
      origin.host === 'github.com' ? new URL('https://api.github.com/') : new URL('/api/v3', origin),
    connect: (client, origin) => new GitHub(client, origin),
  },
} as const satisfies Record<Forge['kind'], ForgeRow>;

export interface ConnectOptions {
  kind: Forge['kind'];
  /** `git.jinr.ru`, with a port where it has one; or with its scheme, which is https unless said. */
  host: string;
  token: Secret | null;
  environment: Readonly<Record<string, string | undefined>>;
  clock?: Clock;
  limits?: Partial<Limits>;
}

/** The host's clock. */
export const systemClock: Clock = { now: Date.now, sleep: milliseconds => setTimeout(milliseconds) };

/** The forge of a host. Throws InsecureForgeError; asks nothing yet. */
export function connectForge({ kind, host, token, environment, clock, limits }: ConnectOptions): Forge {
  const row = FORGES[kind];
  const origin = new URL(/^https?:\/\//.test(host) ? host : `https://${host}`);
  const client = new ForgeClient({
    api: row.api(origin),
    host: origin.host,
    token,
    send: wayOut(environment).send,
    clock: clock ?? systemClock,
    headers: { 'user-agent': 'jcds', ...row.headers },
    ...(limits ? { limits } : {}),
  });
  return row.connect(client, origin);
}
