import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as a server heard it. */
export interface Heard {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly authorization: string | null;
  readonly accept: string | null;
  readonly body: string;
}

/** A real HTTP server on a loopback address that notes all it is asked. */
export interface TestServer {
  /** `127.0.0.1:40001`. */
  readonly host: string;
  readonly origin: string;
  readonly heard: Heard[];
  close(): Promise<void>;
}

export type Handler = (heard: Heard, response: ServerResponse, request: IncomingMessage) => void;

/** Listens on a free port. 127.0.0.1 and 127.0.0.2 are two hosts on one machine. */
export async function listen(handler: Handler, address = '127.0.0.1'): Promise<TestServer> {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const one: Heard = {
        method: request.method ?? '',
        url: request.url ?? '',
        authorization: request.headers.authorization ?? null,
        accept: request.headers.accept ?? null,
        body: Buffer.concat(chunks).toString(),
      };
      heard.push(one);
      handler(one, response, request);
    });
  });
  await new Promise<void>(resolve => server.listen(0, address, resolve));
  const host = `${address}:${(server.address() as AddressInfo).port}`;
  const close = () =>
    new Promise<void>(resolve => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { host, origin: `http://${host}`, heard, close };
}

/** Answers with JSON, or with a text as it is. */
export function reply(
  response: ServerResponse,
  status: number,
  body: unknown = '',
  headers: Record<string, string | string[]> = {},
): void {
  const text = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(text);
}
