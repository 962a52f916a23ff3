import { registryAddress } from './address.ts';
import { type AnswerFacts, failureOf, UnexpectedAnswerError } from './answers.ts';
import { type AuthorizedSend, authorizing } from './authorization.ts';
import { DigestMismatchError, digestField, digestOf, verify } from './content.ts';
import type { FindCredential } from './credential.ts';
import { deadlineAfter } from './deadline.ts';
import { type Answer, OversizedAnswerError, openTransport } from './exchange.ts';
import { ACCEPTED, kindOf, type Manifest, parseManifest } from './manifest.ts';
import { type Patience, patient, usualPatience } from './patience.ts';
import type { Environment } from './proxy.ts';
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

/** What a HEAD tells of a manifest. */
export interface ManifestHead {
  /** Null where the registry does not say it. */
  readonly digest: string | null;
  readonly kind: 'index' | 'image' | 'other' | 'unsaid';
}

/**
 * One registry, open for a short while: all its requests share one deadline. A `place` is a tag or a digest, a
 * `repository` a name that the reference grammar let pass. Every method throws the JcdsErrors of answers.ts,
 * unreachable.ts, destinations.ts, token.ts and of `findCredential`.
 */
export interface Registry {
  readonly name: string;
  head(repository: string, place: string): Promise<ManifestHead>;
  /** The manifest, its bytes proved by their digest. Throws DigestMismatchError, UnsupportedManifestError too. */
  manifest(repository: string, place: string): Promise<Manifest>;
  /** A small blob (a configuration), proved by its digest. */
  blob(repository: string, digest: string): Promise<Buffer>;
  /** The tags of a repository, page by page; what is no tag is left out. */
  tags(repository: string): AsyncIterable<string>;
  close(): Promise<void>;
}

/** Asks as everyone may. */
export const noCredential: FindCredential = async () => null;

/** The largest manifest and configuration, in bytes: what registries themselves accept. */
const CONTENT_LIMIT = 4 * 1024 * 1024;
const USUAL_TIMEOUT = 30_000;

/** Opens a registry by its name in a reference. Sends nothing yet. Throws NoRegistryAddressError, ProxySettingError. */
export async function openRegistry(name: string, options: RegistryOptions): Promise<Registry> {
  const address = registryAddress(name, options.insecure);
  const now = options.now ?? Date.now;
  const deadline = deadlineAfter(options.timeout ?? USUAL_TIMEOUT, options.signal);
  const transport = await openTransport(options.environment, deadline.signal);
  const send = authorizing({
    registry: address.name,
    origin: address.origin,
    send: patient(transport.send, options.patience ?? usualPatience(now, deadline.signal)),
    findCredential: options.findCredential,
    tokenServers: options.tokenServers ?? {},
    now,
    deadline: deadline.signal,
  });
  const ask = asking(address.name, address.origin, send, now);
  return {
    name: address.name,
    head: (repository, place) => head(ask, repository, place),
    manifest: (repository, place) => manifest(ask, repository, place),
    blob: (repository, digest) => blob(ask, repository, digest),
    tags: repository =>
      allTags(address.origin, repository, async url => (await ask('GET', repository, url)).answer),
    close: async () => {
      deadline.cancel();
      await transport.close();
    },
  };
}

interface Asked {
  readonly answer: Answer;
  readonly facts: AnswerFacts;
}

type Ask = (
  method: 'GET' | 'HEAD',
  repository: string,
  place: string | URL,
  tolerated?: readonly number[],
) => Promise<Asked>;

/** Asks for something below `/v2/REPOSITORY/` and turns every answer but 200 and the tolerated ones into its failure. */
function asking(registry: string, origin: URL, send: AuthorizedSend, now: () => number): Ask {
  return async (method, repository, place, tolerated = []) => {
    const url = place instanceof URL ? place : new URL(`/v2/${repository}/${place}`, origin);
    const named = typeof place === 'string' ? nameOf(place) : '';
    const exchange = { url, method, headers: { accept: acceptFor(url) }, limit: CONTENT_LIMIT };
    const asked = await send(repository, `${registry}/${repository}${named}`, exchange);
    const failure = failureOf(asked.answer, asked.facts, now());
    if (failure && !tolerated.includes(asked.answer.status)) throw failure;
    return asked;
  };
}

function acceptFor(url: URL): string {
  if (url.pathname.includes('/manifests/')) return ACCEPTED;
  return url.pathname.endsWith('/tags/list') ? 'application/json' : '*/*';
}

function nameOf(path: string): string {
  const place = path.slice(path.indexOf('/') + 1);
  return place.includes(':') ? `@${place}` : `:${place}`;
}

/** What HEAD says; where a registry does not take HEAD, what GET says. */
async function head(ask: Ask, repository: string, place: string): Promise<ManifestHead> {
  const said = await headAlone(ask, repository, place);
  if (said !== null) return said;
  const { digest, kind } = await get(ask, repository, place, null);
  return { digest, kind };
}

/** Null where a registry does not take HEAD. */
async function headAlone(ask: Ask, repository: string, place: string): Promise<ManifestHead | null> {
  const { answer } = await ask('HEAD', repository, `manifests/${place}`, [405, 501]);
  if (answer.status !== 200) return null;
  if (Number(answer.headers['content-length'] ?? 0) > CONTENT_LIMIT)
    throw new OversizedAnswerError(answer.url, CONTENT_LIMIT);
  const digest = digestField(answer.headers['docker-content-digest']);
  if (digest !== null && place.includes(':') && digest !== place && sameAlgorithm(digest, place))
    throw new DigestMismatchError(answer.url.host, place, digest);
  return { digest, kind: kindOf(mediaType(answer)) };
}

/** HEAD first: it costs no pull where pulls are counted, and the digest it gives holds the tag still. */
async function manifest(ask: Ask, repository: string, place: string): Promise<Manifest> {
  const said = await headAlone(ask, repository, place);
  return await get(ask, repository, place, said?.digest ?? null);
}

async function get(ask: Ask, repository: string, place: string, digest: string | null): Promise<Manifest> {
  const wanted = place.includes(':') ? place : digest;
  const { answer, facts } = await ask('GET', repository, `manifests/${wanted ?? place}`);
  const promised = wanted ?? digestField(answer.headers['docker-content-digest']);
  if (promised !== null) verify(answer.url.host, answer.body, promised);
  const received = promised ?? digestOf(answer.body);
  const parsed = parseManifest(answer.body, mediaType(answer), received, facts.subject);
  if (parsed === null) throw new UnexpectedAnswerError(answer.url.host, 'manifest');
  return parsed;
}

async function blob(ask: Ask, repository: string, digest: string): Promise<Buffer> {
  const { answer } = await ask('GET', repository, `blobs/${digest}`);
  verify(answer.url.host, answer.body, digest);
  return answer.body;
}

function sameAlgorithm(one: string, other: string): boolean {
  return one.split(':', 1)[0] === other.split(':', 1)[0];
}

function mediaType({ headers }: Answer): string {
  return (
    String(headers['content-type'] ?? '')
      .split(';', 1)[0]
      ?.trim() ?? ''
  );
}
