import { inspectImage } from '../rootfs/inspect.ts';
import type { RunRequest } from '../runtimes/runtime.ts';
import { listingsNeeded } from '../runtimes/skeleton.ts';

/** A listing may show a link that leads to a directory which must be listed too; deeper chains are no real image. */
const ROUNDS = 8;

/** The request with every directory of the image listed that a runtime without mount points of its own needs. */
export function completeListings(request: RunRequest): RunRequest {
  let complete = request;
  for (let round = 0; round < ROUNDS; round += 1) {
    const { facts, path } = complete.image;
    const needed = facts === null ? [] : listingsNeeded(complete);
    if (facts === null || needed.length === 0) break;
    const { directories } = inspectImage(path, needed);
    complete = {
      ...complete,
      image: {
        ...complete.image,
        facts: { ...facts, directories: { ...facts.directories, ...directories } },
      },
    };
  }
  return complete;
}
