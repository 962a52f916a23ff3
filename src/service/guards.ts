import { ListSuspectError, MassRemovalError, OtherPlatformError } from './errors.ts';
import type { KnownState } from './records.ts';
import type { Step } from './situation.ts';
import type { ReadList } from './wanted.ts';

/** Names that a change of a list may take away without a question: so many, and this share of all. */
const USUAL = { removed: 5, share: 0.1 };

/** Throws ListSuspectError for a list that is empty, or much shorter than that of the last cycle. */
export function checkList(
  file: string,
  { length }: Pick<ReadList, 'length'>,
  { listed }: Pick<KnownState, 'listed'>,
  isAllowed: boolean,
): void {
  if (isAllowed) return;
  if (length === 0) throw new ListSuspectError(file, 'it names no image', true);
  if (listed !== null && length < listed / 2)
    throw new ListSuspectError(file, `it names ${length} images, and ${listed} last time`, true);
}

/** Throws OtherPlatformError: every link would lead to an image that its users cannot run. */
export function checkPlatform(
  target: string,
  { platform }: Pick<KnownState, 'platform'>,
  wanted: string,
): void {
  if (platform !== null && platform !== wanted) throw new OtherPlatformError(target, platform, wanted);
}

/** Throws MassRemovalError for a plan that takes all published names away, or more than usual. */
export function checkRemovals(
  steps: readonly Step[],
  { links }: Pick<KnownState, 'links'>,
  isAllowed: boolean,
): void {
  const removed = steps.filter(({ kind }) => kind === 'unlink').length;
  const isMany = removed > USUAL.removed && removed > USUAL.share * links.size;
  if (!isAllowed && removed > 0 && (isMany || removed === links.size))
    throw new MassRemovalError(removed, links.size);
}
