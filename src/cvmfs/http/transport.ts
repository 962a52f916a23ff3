import { Agent, type Dispatcher } from 'undici';
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
  readonly headers: { readonly etag?: string; readonly lastModified?: string; readonly contentType?: string };
  readonly body: Uint8Array;
}

export interface Transport {
  get(request: Request): Promise<Response>;
  close(): Promise<void>;
}

/** How a request can fail before there is a whole answer. */
export type TransportFailure =
  | 'unresolved'
  | 'refused'
  | 'unreachable'
  | 'timeout'
  | 'slow'
  | 'broken'
  | 'too-large'
  | 'unsupported';

/** A request without a whole answer. Not for users: the fetcher sums these up. */
export class TransportError extends Error {
  readonly failure: TransportFailure;

  constructor(failure: TransportFailure, cause?: unknown) {
    super(failure, { cause });
    this.failure = failure;
  }
}

/** HTTP over undici, with connections kept for the next object. */
export function httpTransport(): Transport {
  const agent = new Agent({ connections: 8, pipelining: 1, keepAliveTimeout: 4000 });
  return { get: request => get(agent, request), close: () => agent.destroy() };
}

async function get(agent: Agent, request: Request): Promise<Response> {
  const pace = new PaceWatch(request.timeout, request.signal);
  try {
    const answer = await agent.request({
      ...target(request),
      method: 'GET',
      signal: pace.signal,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    const body = await readBody(answer, request.limit, pace);
    return { status: answer.statusCode, headers: headersOf(answer), body };
  } catch (error) {
    throw pace.failure ? new TransportError(pace.failure, error) : transportError(error);
  } finally {
    pace.end();
  }
}

/** Where to connect, and what to say there. */
function target({
  url,
  proxy,
  headers,
}: Request): Pick<Dispatcher.RequestOptions, 'path' | 'headers'> & { origin: string } {
  const { origin, host, pathname, search, protocol } = new URL(url);
  if (proxy === null) return { origin, path: pathname + search, headers };
  if (protocol !== 'http:') throw new TransportError('unsupported');
  const { origin: proxyOrigin, username, password } = new URL(proxy);
  const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString(
    'base64',
  );
  const authorization = username === '' ? {} : { 'proxy-authorization': `Basic ${credentials}` };
  return { origin: proxyOrigin, path: url, headers: { ...headers, host, ...authorization } };
}

/** The whole body, in one piece; stops as soon as it is announced or seen to be larger than `limit`. */
async function readBody(
  answer: Dispatcher.ResponseData,
  limit: number,
  pace: PaceWatch,
): Promise<Uint8Array> {
  const announced = Number(answer.headers['content-length'] ?? 0);
  if (announced > limit) {
    answer.body.on('error', () => undefined).destroy();
    throw new TransportError('too-large');
  }
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of answer.body as AsyncIterable<Uint8Array>) {
    length += piece.length;
    if (length > limit) throw new TransportError('too-large');
    pace.received(piece.length);
    pieces.push(piece);
  }
  return Buffer.concat(pieces, length);
}

function headersOf({ headers }: Dispatcher.ResponseData): Response['headers'] {
  const single = (name: string): string | undefined => {
    const value = headers[name];
    return Array.isArray(value) ? value[0] : value;
  };
  const [etag, lastModified, contentType] = [single('etag'), single('last-modified'), single('content-type')];
  return {
    ...(etag && { etag }),
    ...(lastModified && { lastModified }),
    ...(contentType && { contentType }),
  };
}

function transportError(error: unknown): TransportError {
  if (error instanceof TransportError) return error;
  return new TransportError(failureOf((error as NodeJS.ErrnoException).code), error);
}

function failureOf(code: string | undefined): TransportFailure {
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'unresolved';
    case 'ECONNREFUSED':
      return 'refused';
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'unreachable';
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'ETIMEDOUT':
      return 'timeout';
    default:
      return 'broken';
  }
}
