import type { CallOptions } from '../../call.ts';
import type { Settings } from '../../configuration/settings.ts';
import type { Context } from '../../context.ts';
import { readAttributes } from '../../cvmfs/attributes.ts';
import { clientRevision } from '../../cvmfs/client-view.ts';
import { findAnywhere } from '../../cvmfs/find-anywhere.ts';
import { tellHttp } from '../../cvmfs/no-mount/tell-http.ts';
import { type Missing, type Publication, type Published, requirePublished } from '../../cvmfs/publication.ts';
import { isJcdsError, type JcdsError } from '../../errors.ts';
import { checkIdentity } from '../../job/findings.ts';
import { httpWishesOf } from '../../job/http-options.ts';
import { askIfMissing } from '../../job/if-missing.ts';
import { type NamedImage, readImageName, searchOf } from '../../job/locate.ts';
import type { Speaker } from '../../output/console.ts';
import { serviceToAsk } from '../../publication-requests/service.ts';
import { checkAbsence, whenMissing } from '../../publication-requests/when-missing.ts';
import type { NotInRevisionError } from '../../status/not-in-revision.ts';

/** An image for jobs that run elsewhere. */
export interface WantedImage {
  readonly typed: string | undefined;
  readonly options: CallOptions;
  readonly settings: Settings;
  readonly say: Speaker;
  /** `--wait`: an image that is missing is asked for, and the jobs are submitted before it is there. */
  readonly wait: boolean;
}

/** Where the image is, or will be. */
export interface ImageForJobs {
  readonly named: NamedImage;
  readonly repository: string;
  /** The path of the tag. */
  readonly path: string;
  /** null: it is not there yet; it was asked for. */
  readonly published: Published | null;
  /** The revision of the repository that shows it; null: not known. */
  readonly revision: number | null;
}

/**
 * Finds the image as `run` does; here it need not be mounted. What becomes of one that is missing is what --if-missing says, or
 * with --wait: it is asked for.
 * @throws what requirePublished, checkIdentity and whenMissing throw
 */
export async function findForJobs(wanted: WantedImage, context: Context): Promise<ImageForJobs> {
  const { settings, options, say, wait, typed } = wanted;
  const search = searchOf(settings, context);
  const platform = typeof options.platform === 'string' ? options.platform : undefined;
  const named = readImageName(typed, { settings }, search.root, platform);
  const look = () => lookOnce(named, wanted, context);
  const first = await look();
  if (
    wait &&
    options.dryRun !== true &&
    isAskable(first, named) &&
    (await askedFor(first, named, wanted, context))
  )
    return { named, ...placeOf(first, settings), published: null, revision: null };
  const again =
    !wait && (await askIfMissing(first, named, { settings, options, say }, context)) ? await look() : first;
  if (again.state === 'missing' && named.image.kind === 'reference')
    await checkAbsence(missingOf(again, named, wanted, context), false);
  const published = requirePublished(again, named.name);
  const { repository, path } = published;
  const revision = await revisionOf(published, wanted, context);
  return { named, repository, path, published, revision };
}

/** Milliseconds for one extended attribute of a mount. */
const PATIENCE = 2000;

/** The revision that this host's client shows, in which an image was found. */
export async function revisionOf(
  { repository }: Published,
  { settings }: Pick<WantedImage, 'settings'>,
  context: Context,
): Promise<number | null> {
  const path = `${searchOf(settings, context).root}/${repository}`;
  const names = ['revision'];
  const { environment } = context;
  return clientRevision(await readAttributes({ path, names, environment, timeout: PATIENCE })).revision;
}

/** Waits until an image that was asked for can be seen here. @throws what whenMissing throws */
export async function awaitImage(
  { named }: ImageForJobs,
  wanted: WantedImage,
  context: Context,
): Promise<Published> {
  if (named.image.kind === 'reference') {
    const publication = await lookOnce(named, wanted, context);
    if (publication.state === 'published') return publication;
    await whenMissing({ ...missingOf(publication, named, wanted, context), policy: 'wait' });
  }
  return requirePublished(await lookOnce(named, wanted, context), named.name);
}

async function lookOnce(
  named: NamedImage,
  { settings, options, say }: WantedImage,
  context: Context,
): Promise<Publication> {
  const requested = httpWishesOf(options, settings, context);
  const found = await findAnywhere(named.image, searchOf(settings, context), [], requested, context);
  if (found.http !== null) tellHttp(found.http, say, context);
  const { publication } = found;
  if (publication.state === 'published')
    checkIdentity(named, publication, found, { anyRegistry: settings.anyRegistry, say });
  return publication;
}

function isAskable(publication: Publication, { image }: NamedImage): publication is Missing {
  return publication.state === 'missing' && image.kind === 'reference';
}

/** Whether it is asked for now. Whoever sits at a terminal is asked first, unless a policy says otherwise. */
async function askedFor(
  publication: Missing,
  named: NamedImage,
  wanted: WantedImage,
  context: Context,
): Promise<boolean> {
  const { settings } = wanted;
  // Copies of this host are no answer for jobs that run elsewhere.
  const said = settings.ifMissing === 'local' ? null : settings.ifMissing;
  const policy = said ?? (context.stdin.isTerminal ? 'ask' : 'request');
  if (named.image.kind !== 'reference' || policy === 'fail') return false;
  try {
    const first = policy === 'ask' ? 'ask' : 'request';
    await whenMissing({ ...missingOf(publication, named, wanted, context), policy: first });
    return false;
  } catch (thrown) {
    if (isJcdsError(thrown) && (thrown.code === 'NOT_YET_PUBLISHED' || isInNewest(thrown))) return true;
    throw thrown;
  }
}

/** It is published, and reaches this host later: the jobs wait for that as for anything else. */
function isInNewest(error: JcdsError): boolean {
  return error.code === 'NOT_IN_REVISION' && (error as NotInRevisionError).isThere;
}

function missingOf(
  publication: Publication,
  { name, image }: NamedImage,
  wanted: WantedImage,
  context: Context,
) {
  const { settings, options, say } = wanted;
  if (image.kind !== 'reference') throw new TypeError('a path is not asked for');
  return { reference: image.reference, name, publication, settings, options, context, say };
}

/** Where the service will publish it: the first place that was looked at in its repository. */
function placeOf({ looked }: Missing, settings: Settings): Pick<ImageForJobs, 'repository' | 'path'> {
  const { row } = serviceToAsk(settings);
  // What is spelled as the name stands before what the service makes of it.
  return looked.findLast(({ repository }) => repository === row.name) ?? looked.at(-1)!;
}
