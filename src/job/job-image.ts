import type { Call } from '../call.ts';
import type { Settings } from '../configuration/settings.ts';
import type { Context } from '../context.ts';
import { findImage } from '../cvmfs/look-at-image.ts';
import { type Published, requirePublished, UnreadableImageError } from '../cvmfs/publication.ts';
import type { Speaker } from '../output/console.ts';
import type { ImageFacts } from '../rootfs/facts.ts';
import { lostRecords } from '../rootfs/usability.ts';
import type { JobMode } from './command-words.ts';
import { checkIdentity } from './findings.ts';
import { askIfMissing, policyOf } from './if-missing.ts';
import type { AbsentImage } from './local-instead.ts';
import { type NamedImage, readImageName, searchOf } from './locate.ts';
import { unreachableError } from './not-mounted.ts';

/** The image of a job. */
export interface JobImage {
  /** As a person reads it. */
  readonly name: string;
  readonly published: Published;
  /** null: an image file, which nobody can read without mounting it. */
  readonly facts: ImageFacts | null;
  /** The CVMFS root in use. */
  readonly root: string;
}

/** How it was asked for. */
export interface JobSetting {
  readonly mode: JobMode;
  readonly settings: Settings;
  readonly options: Call['options'];
  /** Whether words for the job followed. */
  readonly hasArguments: boolean;
  readonly say: Speaker;
}

/** The listings that most runtimes without mount points of their own need: read with the rest, they cost no second look. */
const USUAL_LISTINGS = ['/', '/etc'];

/** Finds what was typed, and makes sure that it is what was meant. @throws JcdsError */
export async function findJobImage(
  typed: string | undefined,
  { mode, settings, options, hasArguments, say }: JobSetting,
  context: Context,
): Promise<JobImage> {
  const search = searchOf(settings, context);
  const platform = typeof options.platform === 'string' ? options.platform : undefined;
  const named = readImageName(typed, { settings }, search.root, platform);
  if (options.local === true) {
    // Stores are none of the start-up path's business.
    const { findLocalImage } = await import('./local-image.ts');
    const [isDryRun, isQuiet] = [options.dryRun === true, options.quiet === true || options.json === true];
    const setting = { settings, listings: USUAL_LISTINGS, root: search.root, say, isDryRun, isQuiet };
    return findLocalImage(named, setting, context);
  }
  const { name, image } = named;
  const look = () => findImage(image, search, USUAL_LISTINGS, context);
  const first = await look();
  const setting = { settings, options, say };
  const absent = { ...setting, named, publication: first.publication, listings: USUAL_LISTINGS };
  const copy = await copyInstead(absent, context);
  if (typeof copy === 'object') return copy;
  const { publication, facts, unread } = copy ? await look() : first;
  if (publication.state === 'unreachable') {
    const isLocalOffered = settings.ifMissing === 'local' && image.kind === 'reference';
    throw await unreachableError(
      publication,
      { command: mode, name, hasArguments, options, search, settings, isLocalOffered },
      context,
    );
  }
  const published = requirePublished(publication, name, options);
  if (unread !== null) throw new UnreadableImageError(published, unread);
  checkIdentity(named, published, facts, { anyRegistry: settings.anyRegistry, say });
  if (image.kind === 'reference' && published.repository !== search.repositories[0]?.name)
    say.warn(`${name} comes from ${published.repository}`);
  const known = await withMetadata(named, published, facts, { settings, say }, context);
  return { name, published, facts: known, root: search.root };
}

/** A local copy in the place of an image that is missing, where the policy has it so; else whether it is worth looking again. */
async function copyInstead(absent: AbsentImage, context: Context): Promise<JobImage | boolean> {
  const { publication, named, settings, options } = absent;
  const ask = () => askIfMissing(publication, named, absent, context);
  const policy = policyOf(settings, context);
  const isOffered = policy === 'ask' && publication.state === 'missing' && options.dryRun !== true;
  if (policy !== 'local' && !isOffered) return ask();
  // Stores are none of the start-up path's business.
  const { askOrOffer, localInstead } = await import('./local-instead.ts');
  if (isOffered) return askOrOffer(ask, absent, context);
  return (await localInstead(absent, context)) ?? ask();
}

/** What the image says of itself; its registry's word where it has lost that. */
async function withMetadata(
  named: NamedImage,
  published: Published,
  facts: ImageFacts | null,
  setting: Pick<JobSetting, 'settings' | 'say'>,
  context: Context,
): Promise<ImageFacts | null> {
  if (facts === null || facts.config.source === 'registry' || lostRecords(facts).length === 0) return facts;
  // Registries are none of the start-up path's business.
  const { mendMetadata } = await import('./lost-metadata.ts');
  return mendMetadata({ named, published, facts }, setting, context);
}
