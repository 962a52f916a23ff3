import { isJcdsError } from '../errors.ts';
import type { Access } from './http/access.ts';
import { NOT_FROM_A_CACHE } from './http/fetch-attempt.ts';
import { createFetcher } from './http/fetcher.ts';
import { formatContentHash } from './http/hash.ts';
import { parseManifest } from './http/manifest.ts';
import { serverUrl, withoutCredentials } from './http/servers.ts';
import { httpTransport, type Transport } from './http/transport.ts';

/** What a server says that is newest. Only read, not verified: it hints at where to look, and proves nothing. */
export interface ServerRevision {
  readonly state: 'known';
  readonly revision: number;
  /** Hexadecimal, as `user.root_hash` writes it. */
  readonly rootHash: string;
  /** Milliseconds since 1970; null when the server does not say. */
  readonly publishedAt: number | null;
  /** Seconds for which clients take it as current. */
  readonly ttlSeconds: number;
  /** Without credentials. */
  readonly server: string;
}

/** Why no server could be asked, for people. */
export interface ServerUnknown {
  readonly state: 'unknown';
  readonly reason: string;
  readonly hint: string | null;
  /** No server is known here: trying again later would change nothing. */
  readonly isLasting?: true;
}

export type ServerAnswer = ServerRevision | ServerUnknown;

/** Whom to ask (http/access.ts decides), and how long. */
export interface ServerQuestion extends Pick<Access, 'servers' | 'proxies' | 'isProxyFor' | 'timeout'> {
  readonly repository: string;
  /** Milliseconds for everything. */
  readonly patience: number;
  /** At least this much is expected; a server that has less lags behind, and the next is asked. */
  readonly expected: number | null;
  readonly transport?: Transport;
}

const TIMEOUT = { direct: 10_000, proxy: 5_000 };
/** A manifest holds some 600 bytes. */
const LONGEST_MANIFEST = 256 * 1024;

/**
 * Asks the servers of a repository for their newest revision. The first answer counts, unless it is older than what is
 * expected: then the others are asked too, and the newest counts. Whatever goes wrong is an answer.
 */
export async function askServerRevision(question: ServerQuestion): Promise<ServerAnswer> {
  const { repository, patience } = question;
  if (question.servers.length === 0)
    return {
      state: 'unknown',
      reason: `no server of ${repository} is known here`,
      hint: `name one with --server http://HOST/cvmfs/@fqrn@, or in the configuration: services["${repository}"].servers`,
      isLasting: true,
    };
  const transport = question.transport ?? httpTransport();
  try {
    return await newest(question, transport, AbortSignal.timeout(Math.max(1, Math.ceil(patience))));
  } catch (thrown) {
    if (isJcdsError(thrown)) return { state: 'unknown', reason: thrown.message, hint: thrown.hint ?? null };
    if (!isTimeout(thrown)) throw thrown;
    const seconds = Number((patience / 1000).toFixed(1));
    const reason = `no server of ${repository} answered within ${seconds} s`;
    return { state: 'unknown', reason, hint: 'check the network and the proxy of this host' };
  } finally {
    await transport.close();
  }
}

/** Whether the signal of the patience ended it: in a request it says TimeoutError, in a pause between two AbortError. */
function isTimeout(thrown: unknown): boolean {
  return thrown instanceof Error && (thrown.name === 'TimeoutError' || thrown.name === 'AbortError');
}

async function newest(
  question: ServerQuestion,
  transport: Transport,
  signal: AbortSignal,
): Promise<ServerRevision> {
  const { repository, expected, proxies, isProxyFor, timeout = TIMEOUT, patience } = question;
  const fetcher = createFetcher({
    servers: question.servers.map(server => serverUrl(server, repository)),
    proxies,
    isProxyFor,
    transport,
    timeout,
    patience,
    signal,
  });
  const wanted = {
    path: '.cvmfspublished',
    what: `the manifest of ${repository}`,
    limit: LONGEST_MANIFEST,
    headers: NOT_FROM_A_CACHE,
    accept: ({ body }: { body: Uint8Array }, server: string) => revisionOf(body, repository, server),
  };
  let best = await fetcher.get(wanted);
  if (expected === null || best.revision >= expected) return best;
  for (const server of fetcher.servers) {
    const other = await fetcher.getFrom(server, wanted).catch(ignoreFailure);
    if (other !== null && other.revision > best.revision) best = other;
    if (best.revision >= expected) break;
  }
  return best;
}

function ignoreFailure(thrown: unknown): null {
  if (isJcdsError(thrown) || isTimeout(thrown)) return null;
  throw thrown;
}

function revisionOf(body: Uint8Array, repository: string, server: string): ServerRevision {
  const { revision, rootHash, publishedAt, ttlSeconds } = parseManifest(body, repository);
  return {
    state: 'known',
    revision,
    rootHash: formatContentHash(rootHash),
    publishedAt,
    ttlSeconds,
    server: withoutCredentials(server),
  };
}
