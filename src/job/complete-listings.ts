import type { Context } from '../context.ts';
import { readImage, seenError } from '../cvmfs/look-at-image.ts';
import type { Published } from '../cvmfs/publication.ts';
import type { RootNeeds, RunRequest } from '../runtimes/runtime.ts';
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
 * The request with every directory of the image listed that a runtime without mount points of its own needs.
 * @throws CvmfsUnreachableError, BrokenPublicationError
 */
export async function completeListings(
  request: RunRequest,
  needs: RootNeeds,
  look: ImageLook,
  context: Context,
): Promise<RunRequest> {
  let complete = request;
  for (let round = 0; round < ROUNDS; round += 1) {
    const needed = complete.image.facts === null ? [] : listingsNeeded(complete, needs);
    if (needed.length === 0) break;
    const listed = Object.keys(complete.image.facts?.directories ?? {});
    const read = await readImage(look.published, [...listed, ...needed], look.timeout, context);
    if (!('facts' in read)) throw seenError(look.published, read);
    complete = { ...complete, image: { ...complete.image, facts: read.facts } };
  }
  return complete;
}
