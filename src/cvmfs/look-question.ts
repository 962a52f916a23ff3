import type { Platform } from '../image/platform.ts';
import type { Reference } from '../image/reference.ts';
import type { PlaceInRepository } from '../repositories/image-path.ts';
import type { Repository } from '../repositories/index.ts';
import type { LayoutName } from '../repositories/layouts/index.ts';
import type { ImageFacts } from '../rootfs/facts.ts';
import type { CommandAnswer, CommandQuestion } from '../rootfs/find-command.ts';
import type { Publication, Published, Unreachable } from './publication.ts';
import type { UnreachableReason } from './unreachable.ts';

/** What a look needs of a repository's row. */
export type RepositoryRow = Pick<Repository, 'name' | 'layout' | 'allowedLinkTargets'>;

/** An image by name, or by its place (a path below the CVMFS root); a platform only when one was asked for. */
export type ImageName =
  | { readonly kind: 'reference'; readonly reference: Reference; readonly platform: Platform | null }
  | { readonly kind: 'place'; readonly place: PlaceInRepository };

/** What the child that looks is asked: one line of JSON on its standard input. It answers a line each, in order. */
export type LookQuestion =
  | {
      readonly ask: 'publications';
      readonly root: string;
      /** In the order of the search; an image given by its place is looked for in its own repository only. */
      readonly repositories: readonly RepositoryRow[];
      readonly images: readonly ImageName[];
      /** Also read what the image says of itself, with these listings; null: do not. */
      readonly inspect: readonly string[] | null;
    }
  /** All published names, every directory of names read. */
  | {
      readonly ask: 'survey';
      readonly root: string;
      readonly row: RepositoryRow;
      /** With which the wanted names begin: a directory that holds none of them is not opened. */
      readonly beginning: string;
    }
  | { readonly ask: 'image'; readonly directory: string; readonly listings: readonly string[] }
  | { readonly ask: 'command'; readonly directory: string; readonly command: CommandQuestion };

/** Where the child is now: after a hang, this is what hung. */
export interface LookingAt {
  readonly at: { readonly repository: string; readonly path: string };
}

/** One publication, by its number in the question. */
export interface PublicationAnswer {
  readonly image: number;
  readonly publication: Publication;
  readonly facts: ImageFacts | null;
  readonly unread: UnreachableReason | null;
}

/** The child found this one, and reads what the image says of itself now. */
export interface ReadingImage {
  readonly reading: Published;
}

/** What the other questions are answered with. */
export type ImageAnswer = { readonly facts: ImageFacts } | { readonly met: MetErrno } | ContentFault;
export type FoundAnswer = { readonly command: CommandAnswer } | { readonly met: MetErrno } | ContentFault;

/** The content of an image cannot be understood, whoever looks and however often. */
export interface ContentFault {
  readonly fault: string;
}

/** The system's own word for why something could not be seen. */
export interface MetErrno {
  readonly errno: string;
  readonly path: string;
}

/** All names, or what stands against a whole listing. */
export interface Survey {
  readonly layout: LayoutName;
  readonly names: readonly string[];
  /** Directories of names that could not be read: what is in them is not known. */
  readonly unseen: readonly MetErrno[];
}
export interface SurveyAnswer {
  readonly survey: Survey | Unreachable;
}

/** Whatever the child may print. */
export type LookLine =
  | LookingAt
  | ReadingImage
  | PublicationAnswer
  | SurveyAnswer
  | ImageAnswer
  | FoundAnswer;
