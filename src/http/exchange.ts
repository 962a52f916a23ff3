import type { Dispatcher, ProxyAgent } from 'undici';
import { systemAuthorities } from './authorities.ts';
import { endedBy } from './deadline.ts';
import { type Environment, proxyAuthorization, proxyFor } from './proxies.ts';
import { isNoAnswer, silenceBehind } from './silence.ts';

/** One HTTP request, whole. */
export interface Exchange {
  readonly url: URL;
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PATCH';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Whether it changes something, so that it is not sent twice when its answer is lost. */
  readonly changes?: boolean;
  /** The largest body of a successful answer, in bytes. */
  readonly limit: number;
  /** Takes the body of a successful answer as it comes, in place of the answer. Such a request is not repeated by itself. */
  readonly sink?: BodySink;
  /** When it must have ended, its body included. */
  readonly signal: AbortSignal;
}

/** Takes a long body piece by piece. What it throws ends the request. */
export interface BodySink {
  /** A successful answer begins. */
  begin(status: number): void;
  take(piece: Uint8Array): void;
}

/** What came back: any status, the body whole (of a failure: its first 64 KiB). */
export interface Answer {
  /** The address that answered. */
  readonly url: URL;
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** Sends one request. Throws NoAnswerError, TooLargeError, ProxySettingError; and the reason with which a caller gave up. */
export type Send = (exchange: Exchange) => Promise<Answer>;

/** A way to send requests, and to let go of the connections that are left. */
export interface Way {
  readonly send: Send;
  close(): Promise<void>;
}

/** A server announced or sent more than what was asked for can be. Not for users: whoever asked says of what. */
export class TooLargeError extends Error {
  readonly limit: number;

  constructor(limit: number) {
    super(`more than ${limit} bytes`);
    this.limit = limit;
  }
}

/** By its shape: each bundle carries a class of its own. */
export function isTooLarge(thrown: unknown): thrown is TooLargeError {
  return thrown instanceof Error && typeof (thrown as { limit?: unknown }).limit === 'number';
}

const FAILURE_LIMIT = 64 * 1024;

/**
 * The way out of this host for small documents: by undici, imported at the first request, through the proxies of the environment
 * (proxies.ts). Follows no redirect, knows no credential, sends nothing twice. The reader of CVMFS has one of its own
 * (cvmfs/http/transport.ts) for its speed; what both must decide, they decide here.
 */
export function wayOut(environment: Environment): Way {
  let [usual, wider]: [Promise<Agents> | undefined, Promise<Agents> | undefined] = [undefined, undefined];
  const sendBy = async (opened: Promise<Agents>, exchange: Exchange): Promise<Answer> => {
    const agents = await opened;
    const dispatcher = agents.for(exchange.url, proxyFor(exchange.url, environment));
    try {
      return await sendThrough(agents.request, dispatcher, exchange);
    } catch (thrown) {
      throw endedBy(exchange.signal) ?? silenceBehind(thrown) ?? thrown;
    }
  };
  return {
    async send(exchange) {
      if (wider !== undefined) return sendBy(wider, exchange);
      usual ??= openAgents();
      try {
        return await sendBy(usual, exchange);
      } catch (thrown) {
        // Nothing was sent. To read what the system trusts takes some 10 ms, so only who needs it does.
        const authorities = isUntrusted(thrown) ? systemAuthorities(environment) : null;
        if (authorities === null) throw thrown;
        wider = openAgents(authorities);
        return await sendBy(wider, exchange);
      }
    },
    async close() {
      for (const opened of [usual, wider]) await (await opened)?.close();
    },
  };
}

function isUntrusted(thrown: unknown): boolean {
  return isNoAnswer(thrown) && thrown.silence === 'tls';
}

interface Agents {
  readonly request: Request;
  for(url: URL, proxy: URL | null): Dispatcher;
  close(): Promise<void>;
}

type Request = typeof import('undici').request;

/** @param authorities in place of those that Node trusts by itself */
async function openAgents(authorities?: readonly string[]): Promise<Agents> {
  // The default export: a bundler gives a CommonJS module no other names when it is imported late.
  const { Agent, ProxyAgent, request } = (await import('undici')).default;
  const tls = authorities === undefined ? null : { ca: [...authorities] };
  const proxiedTls = tls === null ? {} : { requestTls: tls, proxyTls: tls };
  const direct = new Agent(tls === null ? {} : { connect: tls });
  const proxied = new Map<string, ProxyAgent>();
  return {
    request,
    for(url, proxy) {
      if (proxy === null) return direct;
      // Plain http is asked for in absolute form, as every proxy takes it; https through a tunnel.
      const proxyTunnel = url.protocol === 'https:';
      const key = `${proxy.href} ${proxyTunnel}`;
      const authorization = proxyAuthorization(proxy);
      const token = authorization === null ? {} : { token: authorization.reveal() };
      const options = { uri: proxy.origin, proxyTunnel, ...token, ...proxiedTls };
      const agent = proxied.get(key) ?? new ProxyAgent(options);
      proxied.set(key, agent);
      return agent;
    },
    async close() {
      await Promise.all([direct, ...proxied.values()].map(agent => agent.destroy()));
    },
  };
}

async function sendThrough(request: Request, dispatcher: Dispatcher, exchange: Exchange): Promise<Answer> {
  const { url, method, headers, body, signal } = exchange;
  const answer = await request(url, {
    method,
    headers: { 'user-agent': 'jcds', 'accept-encoding': 'identity', ...headers },
    ...(body === undefined ? {} : { body }),
    signal,
    dispatcher,
  });
  const { statusCode: status } = answer;
  return { url, status, headers: answer.headers, body: await bodyOf(exchange, status, answer) };
}

async function bodyOf(
  { method, limit: wanted, sink }: Exchange,
  status: number,
  { headers, body }: Dispatcher.ResponseData,
): Promise<Buffer> {
  const isSuccess = status >= 200 && status < 300;
  const limit = isSuccess ? wanted : FAILURE_LIMIT;
  if (method === 'HEAD') return Buffer.alloc(0);
  if (isSuccess && Number(headers['content-length'] ?? 0) > limit) {
    body.on('error', () => {});
    body.destroy();
    throw new TooLargeError(limit);
  }
  const taker = isSuccess ? sink : undefined;
  taker?.begin(status);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (taker === undefined) chunks.push(chunk);
    else taker.take(chunk);
    if (size <= limit) continue;
    if (isSuccess) throw new TooLargeError(limit);
    break;
  }
  return Buffer.concat(chunks).subarray(0, limit);
}
