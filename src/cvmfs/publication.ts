import type { CallOptions } from '../call.ts';
import { commandText } from '../command-text.ts';
import { JcdsError } from '../errors.ts';
import { safeText } from '../output/safe-text.ts';
import type { PlaceInRepository } from '../repositories/image-path.ts';
import type { LayoutName } from '../repositories/layouts/index.ts';
import { LinkEscapesError } from '../repositories/links.ts';
import { SERVICES } from '../repositories/services.ts';
import { typedRepositories } from '../repositories/typed.ts';
import { CvmfsUnreachableError, type UnreachableReason } from './unreachable.ts';

/** What a look at CVMFS found out. Plain data. */
export type Publication = Published | Missing | Broken | Unreachable;

/** The image is there. */
export interface Published {
  readonly state: 'published';
  readonly repository: string;
  readonly layout: LayoutName;
  /** The readable name: `/cvmfs/containers.jinr.ru/library/debian:12`. */
  readonly path: string;
  /** The same below the repository. */
  readonly entryPath: string;
  /** Where it really is, free of links; this is what runs. */
  readonly target: string;
  /** The same as a place; another repository than `repository` where links into it are allowed. */
  readonly targetPlace: PlaceInRepository;
  readonly kind: 'directory' | 'file';
}

/** A place that was looked at. */
export interface LookedAt {
  readonly repository: string;
  readonly path: string;
}

/** The repositories were seen, and the image is in none. */
export interface Missing {
  readonly state: 'missing';
  readonly looked: readonly LookedAt[];
  /** A name much like the one that was typed, which is published. */
  readonly meant?: string;
}

/** The entry is there and leads nowhere that could run: the search ended at it. Asking for it anew would change nothing. */
export interface Broken {
  readonly state: 'broken';
  readonly repository: string;
  readonly entry: BrokenEntry;
}

/** An entry that is published and cannot be used. `target` is the link's text (escapes), what is wrong (content), or where it ends. */
export interface BrokenEntry extends LookedAt {
  readonly why: 'dangling' | 'loop' | 'escapes' | 'no-image' | 'content';
  readonly entryPath: string;
  readonly target: string;
}

/** Nothing is known: a repository could not be seen. */
export interface Unreachable {
  readonly state: 'unreachable';
  readonly repository: string;
  readonly reason: UnreachableReason;
}

/** No repository that was looked at has the image. */
export class NotPublishedError extends JcdsError {
  /**
   * @param typed the `--repository` options that were typed, for the hint
   * @param meant a published name much like it
   */
  constructor(name: string, looked: readonly LookedAt[], typed = '', meant?: string) {
    const repositories = [...new Set(looked.map(({ repository }) => repository))].map(text =>
      safeText(text, 80),
    );
    const place = looked.length === 1 ? ` (looked at ${safeText(looked[0]!.path, 300)})` : '';
    super({
      code: 'NOT_PUBLISHED',
      message:
        looked.length === 0
          ? `${safeText(name)} is not published: no repository that was searched has a place for such a name`
          : `${safeText(name)} is not published in ${repositories.join(', ')}${place}`,
      hint: missingHint(name, looked, typed, meant),
    });
  }
}

/**
 * What to do about an image that is not published. A path cannot be asked for, and neither can one of a service that keeps no list.
 * @param meant a published name much like it
 */
export function missingHint(
  name: string,
  looked: readonly LookedAt[],
  typed: string,
  meant: string | undefined,
): string {
  if (meant !== undefined) return `did you mean ${safeText(meant)}? It is published`;
  const see = `see what is there with: jcds list ${typed}${hintPattern(name)}`;
  const isUnasked = looked.every(({ repository }) =>
    SERVICES.some(row => row.name === repository && row.wishlist === undefined),
  );
  return name.startsWith('/') || isUnasked
    ? see
    : `${see}; ask for it with: jcds request ${typed}${commandText(name)}`;
}

/** The image without registry and tag: what its neighbours are listed by. */
function hintPattern(name: string): string {
  const path = name
    .replace(/\/+$/, '')
    .replace(/@.*$/, '')
    .replace(/:[^/]*$/, '');
  return commandText(`*${path.slice(path.lastIndexOf('/') + 1)}*`);
}

const BROKEN = {
  dangling: 'leads to nothing: ',
  loop: 'leads round in a circle, at ',
  'no-image': 'leads to what is neither a directory nor an image file: ',
  content: 'what it says of itself cannot be understood: ',
} as const;

/** An entry of a repository that leads to no image. */
export class BrokenPublicationError extends JcdsError {
  constructor(entry: BrokenEntry & { readonly why: keyof typeof BROKEN }) {
    super({
      code: 'BROKEN_PUBLICATION',
      message: `${safeText(entry.path)} is published, but ${BROKEN[entry.why]}${safeText(entry.target)}`,
      hint: `tell the people who run ${safeText(entry.repository, 80)}${entry.why === 'dangling' ? '; a removed image is there again when its tag is published anew' : ''}`,
    });
  }
}

/** What a published image says of itself cannot be understood. */
export function brokenContent({ repository, path, entryPath }: Published, fault: string): Broken {
  return {
    state: 'broken',
    repository,
    entry: { repository, path, entryPath, why: 'content', target: fault },
  };
}

/** An image that is there and closed to this user: CVMFS shows modes as they were published. */
export class UnreadableImageError extends JcdsError {
  constructor({ path, repository }: Pick<Published, 'path' | 'repository'>, reason: UnreachableReason) {
    super({
      code: 'IMAGE_UNREADABLE',
      message: `${safeText(path)} is published, but ${safeText(reason.detail, 400)}`,
      hint: `tell the people who run ${safeText(repository, 80)}: its files must be readable by everyone`,
    });
  }
}

/**
 * The publication, or the error that says why there is none. `name` is the image as it was typed, `options` are those of the
 * command line.
 */
export function requirePublished(
  publication: Publication,
  name: string,
  options: CallOptions = {},
): Published {
  if (publication.state === 'published') return publication;
  if (publication.state === 'unreachable')
    throw new CvmfsUnreachableError(publication.repository, publication.reason);
  if (publication.state === 'broken') throw brokenError(publication.entry);
  const { looked, meant } = publication;
  const searched = looked.map(({ repository }) => repository);
  throw new NotPublishedError(name, looked, typedRepositories(options, searched), meant);
}

/** The error of a broken entry: for `status`, which goes on. */
export function brokenError(entry: BrokenEntry): JcdsError {
  const { why, repository, entryPath, target } = entry;
  if (why === 'escapes') return new LinkEscapesError({ repository, relativePath: entryPath }, target);
  return new BrokenPublicationError({ ...entry, why });
}
