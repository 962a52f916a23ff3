import { setTimeout as sleep } from 'node:timers/promises';
import {
  type FetchOutcome,
  isFailure,
  isServersWord,
  judge,
  NOT_FROM_A_CACHE,
  transportFailure,
  type Wanted,
} from './fetch-attempt.ts';
import { type FetchFailure, isPassing, UnreachableError } from './fetch-error.ts';
import { AUTO } from './servers.ts';
import type { Transport } from './transport.ts';

export interface FetcherOptions {
  /** URLs of the repository, best first, without a slash at the end. */
  readonly servers: readonly string[];
  /** Proxies, best first; null asks the server itself. */
  readonly proxies: readonly (string | null)[];
  /** Whether a server is asked through a proxy; absent: each through all. */
  readonly isProxyFor?: ((server: string, proxy: string) => boolean) | undefined;
  readonly transport: Transport;
  /** Milliseconds of silence that a server is granted, asked directly or through a proxy. */
  readonly timeout: { readonly direct: number; readonly proxy: number };
  /** Milliseconds after which no further request for the same object is begun. */
  readonly patience: number;
  readonly signal?: AbortSignal | undefined;
  /** Waits between two rounds; injectable. */
  readonly pause?: ((milliseconds: number) => Promise<unknown>) | undefined;
  /** A number in [0, 1); injectable. */
  readonly random?: (() => number) | undefined;
}

export interface Fetcher {
  readonly servers: readonly string[];
  /** From whichever server gives it, beginning with the one that answered last. */
  get<Value>(wanted: Wanted<Value>): Promise<Value>;
  /** From one server only. Both throw what `accept` threw, else UnreachableError. */
  getFrom<Value>(server: string, wanted: Wanted<Value>): Promise<Value>;
  /** What went over the network so far. */
  readonly traffic: { readonly requests: number; readonly bytes: number };
}

/** CVMFS_MAX_RETRIES is 1 by default: every server is asked at most twice. */
const ROUNDS = 2;
const SHORTEST_PAUSE = 250;
const LONGEST_PAUSE = 1000;

/** Asks servers through proxies, one after the other, until one gives what is wanted. */
export function createFetcher(options: FetcherOptions): Fetcher {
  const { servers, signal, random = Math.random, isProxyFor = () => true } = options;
  const proxies = options.proxies.length > 0 ? [...options.proxies] : [null];
  const order = [...servers];
  const traffic = { requests: 0, bytes: 0 };
  const pause = options.pause ?? (milliseconds => sleep(milliseconds, undefined, { signal }));

  async function request<Value>(
    server: string,
    proxy: string | null,
    wanted: Wanted<Value>,
  ): Promise<FetchOutcome<Value>> {
    if (proxy === AUTO) return { failure: { kind: 'automatic', server, proxy } };
    const { path, headers = {}, limit } = wanted;
    const timeout = proxy === null ? options.timeout.direct : options.timeout.proxy;
    traffic.requests++;
    try {
      const response = await options.transport.get({
        url: `${server}/${path}`,
        proxy,
        headers,
        limit,
        timeout,
        signal,
      });
      traffic.bytes += response.body.length;
      return judge(response, server, proxy, wanted);
    } catch (error) {
      signal?.throwIfAborted();
      return transportFailure(error, server, proxy);
    }
  }

  /** A proxy's copy may be damaged where the server's is not: it is passed by once. */
  async function requestTwice<Value>(
    server: string,
    proxy: string | null,
    wanted: Wanted<Value>,
  ): Promise<FetchOutcome<Value>> {
    const outcome = await request(server, proxy, wanted);
    if (proxy === null || !isFailure(outcome) || outcome.failure.kind !== 'rejected') return outcome;
    const headers = { ...wanted.headers, ...NOT_FROM_A_CACHE };
    return request(server, proxy, { ...wanted, headers });
  }

  async function askServer<Value>(
    server: string,
    wanted: Wanted<Value>,
    until: number,
  ): Promise<FetchOutcome<Value>[]> {
    const outcomes: FetchOutcome<Value>[] = [];
    for (const proxy of [...proxies].filter(one => one === null || isProxyFor(server, one))) {
      if (outcomes.length > 0 && performance.now() > until) break;
      const outcome = await requestTwice(server, proxy, wanted);
      outcomes.push(outcome);
      if (isFailure(outcome) && !isServersWord(outcome.failure)) continue;
      prefer(proxies, proxy);
      if (!isFailure(outcome)) prefer(order, server);
      break;
    }
    return outcomes;
  }

  async function askAll<Value>(
    among: readonly string[],
    wanted: Wanted<Value>,
    until: number,
  ): Promise<FetchOutcome<Value>[]> {
    const outcomes: FetchOutcome<Value>[] = [];
    for (const server of among) {
      if (outcomes.length > 0 && performance.now() > until) break;
      outcomes.push(...(await askServer(server, wanted, until)));
      if (outcomes.some(outcome => !isFailure(outcome))) break;
    }
    return outcomes;
  }

  async function rounds<Value>(among: readonly string[], wanted: Wanted<Value>): Promise<Value> {
    const until = performance.now() + options.patience;
    for (let round = 1; ; round++) {
      const outcomes = await askAll(among, wanted, until);
      const success = outcomes.find(outcome => !isFailure(outcome));
      if (success) return (success as { value: Value }).value;
      const failures = outcomes.filter(isFailure).map(({ failure }) => failure);
      if (round === ROUNDS || performance.now() > until || !failures.some(isPassing))
        throw worst(wanted.what, failures);
      await pause(SHORTEST_PAUSE + random() * (LONGEST_PAUSE - SHORTEST_PAUSE));
    }
  }

  return {
    servers,
    traffic,
    get: wanted => rounds([...order], wanted),
    getFrom: (server, wanted) => rounds([server], wanted),
  };
}

/** A server that sent something wrong says more than one that sent nothing. */
function worst(what: string, failures: readonly FetchFailure[]): Error {
  const rejected = failures.find(failure => failure.kind === 'rejected');
  return rejected?.kind === 'rejected' ? rejected.error : new UnreachableError(what, failures);
}

function prefer<Item>(items: Item[], item: Item): void {
  const index = items.indexOf(item);
  if (index > 0) items.unshift(...items.splice(index, 1));
}
