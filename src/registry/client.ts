import { deadlineAfter } from '../http/deadline.ts';
import type { Environment } from '../http/proxies.ts';
import { registryAddress } from './address.ts';
import { type Ask, asking } from './ask.ts';
import { authorizing } from './authorization.ts';
import { verify } from './content.ts';
import type { FindCredential } from './credential.ts';
import { type BlobSink, download } from './download.ts';
import { openTransport } from './exchange.ts';
import type { Descriptor, Manifest } from './manifest.ts';
import { type ManifestHead, manifestHead, provedManifest } from './manifests.ts';
import { type Patience, usualPatience } from './patience.ts';
import { allTags } from './tags.ts';

/** How a registry is spoken to. */
export interface RegistryOptions {
  /** For the proxy variables. */
  readonly environment: Environment;
  /** Asked only when the registry demands it; `noCredential` asks as everyone. */
  readonly findCredential: FindCredential;
  /** Registries (with their port) that are spoken to by plain http, beside those on loopback. */
  readonly insecure?: readonly string[];
  /** Host of a registry to host of its token server, beside those that jcds knows. */
  readonly tokenServers?: Readonly<Record<string, string>>;
  /** Milliseconds from opening until everything must be answered. */
  readonly timeout?: number;
  /** Gives up early, with its own reason. */
  readonly signal?: AbortSignal;
  readonly now?: () => number;
  readonly patience?: Patience;
}

/**
 * One registry, open for a short while: all its requests share one deadline. A `place` is a tag or a digest, a
 * `repository` a name that the reference grammar let pass. Every method throws the JcdsErrors of answers.ts,
 * unreachable.ts, destinations.ts, token.ts and of `findCredential`.
 */
export interface Registry {
  readonly name: string;
  head(repository: string, place: string): Promise<ManifestHead>;
  /**
   * The manifest, its bytes proved by their digest; `known` saves the HEAD that comes first. Throws
   * DigestMismatchError, UnsupportedManifestError too.
   */
  manifest(repository: string, place: string, known?: ManifestHead): Promise<Manifest>;
  /** A small blob (a configuration), proved by its digest. */
  blob(repository: string, digest: string): Promise<Buffer>;
  /** A blob of any length, piece by piece; not proved here. See download.ts. */
  download(repository: string, blob: Pick<Descriptor, 'digest' | 'size'>, sink: BlobSink): Promise<void>;
  /** The tags of a repository, page by page; what is no tag is left out. */
  tags(repository: string): AsyncIterable<string>;
  close(): Promise<void>;
}

/** Asks as everyone may. */
export const noCredential: FindCredential = async () => null;

const USUAL_TIMEOUT = 30_000;

/** Opens a registry by its name in a reference. Sends nothing yet. Throws NoRegistryAddressError. */
export function openRegistry(name: string, options: RegistryOptions): Registry {
  const address = registryAddress(name, options.insecure);
  const now = options.now ?? Date.now;
  const deadline = deadlineAfter(options.timeout ?? USUAL_TIMEOUT, options.signal);
  const patience = options.patience ?? usualPatience(now, deadline.signal);
  const transport = openTransport(options.environment, deadline.signal, patience);
  const send = authorizing({
    registry: address.name,
    origin: address.origin,
    send: transport.send,
    findCredential: options.findCredential,
    tokenServers: options.tokenServers ?? {},
    now,
    deadline: deadline.signal,
  });
  const ask = asking(address.name, address.origin, send, now);
  return {
    name: address.name,
    head: (repository, place) => manifestHead(ask, repository, place),
    manifest: (repository, place, known) => provedManifest(ask, repository, place, known),
    blob: (repository, digest) => blob(ask, repository, digest),
    download: (repository, wanted, sink) => download(ask, repository, wanted, sink),
    tags: repository => tags(ask, address.origin, repository),
    close: async () => {
      deadline.cancel();
      await transport.close();
    },
  };
}

async function blob(ask: Ask, repository: string, digest: string): Promise<Buffer> {
  const question = { repository, at: `blobs/${digest}`, accept: '*/*', place: digest };
  const { answer } = await ask({ method: 'GET', ...question });
  verify(answer.url.host, answer.body, digest);
  return answer.body;
}

function tags(ask: Ask, origin: URL, repository: string): AsyncIterable<string> {
  return allTags(origin, repository, async at => {
    const { answer } = await ask({ method: 'GET', repository, at, accept: 'application/json', place: '' });
    return answer;
  });
}
