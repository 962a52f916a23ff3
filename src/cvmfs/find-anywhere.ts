import type { ImageFacts } from '../rootfs/facts.ts';
import type { FoundImage, Search } from './find-publication.ts';
import { findImage, type ImageContext } from './look-at-image.ts';
import type { ImageName } from './look-question.ts';
import type { HttpOptions } from './no-mount/http-options.ts';
import type { HttpView } from './no-mount/http-view.ts';
import { isUnmounted, type UnreachableReason } from './unreachable.ts';

/** An image as it was seen, on a mount or over HTTP. */
export interface SeenImage extends FoundImage {
  /** What its record says that it was made from. Over HTTP it is read only where an answer depends on it. */
  readonly origin: ImageFacts['origin'];
  /** OCI's name of what its programs are made for. Over HTTP it is read only where a platform was asked for. */
  readonly architecture: ImageFacts['architecture'];
  /** Whether this is what a look over HTTP found: its paths then need not exist on this host. */
  readonly overHttp: boolean;
  /** What that answer rests on; null: on a mount, or on nothing since no repository could be opened. */
  readonly http: HttpView | null;
  /** The same of every repository that was looked at over HTTP for it. */
  readonly views: readonly HttpView[];
  /** Why it was not seen on a mount, where HTTP was asked for want of one. */
  readonly notMounted: UnreachableReason | null;
}

/**
 * Finds an image and what it says of itself: on the mount, over HTTP where nothing is mounted, or over HTTP alone, as
 * the requested say, within `search.timeout` in all.
 * @param listings see `findImage`
 * @throws JcdsError for what the user named and cannot be: a key, a server, a cache directory
 */
export async function findAnywhere(
  image: ImageName,
  search: Search,
  listings: readonly string[],
  requested: HttpOptions,
  context: ImageContext,
): Promise<SeenImage> {
  const started = performance.now();
  const found = requested.when === 'only' ? null : await findImage(image, search, listings, context);
  if (found !== null && !goesOn(found, requested)) return onMount(found);
  const { lookBeyond } = await import('./no-mount/look-beyond.ts');
  const [seen] = await lookBeyond([{ image, found }], leftOf(search, started), requested, context);
  if (seen!.publication.state !== 'missing' || requested.isFresh) return seen!;
  // A proxy may have kept the revision before the one that has it.
  const fresh = { ...requested, isFresh: true, forgetRevision: false };
  const [newest] = await lookBeyond([{ image, found }], leftOf(search, started), fresh, context);
  return newest!;
}

/**
 * The same for many images, in order, by one look over HTTP.
 * @param lookAtMounts how mounts are looked at
 */
export async function findAllAnywhere(
  images: readonly ImageName[],
  lookAtMounts: () => Promise<readonly FoundImage[]>,
  search: Search,
  requested: HttpOptions,
  context: ImageContext,
): Promise<readonly SeenImage[]> {
  const started = performance.now();
  const found = requested.when === 'only' ? [] : await lookAtMounts();
  if (requested.when !== 'only' && !found.some(one => goesOn(one, requested))) return found.map(onMount);
  const { lookBeyond } = await import('./no-mount/look-beyond.ts');
  const questions = images.map((image, index) => ({ image, found: found[index] ?? null }));
  return lookBeyond(questions, leftOf(search, started), requested, context);
}

/** The search with the time that is left of it, in tenths of a second: it is said to people. */
function leftOf(search: Search, started: number): Search {
  const left = search.timeout - (performance.now() - started) / 1000;
  return { ...search, timeout: Math.max(0.1, Math.round(left * 10) / 10) };
}

/** Whether a look at mounts ended where nothing is mounted, and HTTP may know more. */
export function goesOn({ publication }: FoundImage, { when }: HttpOptions): boolean {
  return when !== 'never' && publication.state === 'unreachable' && isUnmounted(publication.reason);
}

/** What a look at mounts found. */
export function onMount(found: FoundImage): SeenImage {
  return {
    ...found,
    origin: found.facts?.origin ?? null,
    architecture: found.facts?.architecture ?? null,
    overHttp: false,
    http: null,
    views: [],
    notMounted: null,
  };
}

/** Whether the answer is a mount's; null where not even that is known (the mount hangs, say). */
export function isMounted({
  publication,
  overHttp,
}: Pick<SeenImage, 'publication' | 'overHttp'>): boolean | null {
  if (overHttp) return false;
  if (publication.state !== 'unreachable') return true;
  return isUnmounted(publication.reason) ? false : null;
}
