import { UnexpectedAnswerError } from './answers.ts';
import { type Ask, CONTENT_LIMIT, isDigest } from './ask.ts';
import { DigestMismatchError, digestField, digestOf, verify } from './content.ts';
import { type Answer, OversizedAnswerError } from './exchange.ts';
import { ACCEPTED, kindOf, type Manifest, parseManifest } from './manifest.ts';

/** What a HEAD tells of a manifest. */
export interface ManifestHead {
  /** Null where the registry does not say it. */
  readonly digest: string | null;
  readonly kind: 'index' | 'image' | 'other' | 'unsaid';
}

/** What HEAD says; where HEAD says anything but yes, what GET says. */
export async function manifestHead(ask: Ask, repository: string, place: string): Promise<ManifestHead> {
  const said = await headAlone(ask, repository, place);
  if (said !== null) return said;
  const { digest, kind } = await get(ask, repository, place, null);
  return { digest, kind };
}

/**
 * The manifest, its bytes proved by their digest. HEAD first, unless its answer is known: it costs no pull where pulls
 * are counted, and the digest it gives holds the tag still.
 */
export async function provedManifest(
  ask: Ask,
  repository: string,
  place: string,
  known?: ManifestHead,
): Promise<Manifest> {
  const head = known ?? (await headAlone(ask, repository, place));
  return await get(ask, repository, place, head?.digest ?? null);
}

/**
 * A "no" to HEAD alone is none: some proxies answer it with 404 or 400, and a storage with 403 where the address it was sent to is signed
 * for GET. A demand of the registry's own (401) is the same for both; being too busy (429) and failing (5xx) are not about the
 * question, and asking once more would make them worse.
 */
function isAskedByGet({ status }: Answer, isElsewhere: boolean): boolean {
  return status === 501 || (status < 500 && status !== 429 && (status !== 401 || isElsewhere));
}

/** Null where HEAD brought nothing that counts, so that GET must be asked. */
async function headAlone(ask: Ask, repository: string, place: string): Promise<ManifestHead | null> {
  const { answer } = await ask({
    method: 'HEAD',
    repository,
    at: `manifests/${place}`,
    accept: ACCEPTED,
    place,
    isTolerated: isAskedByGet,
  });
  if (answer.status !== 200 || isPage(answer)) return null;
  if (Number(answer.headers['content-length'] ?? 0) > CONTENT_LIMIT)
    throw new OversizedAnswerError(answer.url, CONTENT_LIMIT);
  const digest = digestField(answer.headers['docker-content-digest']);
  if (digest !== null && isDigest(place) && digest !== place && sameAlgorithm(digest, place))
    throw new DigestMismatchError(answer.url.host, place, digest);
  return { digest, kind: kindOf(mediaType(answer)) };
}

async function get(ask: Ask, repository: string, place: string, digest: string | null): Promise<Manifest> {
  const wanted = isDigest(place) ? place : digest;
  const at = `manifests/${wanted ?? place}`;
  const { answer, facts } = await ask({ method: 'GET', repository, at, accept: ACCEPTED, place });
  const promised = wanted ?? digestField(answer.headers['docker-content-digest']);
  if (promised !== null) verify(answer.url.host, answer.body, promised);
  const received = promised ?? digestOf(answer.body);
  const parsed = parseManifest(answer.body, mediaType(answer), received, facts.subject);
  if (parsed === null) throw new UnexpectedAnswerError(answer.url.host, 'manifest');
  return parsed;
}

function isPage(answer: Answer): boolean {
  return /^(?:text\/html|application\/xhtml)/i.test(mediaType(answer));
}

function sameAlgorithm(one: string, other: string): boolean {
  return one.split(':', 1)[0] === other.split(':', 1)[0];
}

/** The media type of Content-Type, without its parameters. */
function mediaType({ headers }: Answer): string {
  const field = headers['content-type'];
  return typeof field === 'string' ? field.split(';', 1)[0]!.trim() : '';
}
