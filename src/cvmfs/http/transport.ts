import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { proxyAuthorization } from '../../http/proxies.ts';
import { type Silence, silenceBehind } from '../../http/silence.ts';
import { PaceWatch } from './pace.ts';

/**
 * One bounded GET. Through a proxy the request line holds the whole URL (RFC 9112, 3.2.2): a site's squid serves
 * this from its cache, while it refuses CONNECT to the port 8000 of a Stratum-1.
 */
export interface Request {
  readonly url: string;
  /** `http://host:port` of the proxy, or null to ask the server itself. */
  readonly proxy: string | null;
  readonly headers: Readonly<Record<string, string>>;
  /** Most bytes to accept as a body. */
  readonly limit: number;
  /** Milliseconds until the connection, until the first byte, and between any two looks at the pace. */
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Response {
  readonly status: number;
  readonly headers: {
    readonly etag?: string;
    readonly lastModified?: string;
    readonly contentType?: string;
    readonly age?: string;
  };
  readonly body: Uint8Array;
}

export interface Transport {
  get(request: Request): Promise<Response>;
  close(): Promise<void>;
}

/** How a request can fail before there is a whole answer. */
export type TransportFailure = Silence | 'slow' | 'too-large' | 'unsupported';

/** A request without a whole answer. Not for users: the fetcher sums these up. */
export class TransportError extends Error {
  readonly failure: TransportFailure;

  constructor(failure: TransportFailure, cause?: unknown) {
    super(failure, { cause });
    this.failure = failure;
  }
}

/**
 * HTTP with connections kept for the next object. By Node's own client: every request is a plain GET, and with undici a
 * warm answer takes 225 ms and 97 MB instead of 89 ms and 60 MB (test/bench/cvmfs-http.mjs).
 */
export function httpTransport(): Transport {
  const options = { keepAlive: true, maxSockets: 8, timeout: KEPT_OPEN };
  const agents = { 'http:': new HttpAgent(options), 'https:': new HttpsAgent(options) };
  return {
    get: request => get(agents, request),
    async close() {
      agents['http:'].destroy();
      agents['https:'].destroy();
    },
  };
}

const KEPT_OPEN = 4000;

type Agents = { readonly 'http:': HttpAgent; readonly 'https:': HttpsAgent };

async function get(agents: Agents, request: Request): Promise<Response> {
  const pace = new PaceWatch(request.timeout, request.signal);
  try {
    const answer = await send(agents, request, pace.signal);
    const body = await readBody(answer, request.limit, pace);
    return { status: answer.statusCode ?? 0, headers: headersOf(answer), body };
  } catch (error) {
    throw pace.failure ? new TransportError(pace.failure, error) : transportError(error);
  } finally {
    pace.end();
  }
}

function send(agents: Agents, request: Request, signal: AbortSignal): Promise<IncomingMessage> {
  const { to, path, headers } = target(request);
  const options = { host: to.hostname.replace(/^\[|\]$/g, ''), port: to.port, path, headers, signal };
  return new Promise((resolve, reject) => {
    const outgoing =
      to.protocol === 'https:'
        ? httpsRequest({ ...options, agent: agents['https:'] })
        : httpRequest({ ...options, agent: agents['http:'] });
    outgoing.on('error', reject).on('response', resolve).end();
  });
}

interface Target {
  /** Where to connect. */
  readonly to: URL;
  /** What to say there. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

function target({ url, proxy, headers }: Request): Target {
  const server = new URL(url);
  const path = server.pathname + server.search;
  if (proxy === null) return { to: server, path, headers: { ...headers, host: server.host } };
  if (server.protocol !== 'http:') throw new TransportError('unsupported');
  const to = new URL(proxy);
  return {
    to,
    path: server.origin + path,
    headers: { ...headers, host: server.host, ...authorizationFor(to) },
  };
}

function authorizationFor(proxy: URL): Record<string, string> {
  const authorization = proxyAuthorization(proxy);
  return authorization === null ? {} : { 'proxy-authorization': authorization.reveal() };
}

/** The whole body, in one piece; stops as soon as it is announced or seen to be larger than `limit`. */
async function readBody(answer: IncomingMessage, limit: number, pace: PaceWatch): Promise<Uint8Array> {
  const announced = Number(answer.headers['content-length'] ?? 0);
  if (announced > limit) {
    answer.on('error', () => undefined).destroy();
    throw new TransportError('too-large');
  }
  // Pieces are copied as they come, so that a large object is never there twice.
  let body = Buffer.allocUnsafe(announced || FIRST_ROOM);
  let length = 0;
  for await (const piece of answer as AsyncIterable<Buffer>) {
    pace.received(piece.length);
    if (length + piece.length > limit) throw new TransportError('too-large');
    if (length + piece.length > body.length) body = Buffer.concat([body], 2 * (length + piece.length));
    length += piece.copy(body, length);
  }
  if (!answer.complete) throw new TransportError('reset');
  return body.subarray(0, length);
}

/** For an answer that does not say how long it is. */
const FIRST_ROOM = 16 * 1024;

function headersOf({ headers }: IncomingMessage): Response['headers'] {
  const { age, etag, 'last-modified': lastModified, 'content-type': contentType } = headers;
  return {
    ...(etag && { etag }),
    ...(lastModified && { lastModified }),
    ...(contentType && { contentType }),
    ...(age && { age }),
  };
}

/** An answer that breaks off in a way without a name is one that breaks off. */
function transportError(error: unknown): TransportError {
  if (error instanceof TransportError) return error;
  return new TransportError(silenceBehind(error)?.silence ?? 'reset', error);
}
