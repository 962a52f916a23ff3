import type { Reference } from '../image/reference.ts';
import { LAYOUTS, type LayoutName } from '../repositories/layouts/index.ts';
import type { ImageFacts } from '../rootfs/facts.ts';
import { askLook, ENDLESS, type LookContext, type LookResult } from './ask-look.ts';
import { lookFast } from './fast-look.ts';
import type { ImageName, LookLine, PublicationAnswer, RepositoryRow } from './look-question.ts';
import { brokenContent, type Publication, type Published } from './publication.ts';
import { type UnreachableReason, unreachableReason } from './unreachable.ts';

/** Where images are looked for. */
export interface Search {
  /** The CVMFS root in use, absolute (see root.ts). */
  readonly root: string;
  /** In the order of the search, which goes on after `missing` and never after `unreachable`. */
  readonly repositories: readonly RepositoryRow[];
  /** Seconds that the whole look may take. */
  readonly timeout: number;
}

/** A publication and, where they were asked for and it is an unpacked image, its facts. */
export interface FoundImage {
  readonly publication: Publication;
  readonly facts: ImageFacts | null;
  /** Why a published image has no facts: it is closed to this user. See UnreadableImageError. */
  readonly unread: UnreachableReason | null;
  /** Whether the facts are those that an earlier look has read. */
  readonly isRemembered?: true;
}

/** The fast look blocks jcds; what takes longer than this many milliseconds is looked at carefully. */
const FAST_LIMIT = 1000;

/**
 * Looks whether an image is published. The answer comes within the timeout whatever CVMFS does, and what hangs keeps
 * neither jcds nor its caller. Never throws for what it finds: see `requirePublished`.
 */
export async function findPublication(
  image: ImageName,
  search: Search,
  context: LookContext,
): Promise<Publication> {
  const started = performance.now();
  const fast = lookAtFirst(image, search);
  if (fast) return fast;
  const [found] = await lookCarefully([image], search, null, performance.now() - started, context);
  return found!.publication;
}

/** The same for many images, by one child: the answers in order. */
export async function findPublications(
  images: readonly ImageName[],
  search: Search,
  context: LookContext,
  inspect: readonly string[] | null = null,
): Promise<readonly FoundImage[]> {
  return images.length === 0 ? [] : lookCarefully(images, search, inspect, 0, context);
}

/** The fast look at the best place of the first repository. null: it takes a careful one. */
export function lookAtFirst(image: ImageName, { root, repositories, timeout }: Search): Published | null {
  const row = image.kind === 'place' ? rowOf(image.place.repository, repositories) : repositories[0];
  if (row === undefined) return null;
  const candidates = {
    ...{ osg: best(image, 'osg'), cern: best(image, 'cern') },
    ...{ files: best(image, 'files'), store: best(image, 'store') },
  };
  const limit = Math.min(timeout * 1000, FAST_LIMIT);
  const spelled = image.kind === 'reference' ? spelledRegistry(image.reference) : null;
  const found = lookFast({
    root,
    repository: row.name,
    layout: row.layout,
    candidates,
    spelled,
    timeout: limit,
  });
  if (found === null) return null;
  return {
    state: 'published',
    repository: row.name,
    path: `${root}/${row.name}/${found.entryPath}`,
    ...found,
  };
}

function rowOf(name: string, repositories: readonly RepositoryRow[]): RepositoryRow {
  return repositories.find(row => row.name === name) ?? { name, layout: 'detect', allowedLinkTargets: [] };
}

/** The best candidate but for the one that is spelled as the reference: that comes first where its directory is there. */
function best(image: ImageName, layout: LayoutName): string | null {
  if (image.kind === 'place') return image.place.relativePath || null;
  const { reference, platform } = image;
  const spelled = LAYOUTS[layout].asSpelled(reference);
  return LAYOUTS[layout].candidates(reference, platform).find(path => path !== spelled) ?? null;
}

/** The directory in a repository's root that a candidate spelled as the reference would begin with. */
function spelledRegistry(reference: Reference): string | null {
  return reference.registryTyped ? (reference.registrySpelled ?? reference.registry) : null;
}

/** @param spent milliseconds of the timeout that are gone */
export async function lookCarefully(
  images: readonly ImageName[],
  { root, repositories, timeout }: Search,
  inspect: readonly string[] | null,
  spent: number,
  context: LookContext,
): Promise<readonly FoundImage[]> {
  const first = images[0]?.kind === 'place' ? images[0].place.repository : (repositories[0]?.name ?? '');
  const result = await askLook(
    { ask: 'publications', root, repositories, images, inspect },
    {
      timeout: timeout * 1000 - spent,
      seconds: timeout,
      start: { repository: first, path: `${root}/${first}` },
    },
    context,
  );
  const answers = new Map(result.lines.filter(isPublication).map(line => [line.image, line]));
  return images.map((_image, index) => {
    const { publication, facts, unread } = answers.get(index) ?? unanswered(result, index === answers.size);
    return { publication, facts, unread };
  });
}

function isPublication(line: LookLine): line is PublicationAnswer {
  return 'image' in line;
}

function unanswered({ met, at, stuckIn }: LookResult, isFirst: boolean): FoundImage {
  if (isFirst && stuckIn !== null && stuckIn !== 'the image')
    return { publication: brokenContent(stuckIn, ENDLESS), facts: null, unread: null };
  const { repository, path } = at;
  const reason = unreachableReason(met ?? { code: 'LOOK_FAILED', path, cause: 'no answer' }, repository);
  return { publication: { state: 'unreachable', repository, reason }, facts: null, unread: null };
}
