import type { Context } from '../context.ts';
import { findAnywhere } from '../cvmfs/find-anywhere.ts';
import { usualHttpOptions } from '../cvmfs/no-mount/http-options.ts';
import type { Publication } from '../cvmfs/publication.ts';
import { isUnmounted } from '../cvmfs/unreachable.ts';
import { isJcdsError } from '../errors.ts';
import { refuseBehind } from '../publication-requests/newest-revision.ts';
import { refuseOverdue } from '../publication-requests/overdue.ts';
import { type Person, personAt } from '../publication-requests/person.ts';
import { repositoriesFrom, SERVICES } from '../repositories/index.ts';
import { typedRepositories } from '../repositories/typed.ts';
import type { FoundCopy } from '../store/find.ts';
import { noteInstead, wasInstead } from '../store/instead.ts';
import { storePlaces } from '../store-directory.ts';
import type { MissingPolicy } from './if-missing.ts';
import type { JobImage } from './job-image.ts';
import { describeCopy, localCopy, pullFor, useCopy } from './local-image.ts';
import { type NamedImage, searchOf } from './locate.ts';

/** An image, what the look at CVMFS found, and what decides. */
export interface AbsentImage extends MissingPolicy {
  readonly named: NamedImage;
  readonly publication: Publication;
  /** Directories of the image whose names are needed. */
  readonly listings: readonly string[];
}

/**
 * `--if-missing local`: the local copy of an image that is known to be missing. At a terminal one is made where there is none; jobs without a
 * terminal, of which there may be thousands, make none and ask no server about a mount. null: the job goes on as without the policy. Throws
 * NotInRevisionError where a newer revision may have it, and the failures of the store and of making the copy.
 */
export async function localInstead(absent: AbsentImage, context: Context): Promise<JobImage | null> {
  const { named, publication, settings, options } = absent;
  if (named.image.kind !== 'reference') return null;
  const { own } = storePlaces(settings, context);
  if (publication.state === 'published') {
    if (wasInstead(own, named.name, context.uid))
      absent.say.warn(`${named.name} is published now: running it, no longer the local copy`);
    return null;
  }
  const person = options.dryRun === true ? null : personAt(context, options);
  const copy = await localCopy(named, absent, context);
  if (copy === null && person === null) return null;
  if (!(await isKnownMissing(absent, person, context))) return null;
  return runInstead(absent, copy, context);
}

/**
 * The policy `ask`, where somebody can be asked: a local copy is offered once the image is known to be missing, after `ask` has asked for it or has
 * not. Answers what `ask` does, or the copy. Throws what `ask` throws, and the failures of making the copy.
 */
export async function askOrOffer(
  ask: () => Promise<boolean>,
  absent: AbsentImage,
  context: Context,
): Promise<boolean | JobImage> {
  const person = personAt(context, absent.options);
  const offered = async () =>
    absent.publication.state === 'missing' && person !== null ? offer(person, absent, context) : null;
  try {
    return (await ask()) || ((await offered()) ?? false);
  } catch (thrown) {
    // It was asked for, and will be there later.
    const copy = isJcdsError(thrown) && thrown.code === 'NOT_YET_PUBLISHED' ? await offered() : null;
    if (copy === null) throw thrown;
    return copy;
  }
}

async function offer(person: Person, absent: AbsentImage, context: Context): Promise<JobImage | null> {
  const { named, settings } = absent;
  if (named.image.kind !== 'reference') return null;
  const copy = await localCopy(named, absent, context);
  if (copy === null && !settings.network) return null;
  const what =
    copy === null
      ? 'Unpack it here from its registry, and run that local copy now?'
      : `Run the local copy of ${describeCopy(copy, context)} now?`;
  return (await person.confirm('', what)) ? runInstead(absent, copy, context) : null;
}

async function runInstead(
  absent: AbsentImage,
  there: FoundCopy | null,
  context: Context,
): Promise<JobImage | null> {
  const { named, settings, options, say } = absent;
  if (there === null)
    await pullFor(
      named,
      { settings, say, isQuiet: options.quiet === true || options.json === true },
      context,
    );
  const copy = there ?? (await localCopy(named, absent, context));
  if (copy === null) return null;
  say.warn(`${named.name} is not published; running a local copy of ${describeCopy(copy, context)}`);
  if (options.dryRun !== true) noteInstead(storePlaces(settings, context).own, named.name, context.uid);
  return useCopy(named, copy, { root: searchOf(settings, context).root }, context);
}

/**
 * Whether the absence is one that counts: of a mount that is not known to be behind, or, where nothing is mounted, of the signed repository as a
 * server has it. @throws NotInRevisionError
 */
async function isKnownMissing(
  absent: AbsentImage,
  person: Person | null,
  context: Context,
): Promise<boolean> {
  const { named, publication, settings, options } = absent;
  const { name, image } = named;
  const search = searchOf(settings, context);
  if (image.kind !== 'reference') return false;
  if (publication.state === 'missing') {
    const typed = typedRepositories(options, settings.repositories);
    const { repositories } = settings;
    const unseen = { reference: image.reference, name, publication, repositories, settings, context, typed };
    if (person !== null) await refuseBehind(unseen);
    else await refuseOverdue({ name, publication, root: search.root, typed }, context);
    return true;
  }
  if (publication.state !== 'unreachable' || !isUnmounted(publication.reason)) return false;
  const services = repositoriesFrom(SERVICES, settings.services);
  const requested = usualHttpOptions({ network: settings.network, services }, context);
  const seen = await findAnywhere(image, search, [], requested, context);
  const isProven = seen.views.every(({ verified, from }) => verified && from === 'server');
  return seen.publication.state === 'missing' && seen.overHttp && isProven;
}
