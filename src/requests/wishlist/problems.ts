import { JcdsError } from '../../errors.ts';
import { safeText } from '../../output/safe-text.ts';
import type { ImageName, WishlistProblem } from './wishlist.ts';

/** A text that cannot be a list of images. */
export class NotAWishlistError extends JcdsError {
  constructor(format: string, reason: string) {
    super({
      code: 'NOT_A_WISHLIST',
      message: `the file is no list of images in the format "${format}": ${safeText(reason)}`,
      hint: 'name the list with --list-path PATH, and its format in the configuration of the repository',
    });
  }
}

/** A list that only a person can edit safely. */
export class UneditableRecipeError extends JcdsError {
  constructor(entry: string, reason: string) {
    super({
      code: 'WISHLIST_UNEDITABLE',
      message: `the list cannot be edited line by line: ${safeText(reason)}`,
      hint: `add ${safeText(entry)} to it by hand, on the page of the project`,
    });
  }
}

/** A reference with a digest, for a list that knows tags only. */
export class DigestNotListableError extends JcdsError {
  constructor(reference: ImageName) {
    const name = `${reference.registry}/${reference.repository}`;
    super({
      code: 'DIGEST_NOT_LISTABLE',
      message: `${name} was given with a digest, and this service publishes tags only`,
      hint: `it would read the entry as ${name}:latest: ask for ${name}:TAG instead`,
    });
  }
}

/** A name that this service takes for another one. */
export class MisreadNameError extends JcdsError {
  constructor(entry: string, readAs: string) {
    super({
      code: 'NAME_MISREAD',
      message: `this service would read "${entry}" as ${readAs}`,
      hint: 'push the image one level deeper, as REGISTRY/NAMESPACE/NAME:TAG, and ask for that',
    });
  }
}

/** Another image is published at the same place, and whoever is converted last wins. */
export class CollisionError extends JcdsError {
  constructor(entry: string, collisions: readonly { line: number; text: string }[]) {
    const others = collisions.map(({ line, text }) => `${safeText(text, 120)} (line ${line})`).join(', ');
    super({
      code: 'WISHLIST_COLLISION',
      message: `"${entry}" would be published at the place of another image of the list: ${others}`,
      hint: 'rename or retag the image; accept it (--yes) only when both are the same image',
    });
  }
}

/** A problem as one sentence, fit for a terminal. */
export function describeProblem(problem: WishlistProblem): string {
  const read = problem.readAs === null ? '' : `; the service reads it as ${safeText(problem.readAs, 120)}`;
  return `line ${problem.line}, "${safeText(problem.text, 120)}": ${reasonOf(problem)}${read}`;
}

function reasonOf({ kind }: WishlistProblem): string {
  switch (kind) {
    case 'trailing-comment':
      return 'a comment must stand on a line of its own';
    case 'blank':
      return 'blanks do not belong in an entry';
    case 'control-character':
      return 'it holds characters that cannot be seen';
    case 'digest':
      return 'this list knows tags only, no digests';
    case 'colons':
      return 'it has more ":" than the one before the tag';
    case 'scheme':
      return 'it does not begin as entries of this list do';
    case 'registry-as-namespace':
      return 'a name of two parts is always one on Docker Hub';
    case 'name':
      return 'its name is not that of an image';
    case 'tag':
      return 'what follows ":" is not a tag';
    case 'no-tag':
      return 'it has no tag';
    case 'wildcard':
      return 'a pattern is possible in tags only, and only where the tags can be listed';
    case 'pattern':
      return 'what its pattern means to the service is not known here';
    case 'duplicate':
      return 'the same entry stands above';
    case 'key-missing':
      return 'this key is missing';
    case 'key-unknown':
      return 'the service does not know this key';
    case 'value':
      return 'its value is not of the kind that the service expects';
    default:
      return kind satisfies never;
  }
}
