import type { Settings } from '../configuration/settings.ts';
import { NO_CLIENT } from '../cvmfs/client-view.ts';
import { onMount, type SeenImage } from '../cvmfs/find-anywhere.ts';
import type { Freshness } from '../cvmfs/freshness.ts';
import type { ImageName } from '../cvmfs/look-question.ts';
import { type HttpOptions, usualHttpOptions } from '../cvmfs/no-mount/http-options.ts';
import type { Missing, Publication, Published, Unreachable } from '../cvmfs/publication.ts';
import { isJcdsError } from '../errors.ts';
import type { Reference } from '../image/reference.ts';
import { type Repository, repositoriesFrom, repositoryNamed, SERVICES } from '../repositories/index.ts';
import { askNewest } from '../status/ask-newest.ts';
import { isFinal, newestOf, type Standing } from '../status/newest.ts';
import { NotInRevisionError } from '../status/not-in-revision.ts';
import { rootOf, visibleAs } from './published.ts';
import type { AskingContext } from './service.ts';

/** An image that cannot be seen here, before anybody is asked for it. */
export interface UnseenImage {
  readonly reference: Reference;
  readonly name: string;
  readonly publication: Publication;
  /** Names of the repositories that are meant. */
  readonly repositories: readonly string[];
  readonly settings: Settings;
  readonly context: AskingContext;
  /** The `--repository` options that were typed, for hints. */
  readonly typed: string;
}

/** What the newest revision of the servers says of it. */
export type NewestAnswer =
  /** It is there, and does not show here yet: nobody is to be asked. */
  | { readonly state: 'published'; readonly published: Published; readonly standing: Standing }
  | { readonly state: 'missing' }
  /** No server is known, or nothing can be seen here and none answers: asking is all that is left. */
  | { readonly state: 'unknowable'; readonly standing: Standing };

/** Seconds for a look over HTTP. */
const PATIENCE = 2;

/**
 * Looks whether an image is in the newest revision of the servers, past the caches of proxies: what is published must not be
 * requested. @throws NotInRevisionError where that cannot be known now, so that nobody is asked
 */
export async function lookAtNewest(unseen: UnseenImage): Promise<NewestAnswer> {
  const { publication } = unseen;
  const look = lookOf(unseen);
  if (publication.state === 'missing') return ofMissing(unseen, publication, look);
  if (publication.state !== 'unreachable') return { state: 'missing' };
  const seen = await overHttp(look, look.requested);
  const standing = { publication, freshness: [unseenFreshness(publication)], witness: seen, isLocal: false };
  const answer = seen === null ? null : answerOf(unseen, seen, standing);
  if (answer !== null) return answer;
  return { state: 'unknowable', standing };
}

/** What can be said of a repository that cannot be seen here. */
function unseenFreshness({ repository, reason: { detail, hint } }: Unreachable): Freshness {
  return {
    repository,
    client: NO_CLIENT,
    server: null,
    isServerless: false,
    standing: 'unknown',
    sentence: detail,
    absence: `not visible on this host: ${detail}`,
    hint,
  };
}

/** How an image is looked for on the servers. */
interface Look {
  readonly image: ImageName;
  readonly rows: readonly Repository[];
  readonly table: readonly Repository[];
  readonly root: string;
  readonly requested: HttpOptions;
  readonly context: AskingContext;
}

function lookOf({ reference, repositories, settings, context }: UnseenImage): Look {
  const table = repositoriesFrom(SERVICES, settings.services);
  const usual = usualHttpOptions({ network: settings.network, services: table }, context);
  return {
    image: { kind: 'reference', reference, platform: null },
    rows: repositories.map(name => repositoryNamed(name, table)),
    table,
    root: rootOf(settings, context),
    requested: { ...usual, isFresh: true },
    context,
  };
}

function standingOf(
  publication: Missing,
  { image, rows, table, root, requested, context }: Look,
): Promise<Standing> {
  const found = onMount({ publication, facts: null, unread: null });
  const search = { root, repositories: rows, timeout: PATIENCE };
  return askNewest({ image, found, search, table, requested }, context);
}

async function ofMissing(unseen: UnseenImage, publication: Missing, look: Look): Promise<NewestAnswer> {
  const { requested } = look;
  const standing = await standingOf(publication, look);
  if (isFinal(standing)) return { state: 'missing' };
  const { witness, freshness } = standing;
  const answer = witness === null ? null : answerOf(unseen, witness, standing);
  if (answer !== null) return answer;
  // Without a key nothing can be proven; but what even an unproven look does not find need not be waited for.
  const isKeyless =
    witness?.publication.state === 'unreachable' && witness.publication.reason.code === 'KEYS_MISSING';
  const unproven = isKeyless ? await overHttp(look, { ...requested, insecure: true }) : null;
  if (unproven?.publication.state === 'missing') return { state: 'missing' };
  const [lasting] = freshness.filter(({ standing: how }) => how !== 'current');
  if (lasting?.isServerless === true) return { state: 'unknowable', standing };
  throw new NotInRevisionError(unseen.name, standing, unseen.typed);
}

/**
 * For who asks nobody: an absence that is not known to hold for the newest revision is said to be one of this host's.
 * @param isStrict also where no server is known that could ever be asked
 */
export async function refuseOlder(unseen: UnseenImage, isStrict: boolean): Promise<void> {
  const newest = await lookAtNewest(unseen);
  if (newest.state === 'published' || (newest.state === 'unknowable' && isStrict))
    throw new NotInRevisionError(unseen.name, newest.standing, unseen.typed);
}

/** Throws NotInRevisionError only where it is known that the servers have a newer revision, which may have it: what cannot be known passes. */
export async function refuseBehind(unseen: UnseenImage): Promise<void> {
  const { publication, name, typed } = unseen;
  if (publication.state !== 'missing') return;
  const standing = await standingOf(publication, lookOf(unseen));
  const newest = newestOf(standing);
  if ('value' in newest && !newest.value) throw new NotInRevisionError(name, standing, typed);
}

/** null: it tells nothing. */
function answerOf(
  { reference }: UnseenImage,
  { publication, origin }: SeenImage,
  standing: Standing,
): NewestAnswer | null {
  if (publication.state === 'unreachable') return null;
  const visible = visibleAs(reference, publication, origin);
  return visible.state === 'visible'
    ? { state: 'published', published: visible.published, standing }
    : { state: 'missing' };
}

/** null: it may not be looked. */
async function overHttp(
  { image, rows, root, context }: Look,
  requested: HttpOptions,
): Promise<SeenImage | null> {
  if (requested.when === 'never') return null;
  const { lookBeyond } = await import('../cvmfs/no-mount/look-beyond.ts');
  const search = { root, repositories: rows, timeout: PATIENCE };
  try {
    const [seen] = await lookBeyond([{ image, found: null }], search, requested, context);
    return seen ?? null;
  } catch (thrown) {
    if (isJcdsError(thrown)) return null;
    throw thrown;
  }
}
