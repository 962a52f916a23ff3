import type { Context } from '../context.ts';
import { type FoundImage, findPublications, type Search } from '../cvmfs/find-publication.ts';
import type { ImageName } from '../cvmfs/look-question.ts';
import type { ImageFacts } from '../rootfs/facts.ts';
import { pruneMemory, recallImage, rememberImage } from '../rootfs/memory.ts';
import type { Deadline } from './deadline.ts';

type LookContext = Pick<Context, 'self' | 'environment' | 'home' | 'uid' | 'now'>;

/** The listing that tells mount points. */
const LISTINGS = ['/'];

/**
 * Looks at many images by one child, and by a second one at those of which nothing is remembered: what an image says
 * of itself stays true, since its directory is named after its content.
 */
export async function lookAtImages(
  images: readonly ImageName[],
  search: Search,
  deadline: Deadline,
  context: LookContext,
): Promise<readonly FoundImage[]> {
  const found = (await findPublications(images, search, context)).map(one => withMemory(one, context));
  const unknown = found.flatMap((one, index) => (isUnknown(one) ? [index] : []));
  if (unknown.length === 0) return found;
  const left = { ...search, timeout: deadline.left() / 1000 };
  const read = await findPublications(
    unknown.map(index => images[index]!),
    left,
    context,
    LISTINGS,
  );
  for (const { facts } of read) if (facts !== null) remember(facts, context);
  pruneMemory(context);
  const byIndex = new Map(unknown.map((index, at) => [index, read[at]!]));
  return found.map((one, index) => byIndex.get(index) ?? one);
}

function withMemory(found: FoundImage, context: LookContext): FoundImage {
  const { publication } = found;
  if (publication.state !== 'published' || publication.kind === 'file') return found;
  const facts = recallImage(publication.target, context)?.facts ?? null;
  const isEnough = facts !== null && LISTINGS.every(path => Object.hasOwn(facts.directories, path));
  return isEnough ? { ...found, facts, isRemembered: true } : found;
}

function isUnknown({ publication, facts }: FoundImage): boolean {
  return publication.state === 'published' && publication.kind === 'directory' && facts === null;
}

function remember(facts: ImageFacts, context: LookContext): void {
  const commands = recallImage(facts.directory, context)?.commands ?? {};
  rememberImage({ facts, commands }, context);
}
