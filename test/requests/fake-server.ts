import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { OpenApi } from './openapi.ts';

/** One request as a fake sees it, and its place in the order of arrival (from 0). */
export interface FakeRequest {
  index: number;
  method: string;
  url: URL;
  headers: IncomingMessage['headers'];
  body: string;
}

export interface FakeAnswer {
  status: number;
  body?: unknown;
  /** Instead of JSON. */
  text?: string;
  headers?: Record<string, string>;
  /** An answer that no forge should give: not checked against the description. */
  isWrong?: boolean;
}

/** What a test does to a request: cut it off before or after it took effect, or answer something else. */
export type Interference = 'cut-before' | 'cut-after' | FakeAnswer | undefined;

/** A server on loopback whose every exchange is checked against an API description. */
export abstract class FakeServer {
  readonly log: { method: string; path: string; status: number }[] = [];
  readonly violations: string[] = [];
  /** Set by a test; may be asynchronous. */
  interfere: (request: FakeRequest) => Interference | Promise<Interference> = () => undefined;
  readonly #api: OpenApi;
  readonly #server: Server;
  #arrived = 0;

  constructor(api: OpenApi) {
    this.#api = api;
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        this.violations.push(String(error));
        response.destroy();
      });
    });
  }

  async listen(): Promise<void> {
    await new Promise<void>(resolve => this.#server.listen(0, '127.0.0.1', resolve));
  }

  /** Where people and programs find it, if not on loopback: a proxy answers in these names (real-names.ts). */
  names: { readonly web: string; readonly api: string } | null = null;

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get host(): string {
    return new URL(this.origin).host;
  }

  get origin(): string {
    return this.names?.web ?? `http://127.0.0.1:${this.port}`;
  }

  /** Ends it and tells what was wrong with what was said. */
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise(resolve => this.#server.close(resolve));
    if (this.violations.length > 0)
      throw new Error(`not as described:\n${[...new Set(this.violations)].join('\n')}`);
  }

  protected abstract answer(request: FakeRequest): FakeAnswer;

  /** An address as the description has it. */
  protected described(url: URL): URL {
    return url;
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of incoming) body += String(chunk);
    const { method = '', url = '', headers } = incoming;
    const request: FakeRequest = {
      index: this.#arrived++,
      method,
      url: new URL(url, this.names?.api ?? this.origin),
      headers,
      body,
    };
    const interference = await this.interfere(request);
    if (interference === 'cut-before') return void response.destroy();
    // The order in which concurrent requests take effect is not the order in which they came.
    for (let turns = request.index % 3; turns > 0; turns--) await new Promise(setImmediate);
    const answer = typeof interference === 'object' ? interference : this.answer(request);
    const text = answer.text ?? (answer.body === undefined ? '' : JSON.stringify(answer.body));
    const sent = {
      'content-type': answer.text === undefined ? 'application/json' : 'text/plain',
      ...answer.headers,
    };
    const { status } = answer;
    if (!answer.isWrong)
      this.violations.push(
        ...this.#api.violations({
          method,
          url: this.described(request.url),
          requestBody: body,
          status,
          headers: lower(sent),
          answerBody: text,
        }),
      );
    this.log.push({ method, path: request.url.pathname + request.url.search, status });
    if (interference === 'cut-after') return void response.destroy();
    response.writeHead(status, sent).end(text);
  }
}

function lower(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** One page of a list with the headers that tell of the others. */
export function paginate(url: URL, items: readonly unknown[], perPageLimit: number): FakeAnswer {
  const perPage = Math.min(Number(url.searchParams.get('per_page') ?? 20), perPageLimit);
  const page = Number(url.searchParams.get('page') ?? 1);
  const last = Math.max(1, Math.ceil(items.length / perPage));
  const link = (to: number, rel: string) => {
    const target = new URL(url);
    target.searchParams.set('page', String(to));
    return `<${target.href}>; rel="${rel}"`;
  };
  const links = [
    ...(page > 1 ? [link(page - 1, 'prev')] : []),
    ...(page < last ? [link(page + 1, 'next')] : []),
    link(1, 'first'),
    link(last, 'last'),
  ];
  return {
    status: 200,
    body: items.slice((page - 1) * perPage, page * perPage),
    headers: {
      link: links.join(', '),
      'x-page': String(page),
      'x-per-page': String(perPage),
      'x-next-page': page < last ? String(page + 1) : '',
    },
  };
}
