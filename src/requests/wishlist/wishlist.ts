import type { Reference } from '../../image/reference.ts';

/**
 * A wishlist is the file in somebody else's project that names the images a service publishes. Each format
 * (`osg.ts`, `cern.ts`) reads the text into entries and finds the place of a new one; nothing here does I/O.
 * Lines are counted from 1.
 */
export interface WishlistFormat {
  readonly name: 'osg' | 'cern';
  /** Where the file lies in the services that are public. */
  readonly usualPath: string;
  /** Reads the whole file. Throws NotAWishlistError when it cannot be one. */
  parse(text: string): Wishlist;
  /** The entries that some lines of the file hold by themselves: those that a change adds. What is none is left out. */
  entriesIn(lines: readonly string[]): WishlistEntry[];
  /** The entry that means this image. Throws DigestNotListableError or MisreadNameError when no entry can. */
  entryFor(reference: Reference): string;
  /** Whether a tag is among those that a pattern of this format means. */
  matches(pattern: string, tag: string): boolean;
  /** Why a tag is among them although most people would not think so, or null; absent: patterns are as people think. */
  surprise?(pattern: string, tag: string): string | null;
  /** Where an entry belongs and how its line is written. Throws UneditableRecipeError. */
  place(list: Wishlist, reference: Reference): Place;
  /** Where the image is published, below the repository's root: two entries with one path collide. */
  publishedPath(name: ImageName): string;
}

/** The part of a reference that a list can express. */
export type ImageName = Pick<Reference, 'registry' | 'repository' | 'tag' | 'digest'>;

/** One image, or one pattern of tags, as the service reads it. */
export interface WishlistEntry extends ImageName {
  line: number;
  /** As it stands in the file, without blanks and quotes around it. */
  text: string;
  /** Whether the tag is a pattern. */
  wildcard: boolean;
}

/** What is wrong with a line: the service would read it as something else, or not at all. */
export type ProblemKind =
  | 'trailing-comment'
  | 'blank'
  | 'control-character'
  | 'digest'
  | 'colons'
  | 'scheme'
  | 'registry-as-namespace'
  | 'name'
  | 'tag'
  | 'no-tag'
  | 'wildcard'
  | 'pattern'
  | 'duplicate'
  | 'key-missing'
  | 'key-unknown'
  | 'value';

export interface WishlistProblem {
  kind: ProblemKind;
  line: number;
  text: string;
  /** What the service makes of it, where that is known. */
  readAs: string | null;
}

export interface Wishlist {
  text: string;
  entries: readonly WishlistEntry[];
  problems: readonly WishlistProblem[];
}

/** Where a new line goes: behind the line of this number (0: before everything). */
export interface Place {
  after: number;
  /** Whether it may not stand before that line, not even to keep a missing newline at the end of the file. */
  strictly: boolean;
  /** The whole line, without its end. */
  line: string;
}

/** An entry for the same place in the repository that is another image. */
export interface Collision {
  line: number;
  text: string;
}

export interface Found {
  state: 'listed' | 'covered';
  line: number;
  text: string;
  /** What is surprising about it, for people, or null. */
  surprise: string | null;
}

/** How close two images are: the same repository, the same namespace of one registry, the same registry. */
export function kinship(entry: ImageName, reference: ImageName): number {
  if (entry.registry !== reference.registry) return 0;
  if (entry.repository === reference.repository) return 3;
  const namespace = (name: ImageName) => name.repository.split('/', 1)[0];
  return namespace(entry) === namespace(reference) ? 2 : 1;
}

/** The entry to stand behind: the last of the nearest kin; in want of kin, the last one. */
export function nearestKin(list: Wishlist, reference: ImageName): WishlistEntry | null {
  let nearest: WishlistEntry | null = null;
  let best = 0;
  for (const entry of list.entries) {
    const near = kinship(entry, reference);
    if (near < best) continue;
    best = near;
    nearest = entry;
  }
  return nearest;
}
