import type { Dispatcher, ProxyAgent } from 'undici';
import { endedBy } from './deadline.ts';
import { type Environment, proxyAuthorization, proxyFor } from './proxies.ts';
import { silenceBehind } from './silence.ts';

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
  /** When it must have ended, its body included. */
  readonly signal: AbortSignal;
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
  let opened: Promise<Agents> | undefined;
  return {
    async send(exchange) {
      opened ??= openAgents();
      const agents = await opened;
      const dispatcher = agents.for(exchange.url, proxyFor(exchange.url, environment));
      try {
        return await sendBy(agents.request, dispatcher, exchange);
      } catch (thrown) {
        throw endedBy(exchange.signal) ?? silenceBehind(thrown) ?? thrown;
      }
    },
    close: async () => (await opened)?.close(),
  };
}

interface Agents {
  readonly request: Request;
  for(url: URL, proxy: URL | null): Dispatcher;
  close(): Promise<void>;
}

type Request = typeof import('undici').request;

async function openAgents(): Promise<Agents> {
  // The default export: a bundler gives a CommonJS module no other names when it is imported late.
  const { Agent, ProxyAgent, request } = (await import('undici')).default;
  const direct = new Agent();
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
      const agent = proxied.get(key) ?? new ProxyAgent({ uri: proxy.origin, proxyTunnel, ...token });
      proxied.set(key, agent);
      return agent;
    },
    async close() {
      await Promise.all([direct, ...proxied.values()].map(agent => agent.destroy()));
    },
  };
}

async function sendBy(request: Request, dispatcher: Dispatcher, exchange: Exchange): Promise<Answer> {
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
  { method, limit: wanted }: Exchange,
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
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size <= limit) continue;
    if (isSuccess) throw new TooLargeError(limit);
    break;
  }
  return Buffer.concat(chunks).subarray(0, limit);
}
