import { goesOn, onMount, type SeenImage } from '../find-anywhere.ts';
import type { FoundImage, Search } from '../find-publication.ts';
import { findImage, type ImageContext } from '../look-at-image.ts';
import type { ImageName } from '../look-question.ts';
import type { LookedAt, Unreachable } from '../publication.ts';
import { type HttpLook, httpLook } from './http-look.ts';
import type { HttpOptions } from './http-options.ts';
import { bothReasons } from './http-reason.ts';

/** An image, and what a look at mounts found; null: mounts are not looked at. */
export interface BeyondQuestion {
  readonly image: ImageName;
  readonly found: FoundImage | null;
}

/** Answers over HTTP what mounts cannot, all by one look. See `findAnywhere`. */
export async function lookBeyond(
  questions: readonly BeyondQuestion[],
  search: Search,
  requested: HttpOptions,
  context: ImageContext,
): Promise<readonly SeenImage[]> {
  const { root, timeout } = search;
  const look = httpLook({ root, requested, timeout, isBounded: true }, context);
  try {
    const seen: SeenImage[] = [];
    for (const { image, found } of questions)
      seen.push(
        found === null
          ? await look.find(image, search.repositories)
          : await goOn(image, found, { search, requested, look, context }),
      );
    return seen;
  } finally {
    await look.close();
  }
}

interface Looking {
  readonly search: Search;
  readonly requested: HttpOptions;
  readonly look: HttpLook;
  readonly context: ImageContext;
}

/** Looks over HTTP at the repository where the look at mounts ended, and then goes on with the next one as before. */
async function goOn(image: ImageName, found: FoundImage, looking: Looking): Promise<SeenImage> {
  const { search, requested, look, context } = looking;
  if (!goesOn(found, requested)) return onMount(found);
  const unmounted = found.publication as Unreachable;
  const { repositories, root } = search;
  const at = repositories.findIndex(row => row.name === unmounted.repository);
  // An image by its place, or a link into a repository that is not searched: all of it is looked for over HTTP.
  if (image.kind === 'place' || at < 0) return withMount(await look.find(image, repositories), unmounted);
  const seen = withMount(await look.find(image, repositories.slice(at, at + 1)), unmounted);
  if (!isPlainlyMissing(seen)) return seen;
  const before = repositories.slice(0, at).map(({ name }) => ({ repository: name, path: `${root}/${name}` }));
  const after = { ...search, repositories: repositories.slice(at + 1) };
  if (after.repositories.length === 0) return withLooked(seen, [...before, ...seen.publication.looked]);
  const next = await goOn(image, await findImage(image, after, [], context), { ...looking, search: after });
  const views = [...seen.views, ...next.views];
  if (!isPlainlyMissing(next)) return { ...next, views };
  return { ...withLooked(seen, [...before, ...seen.publication.looked, ...next.publication.looked]), views };
}

type PlainlyMissing = SeenImage & { readonly publication: { readonly state: 'missing' } };

function isPlainlyMissing(seen: SeenImage): seen is PlainlyMissing {
  return seen.publication.state === 'missing';
}

function withLooked(seen: PlainlyMissing, looked: readonly LookedAt[]): SeenImage {
  return { ...seen, publication: { ...seen.publication, looked } };
}

/** Says why no mount answered; where HTTP knows no more either, both reasons are the answer's. */
function withMount(seen: SeenImage, { reason: notMounted }: Unreachable): SeenImage {
  const { publication } = seen;
  if (publication.state !== 'unreachable') return { ...seen, notMounted };
  const reason = bothReasons(publication.reason, notMounted);
  return { ...seen, notMounted, publication: { ...publication, reason } };
}
