import { deadlineAfter } from '../../http/deadline.ts';
import { isTooLarge, type Answer as Received, type Send } from '../../http/exchange.ts';
import { type Persistence, persistent } from '../../http/persistence.ts';
import { isNoAnswer } from '../../http/silence.ts';
import { isLoopback } from '../../http/this-host.ts';
import type { Secret } from '../../secret.ts';
import type { Answer } from './answer.ts';
import {
  AnswerLostError,
  AnswerTooLargeError,
  type Asked,
  ForeignLinkError,
  ForgeUnreachableError,
} from './failures.ts';
import type { Clock } from './forge.ts';
import { judge } from './judge.ts';
import { requestedPause } from './rate-limit.ts';
import { InsecureForgeError } from './token-failures.ts';

export interface ClientOptions {
  /** Where the API begins: `https://git.jinr.ru/api/v4`. */
  api: URL;
  /** What people call the server: `github.com`, whose API has a name of its own. */
  host: string;
  token: Secret | null;
  send: Send;
  clock: Clock;
  /** Sent with every request. */
  headers: Readonly<Record<string, string>>;
  limits?: Partial<Limits>;
}

export interface Limits {
  /** Milliseconds for one exchange, its body included. */
  timeout: number;
  /** Milliseconds that may be waited, all in all, for one answer. */
  patience: number;
  /** Bytes of one body. */
  size: number;
  /** Pages of one list. */
  pages: number;
}

/** How servers say that something lies elsewhere now. */
export const MOVED = [301, 302, 307, 308] as const;

const LIMITS: Limits = { timeout: 30_000, patience: 90_000, size: 8 * 2 ** 20, pages: 50 };

export interface ApiCall {
  method: 'GET' | 'POST' | 'PATCH';
  /** Below the API's root; parts from outside are already percent-encoded. */
  path: string;
  query?: Readonly<Record<string, string | number | undefined>>;
  body?: unknown;
  /** For messages: `read the project group/name`. */
  what: string;
  /** Statuses beyond 2xx that the caller reads by itself, where the forge itself has spoken (judge.ts). */
  accept?: readonly number[];
}

/**
 * Asks a forge. Reading is repeated after 5xx and lost connections; a change is sent once, and repeated only after
 * 429, which says that nothing was done. The token goes to the API's own origin and nowhere else: no redirect is followed.
 */
export class ForgeClient {
  readonly #options: ClientOptions;
  readonly #limits: Limits;

  /** Throws InsecureForgeError when the token would travel in the clear. */
  constructor(options: ClientOptions) {
    const { protocol, hostname, origin } = options.api;
    if (options.token !== null && protocol !== 'https:' && !isLoopback(hostname))
      throw new InsecureForgeError(origin);
    this.#options = options;
    this.#limits = { ...LIMITS, ...options.limits };
  }

  get hasToken(): boolean {
    return this.#options.token !== null;
  }

  get clock(): Clock {
    return this.#options.clock;
  }

  /** One answer: 2xx or an accepted status. */
  send(call: ApiCall): Promise<Answer> {
    return this.#exchange(call, this.#address(call));
  }

  /** All pages of a list, by the links of the server, which must stay with it. */
  async *pages(call: Omit<ApiCall, 'method' | 'body'>): AsyncGenerator<Answer> {
    let url: URL | null = this.#address(call);
    for (let page = 0; url !== null && page < this.#limits.pages; page++) {
      const answer: Answer = await this.#exchange({ ...call, method: 'GET' }, url);
      yield answer;
      url = this.#nextPage(answer);
    }
  }

  #address({ path, query = {} }: Pick<ApiCall, 'path' | 'query'>): URL {
    const url = new URL(this.#options.api.href.replace(/\/$/, '') + path);
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, String(value));
    return url;
  }

  #nextPage(answer: Answer): URL | null {
    const next = /<([^<>]*)>\s*;[^,<]*\brel="?next"?/.exec(answer.headers.link ?? '')?.[1];
    if (next === undefined) return null;
    const { api } = this.#options;
    const url = URL.canParse(next, api.href) ? new URL(next, api) : null;
    if (url?.origin !== api.origin || !url.pathname.startsWith(`${api.pathname.replace(/\/$/, '')}/`))
      throw new ForeignLinkError(answer.asked, next);
    return url;
  }

  async #exchange(call: ApiCall, url: URL): Promise<Answer> {
    const { host, clock } = this.#options;
    const asked: Asked = { host, what: call.what };
    const answer = await this.#received(call, url, asked);
    return judge(answer, {
      accept: call.accept ?? [],
      changes: call.method !== 'GET',
      hasToken: this.hasToken,
      now: clock.now(),
    });
  }

  async #received(call: ApiCall, url: URL, asked: Asked): Promise<Answer> {
    const { token, headers, send } = this.#options;
    const body = call.body === undefined ? {} : { body: JSON.stringify(call.body) };
    const exchange = {
      ...{ url, method: call.method, changes: call.method !== 'GET', limit: this.#limits.size },
      headers: {
        ...headers,
        ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === null ? {} : { authorization: `Bearer ${token.reveal()}` }),
      },
      ...body,
    };
    const inTime: Send = async one => {
      const { signal, cancel } = deadlineAfter(this.#limits.timeout);
      return await send({ ...one, signal }).finally(cancel);
    };
    try {
      // Each attempt has a deadline of its own.
      const signal = new AbortController().signal;
      const answer = await persistent(inTime, this.#persistence(asked))({ ...exchange, signal });
      return readAnswer(answer, asked);
    } catch (thrown) {
      throw failureBehind(thrown, asked, exchange.changes);
    }
  }

  #persistence(asked: Asked): Persistence {
    const { clock } = this.#options;
    return {
      repeats: [1000, 3000],
      isFailure: outcome => isNoAnswer(outcome) || outcome.status >= 500,
      pauseAsked: answer => requestedPause(readAnswer(answer, asked), clock.now()),
      patience: { left: this.#limits.patience },
      mostPauses: 8,
      async pause(milliseconds) {
        await clock.sleep(milliseconds);
        return true;
      },
    };
  }
}

function readAnswer({ status, headers, body }: Received, asked: Asked): Answer {
  const flat = Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')]);
  return { status, headers: Object.fromEntries(flat), text: body.toString('utf8'), asked };
}

function failureBehind(thrown: unknown, asked: Asked, changes: boolean): unknown {
  if (isTooLarge(thrown)) return new AnswerTooLargeError(asked, thrown.limit);
  if (!isNoAnswer(thrown)) return thrown;
  return changes && !thrown.isUnsent
    ? new AnswerLostError(asked, thrown)
    : new ForgeUnreachableError(asked, thrown);
}
