import { isJcdsError } from '../../errors.ts';
import type { Secret } from '../../secret.ts';
import { type Answer, textField, wordsOf } from './answer.ts';
import {
  AnswerLostError,
  AnswerTooLargeError,
  type Asked,
  ForeignLinkError,
  ForgeDownError,
  ForgeRefusedError,
  ForgeUnreachableError,
  RateLimitedError,
} from './failures.ts';
import type { Clock } from './forge.ts';
import { requestedPause } from './rate-limit.ts';
import {
  InsecureForgeError,
  MissingScopeError,
  TokenExpiredError,
  TokenNeededError,
  TokenRejectedError,
} from './token-failures.ts';
import type { HttpAnswer, Method, Transport } from './transport.ts';

export interface ClientOptions {
  /** Where the API begins: `https://git.jinr.ru/api/v4`. */
  api: URL;
  token: Secret | null;
  transport: Transport;
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
const PAUSES = [1000, 3000];
/** Rounds for one answer, so that a server that says "at once" for ever comes to an end too. */
const ROUNDS = 8;

export interface ApiCall {
  method: Method;
  /** Below the API's root; parts from outside are already percent-encoded. */
  path: string;
  query?: Readonly<Record<string, string | number | undefined>>;
  body?: unknown;
  /** For messages: `read the project group/name`. */
  what: string;
  /** Statuses beyond 2xx that the caller reads by itself. */
  accept?: readonly number[];
}

/** Why an exchange brought no answer; `sent` is false when the server cannot have seen the request. */
interface Loss {
  reason: string;
  sent: boolean;
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
    const isLoopback = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
    if (options.token !== null && protocol !== 'https:' && !isLoopback) throw new InsecureForgeError(origin);
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
    const asked: Asked = { host: this.#options.api.host, what: call.what };
    const { clock } = this.#options;
    const giveUp = clock.now() + this.#limits.patience;
    for (let attempt = 0; ; attempt++) {
      const answer = await this.#once(call, url, asked);
      const pause = this.#pauseAfter(call, answer, attempt);
      if (pause !== null && attempt < ROUNDS && clock.now() + pause <= giveUp) {
        await clock.sleep(pause);
        continue;
      }
      if ('reason' in answer)
        throw call.method === 'GET' || !answer.sent
          ? new ForgeUnreachableError(asked, answer.reason)
          : new AnswerLostError(asked, answer.reason);
      return this.#judge(call, answer);
    }
  }

  /** Milliseconds until the same may be sent again; null: not at all. */
  #pauseAfter(call: ApiCall, answer: Answer | Loss, attempt: number): number | null {
    if ('status' in answer) {
      const requested = requestedPause(answer, this.#options.clock.now());
      if (requested !== null) return requested;
      if (answer.status < 500) return null;
    }
    return call.method === 'GET' ? (PAUSES[attempt] ?? null) : null;
  }

  async #once(call: ApiCall, url: URL, asked: Asked): Promise<Answer | Loss> {
    const signal = AbortSignal.timeout(this.#limits.timeout);
    const body = call.body === undefined ? null : JSON.stringify(call.body);
    const { token, headers, transport } = this.#options;
    try {
      const answer = await transport({
        method: call.method,
        url,
        headers: {
          ...headers,
          ...(body === null ? {} : { 'content-type': 'application/json' }),
          ...(token === null ? {} : { authorization: `Bearer ${token.reveal()}` }),
        },
        body,
        signal,
      });
      return { status: answer.status, headers: answer.headers, text: await this.#read(answer, asked), asked };
    } catch (thrown) {
      if (isJcdsError(thrown)) throw thrown;
      // The platform's errors are not kept as a cause: some carry the whole request.
      if (signal.aborted) return { reason: `no answer within ${this.#limits.timeout / 1000} s`, sent: true };
      const code = textField(thrown, 'code') ?? 'the connection broke';
      return { reason: code, sent: !UNSENT.has(code) };
    }
  }

  async #read(answer: HttpAnswer, asked: Asked): Promise<string> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of answer.body) {
      size += chunk.byteLength;
      if (size > this.#limits.size) throw new AnswerTooLargeError(asked, this.#limits.size);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  }

  /** Gives the answer back, or throws what it means. */
  #judge(call: ApiCall, answer: Answer): Answer {
    const { status, asked } = answer;
    if (call.accept?.includes(status) || status < 300) return answer;
    if (status < 400) throw new ForeignLinkError(asked, answer.headers.location ?? 'nowhere');
    const pause = requestedPause(answer, this.#options.clock.now());
    if (pause !== null) throw new RateLimitedError(asked, Math.ceil(pause / 1000));
    if (status >= 500)
      throw call.method === 'GET'
        ? new ForgeDownError(asked, status)
        : new AnswerLostError(asked, `${status}`);
    if (status === 401) throw this.#unauthorized(answer);
    if (status === 403 && /insufficient_scope/.test(answer.text.slice(0, 2000)))
      throw new MissingScopeError(asked.host, 'api', null);
    throw new ForgeRefusedError(asked, status, wordsOf(answer));
  }

  #unauthorized({ asked, text }: Answer): Error {
    if (!this.hasToken) return new TokenNeededError(asked.host);
    // GitLab's code for expired and revoked tokens is one, `invalid_token`; only its words tell them apart.
    return /\bexpired\b/i.test(text.slice(0, 2000))
      ? new TokenExpiredError(asked.host, null)
      : new TokenRejectedError(asked.host);
  }
}

const UNSENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);
