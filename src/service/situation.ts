import type { Reference } from '../image/reference.ts';

/** An image that the list names, and where it is published. */
export interface ListedImage {
  readonly line: number;
  /** The entry as it stands in the list. */
  readonly text: string;
  /** Below the root of the repository: `library/debian:12`. */
  readonly path: string;
  readonly reference: Reference;
}

/** A line of which it is not known what it names: nothing that it may mean is touched. */
export interface UnclearLine {
  readonly line: number;
  readonly text: string;
  readonly reason: Reason;
  /** Whether it may mean what is published at a path. */
  mayMean(path: string): boolean;
}

/** What the list wants to be published. No two images have one path. */
export interface Wanted {
  readonly images: readonly ListedImage[];
  readonly unclear: readonly UnclearLine[];
}

/** Why something is left as it is. */
export interface Reason {
  readonly kind: ReasonKind;
  /** For people. */
  readonly text: string;
}

export type ReasonKind =
  /** It is what the registry has. */
  | 'current'
  /** The registry says that there is none. */
  | 'absent'
  /** The registry does not give it, and waiting will not help. */
  | 'refused'
  /** The registry could not be seen. */
  | 'unseen'
  /** The registry was not asked any more. */
  | 'not-looked-at'
  /** This very content could not be published a while ago. */
  | 'failed-before'
  /** Something that is no link stands in its place. */
  | 'occupied'
  /** A link that leads to no image: nobody here has made it. */
  | 'foreign'
  /** A line of the list is not clear, and may mean it. */
  | 'unclear';

/** What a registry said of one image. */
export type Answer =
  | { readonly state: 'present'; readonly digest: string }
  | { readonly state: 'absent' | 'refused' | 'unseen' | 'not-looked-at'; readonly text: string };

/** How often in a row a registry said that an image is not there. Milliseconds since 1970. */
export interface Absence {
  readonly first: number;
  readonly last: number;
  readonly cycles: number;
}

/** An image that could not be made, though its registry gave it. */
export interface Failure {
  /** What the registry had under the name. */
  readonly digest: string;
  readonly code: string;
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The jcds that tried. */
  readonly version: string;
}

/** What is in the repository, and what earlier cycles have written down there. */
export interface RepositoryState {
  /** By published path: the directory of content that its link leads to; null: to none, by its text. */
  readonly links: ReadonlyMap<string, string | null>;
  /** What stands at the place of a published path and is no link. */
  readonly others: ReadonlySet<string>;
  /** Directories of content: `.images/ab/cd…`. */
  readonly directories: ReadonlySet<string>;
  /** By the digest that a registry has under a name: the directory that was made of it. */
  readonly manifests: ReadonlyMap<string, string>;
  /** By published path. */
  readonly absences: ReadonlyMap<string, Absence>;
  readonly failures: ReadonlyMap<string, Failure>;
  /** By directory: since when no link leads to it, in seconds since 1970 (OSG's file). */
  readonly unlinked: ReadonlyMap<string, number>;
}

/** What the operator decides. */
export interface Policy {
  /** Images that their registries have lost for good are taken away. */
  readonly removeGone: boolean;
  /** What failed before is tried again. */
  readonly again: boolean;
  /** Of this jcds: another one may be able to do what the last one was not. */
  readonly version: string;
}

/** One thing to do, or to leave. `directory` is one of content, `digest` what the registry has. */
export type Step =
  | { readonly kind: 'convert'; readonly image: ListedImage; readonly digest: string }
  | {
      readonly kind: 'link' | 'relink' | 'repair-link';
      readonly image: ListedImage;
      readonly digest: string;
      readonly directory: string;
    }
  /** `image`: the list names it still, and its registry has lost it; null: the list names it no more. */
  | { readonly kind: 'unlink'; readonly path: string; readonly image: ListedImage | null }
  | { readonly kind: 'mark-unlinked'; readonly directory: string }
  | { readonly kind: 'delete'; readonly directory: string; readonly since: number }
  | {
      readonly kind: 'keep';
      readonly path: string;
      readonly image: ListedImage | null;
      readonly reason: Reason;
    }
  | {
      readonly kind: 'skip';
      readonly line: number;
      readonly text: string;
      readonly image: ListedImage | null;
      readonly reason: Reason;
    };

/** Everything that a plan is made of. */
export interface Situation {
  readonly wanted: Wanted;
  readonly state: RepositoryState;
  /** By published path. */
  readonly answers: ReadonlyMap<string, Answer>;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly policy: Policy;
}
