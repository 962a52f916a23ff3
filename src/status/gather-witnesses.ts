import type { SeenImage } from '../cvmfs/find-anywhere.ts';
import type { Search } from '../cvmfs/find-publication.ts';
import type { Freshness } from '../cvmfs/freshness.ts';
import type { ImageContext } from '../cvmfs/look-at-image.ts';
import type { ImageName } from '../cvmfs/look-question.ts';
import type { HttpOptions } from '../cvmfs/no-mount/http-options.ts';
import type { Deadline } from './deadline.ts';

/** An image, what a look found, and how current that is. */
export interface WitnessQuestion {
  readonly image: ImageName;
  readonly found: SeenImage;
  readonly freshness: readonly Freshness[];
}

/**
 * Asks the signed repository about images where a server is ahead of a mount, or may be: it knows whether one that is missing here
 * is there, and whether one that is published here still is. One look for all of them, over those repositories alone; null: no need
 * to ask.
 */
export async function gatherWitnesses(
  questions: readonly WitnessQuestion[],
  search: Search,
  requested: HttpOptions,
  deadline: Deadline,
  context: ImageContext,
): Promise<readonly (SeenImage | null)[]> {
  const asked = requested.when === 'never' ? [] : questions.filter(isStale);
  if (asked.length === 0) return questions.map(() => null);
  const { lookBeyond } = await import('../cvmfs/no-mount/look-beyond.ts');
  const behind = new Set(
    asked.flatMap(({ freshness }) => freshness.filter(isBehind)).map(one => one.repository),
  );
  const repositories = search.repositories.filter(({ name }) => behind.has(name));
  const timeout = Math.max(0.1, Math.round(deadline.left() / 100) / 10);
  const images = asked.map(({ image }) => ({ image, found: null }));
  const fresh = { ...requested, isFresh: true };
  const answers = await lookBeyond(images, { ...search, repositories, timeout }, fresh, context);
  return questions.map(question => answers[asked.indexOf(question)] ?? null);
}

function isStale({ found, freshness }: WitnessQuestion): boolean {
  const { publication, overHttp } = found;
  if (overHttp) return false;
  if (publication.state === 'missing') return freshness.some(isBehind);
  return publication.state === 'published' && freshness.some(({ standing }) => standing === 'behind');
}

/** Where the client does not tell its revision, the server's may be a newer one. */
function isBehind({ standing, server }: Freshness): boolean {
  return standing === 'behind' || (standing === 'unknown' && server !== null);
}
