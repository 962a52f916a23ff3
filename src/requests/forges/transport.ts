/** The sliver of HTTP that forges need: one exchange, no redirects, no retries, the body as it arrives. */
export type Transport = (request: HttpRequest) => Promise<HttpAnswer>;

export interface HttpRequest {
  method: Method;
  url: URL;
  headers: Readonly<Record<string, string>>;
  body: string | null;
  signal: AbortSignal;
}

export type Method = 'GET' | 'POST' | 'PATCH';

export interface HttpAnswer {
  status: number;
  /** Names in lower case. */
  headers: Readonly<Record<string, string | undefined>>;
  body: AsyncIterable<Uint8Array>;
}

/** undici, by the proxies of the environment as curl reads them. Imported at the first request. */
export function undiciTransport(environment: Readonly<Record<string, string | undefined>>): Transport {
  const variable = (name: string) => environment[name.toLowerCase()] ?? environment[name];
  let ready: Promise<Transport> | undefined;
  return async exchange => {
    // The default export: a bundler gives a CommonJS module no other names when it is imported late.
    ready ??= import('undici').then(({ default: { EnvHttpProxyAgent, request } }) => {
      const dispatcher = new EnvHttpProxyAgent({
        httpProxy: variable('HTTP_PROXY') ?? '',
        httpsProxy: variable('HTTPS_PROXY') ?? '',
        noProxy: variable('NO_PROXY') ?? '',
      });
      return async ({ method, url, headers, body, signal }) => {
        const answer = await request(url, { method, headers, body, signal, dispatcher });
        return { status: answer.statusCode, headers: flatten(answer.headers), body: answer.body };
      };
    });
    return (await ready)(exchange);
  };
}

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      Array.isArray(value) ? value.join(', ') : value,
    ]),
  );
}
