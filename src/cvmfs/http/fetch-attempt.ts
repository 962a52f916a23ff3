import { isJcdsError } from '../../errors.ts';
import type { FetchFailure } from './fetch-error.ts';
import { type Response, TransportError } from './transport.ts';

/** What to fetch. */
export interface Wanted<Value> {
  /** Below the repository's URL. */
  readonly path: string;
  /** For messages: "the manifest of R". */
  readonly what: string;
  /** Most bytes that it can have. */
  readonly limit: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Turns an answer into a value; what it throws (a JcdsError) speaks against this server, and the next is asked. */
  accept(response: Response, server: string): Value;
}

/** Has a proxy ask the server: a squid keeps a manifest for a minute, and does not say what was published since. */
export const NOT_FROM_A_CACHE = { 'cache-control': 'no-cache', pragma: 'no-cache' } as const;

/** What came of one request. */
export type FetchOutcome<Value> = { readonly value: Value } | { readonly failure: FetchFailure };

export function isFailure<Value>(
  outcome: FetchOutcome<Value>,
): outcome is { readonly failure: FetchFailure } {
  return 'failure' in outcome;
}

/** Holds an answer against what was wanted. */
export function judge<Value>(
  response: Response,
  server: string,
  proxy: string | null,
  wanted: Wanted<Value>,
): FetchOutcome<Value> {
  const { status } = response;
  const isExpected = status === 200 || (status === 304 && isConditional(wanted));
  if (!isExpected) return { failure: { kind: 'status', status, server, proxy } };
  try {
    return { value: wanted.accept(response, server) };
  } catch (error) {
    if (!isJcdsError(error)) throw error;
    const kind = isWebPage(response) ? 'web-page' : 'rejected';
    return { failure: { kind, error, server, proxy } };
  }
}

/** The failure behind what a transport threw; anything else is a bug and is thrown on. */
export function transportFailure(
  error: unknown,
  server: string,
  proxy: string | null,
): { failure: FetchFailure } {
  if (!(error instanceof TransportError)) throw error;
  return { failure: { kind: error.failure, server, proxy } };
}

/**
 * Whether the server itself has spoken, so that another proxy would not change its mind. Some statuses are those
 * of a proxy that will not or cannot.
 */
export function isServersWord(failure: FetchFailure): boolean {
  if (failure.kind === 'status')
    return failure.proxy === null || ![403, 407, 502, 503, 504].includes(failure.status);
  return failure.kind === 'web-page' || failure.kind === 'rejected' || failure.kind === 'too-large';
}

function isConditional({ headers = {} }: Wanted<unknown>): boolean {
  return 'if-none-match' in headers || 'if-modified-since' in headers;
}

function isWebPage({ headers, body }: Response): boolean {
  const start = Buffer.from(body.subarray(0, 64)).toString('latin1').trimStart().toLowerCase();
  return (
    (headers.contentType ?? '').startsWith('text/html') ||
    start.startsWith('<!doctype html') ||
    start.startsWith('<html')
  );
}
