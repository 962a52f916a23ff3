import type { Dispatcher } from 'undici';
import { EXIT, JcdsError } from '../errors.ts';
import { isLoopback } from './address.ts';
import { DEADLINE } from './deadline.ts';
import { type Environment, proxySettings } from './proxy.ts';
import { UnreachableRegistryError, unreachable } from './unreachable.ts';

/** One HTTP request. `limit` is the largest body of a successful answer in bytes. */
export interface Exchange {
  readonly url: URL;
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly limit: number;
}

/** What came back: any status, the body whole (of a failure: its first 64 KiB). */
export interface Answer {
  /** The address that answered. */
  readonly url: URL;
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** Sends one request. Throws UnreachableRegistryError, OversizedAnswerError. */
export type Send = (exchange: Exchange) => Promise<Answer>;

const FAILURE_LIMIT = 64 * 1024;

/** A server announced or sent more than what was asked for can be. */
export class OversizedAnswerError extends JcdsError {
  constructor(url: URL, limit: number) {
    super({
      code: 'REGISTRY_ANSWER_TOO_LARGE',
      message: `${url.host} answers with more than the ${limit / 1024} KiB that such a document may have`,
      hint: 'tell the people who run that registry, or look at the image with skopeo inspect',
      exitCode: EXIT.later,
    });
  }
}

/** A way to send requests and to let go of the connections that are left. */
export interface Transport {
  readonly send: Send;
  close(): Promise<void>;
}

/**
 * HTTP by undici, through the proxies that the environment names (never to loopback). Follows no redirect and knows
 * no credential. All requests end when `deadline` is aborted, at the latest.
 */
export async function openTransport(environment: Environment, deadline: AbortSignal): Promise<Transport> {
  const settings = proxySettings(environment);
  // The default export: a bundler gives a CommonJS module no other names when it is imported late.
  const { Agent, EnvHttpProxyAgent, request } = (await import('undici')).default;
  const direct = new Agent();
  // One agent for each scheme: given both, undici takes http_proxy for https where https_proxy is not set.
  const { httpProxy, httpsProxy, noProxy } = settings;
  const plain = new EnvHttpProxyAgent({ httpProxy, httpsProxy: '', noProxy, proxyTunnel: false });
  const secure = new EnvHttpProxyAgent({ httpProxy: httpsProxy, httpsProxy, noProxy });
  const dispatcher = (url: URL) =>
    isLoopback(url.hostname) ? direct : url.protocol === 'https:' ? secure : plain;
  const send: Send = async exchange => {
    const { url, method, headers, body } = exchange;
    try {
      const answer = await request(url, {
        method,
        headers: { 'user-agent': 'jcds', 'accept-encoding': 'identity', ...headers },
        ...(body === undefined ? {} : { body }),
        signal: deadline,
        dispatcher: dispatcher(url),
      });
      const received = await bodyOf(exchange, answer.statusCode, answer.headers, answer.body);
      return { url, status: answer.statusCode, headers: answer.headers, body: received };
    } catch (thrown) {
      if (deadline.aborted) throw asDeadline(url, deadline.reason);
      throw unreachable(url, thrown);
    }
  };
  const close = async (): Promise<void> => {
    await Promise.all([direct.destroy(), plain.destroy(), secure.destroy()]);
  };
  return { send, close };
}

/** The end of the time given is an unreachable registry; any other reason (Ctrl-C) is the caller's own. */
function asDeadline(url: URL, reason: unknown): unknown {
  return reason === DEADLINE ? new UnreachableRegistryError(url, 'timeout') : reason;
}

async function bodyOf(
  exchange: Exchange,
  status: number,
  headers: Answer['headers'],
  body: Dispatcher.ResponseData['body'],
): Promise<Buffer> {
  const successful = status >= 200 && status < 300;
  const limit = successful ? exchange.limit : FAILURE_LIMIT;
  const discard = (): void => {
    body.on('error', () => {});
    body.destroy();
  };
  if (exchange.method === 'HEAD') return Buffer.alloc(0);
  if (successful && Number(headers['content-length'] ?? 0) > limit) {
    discard();
    throw new OversizedAnswerError(exchange.url, limit);
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size <= limit) continue;
    if (successful) throw new OversizedAnswerError(exchange.url, limit);
    break;
  }
  return Buffer.concat(chunks).subarray(0, limit);
}
