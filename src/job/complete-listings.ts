import type { Context } from '../context.ts';
import { readImage, seenError } from '../cvmfs/look-at-image.ts';
import type { Published } from '../cvmfs/publication.ts';
import type { RunRequest, Runtime } from '../runtimes/runtime.ts';
import { listingsNeeded } from '../runtimes/skeleton.ts';

/** A look into a published image. */
export interface ImageLook {
  readonly published: Published;
  /** Seconds. */
  readonly timeout: number;
}

/** A listing may show a link that leads to a directory which must be listed too; deeper chains are no real image. */
const ROUNDS = 8;

/**
 * The request with every directory of the image listed that this runtime needs to know.
 * @throws CvmfsUnreachableError, BrokenPublicationError
 */
export async function completeListings(
  request: RunRequest,
  { root, listings }: Pick<Runtime, 'root' | 'listings'>,
  look: ImageLook,
  context: Context,
): Promise<RunRequest> {
  const needed = (known: RunRequest) =>
    root === undefined ? (listings?.(known) ?? []) : listingsNeeded(known, root);
  let complete = request;
  for (let round = 0; round < ROUNDS; round += 1) {
    const wanted = complete.image.facts === null ? [] : needed(complete);
    if (wanted.length === 0) break;
    const { facts } = complete.image;
    const listed = Object.keys(facts?.directories ?? {});
    const read = await readImage(look.published, [...listed, ...wanted], look.timeout, context);
    if (!('facts' in read)) throw seenError(look.published, read);
    // What its registry said of an image that lost its own record is not in the image.
    const config = facts?.config.source === 'registry' ? facts.config : read.facts.config;
    complete = { ...complete, image: { ...complete.image, facts: { ...read.facts, config } } };
  }
  return complete;
}
