import { JcdsError } from '../errors.ts';
import { safeText } from '../output/safe-text.ts';
import type { LayoutName } from './layouts/layout.ts';

/** Where a service's list of images is kept, and how one asks for a change of it. */
export interface Wishlist {
  forge: 'gitlab' | 'github';
  /** Host, with a port where it has one. */
  host: string;
  /** `group/project` on that host. */
  project: string;
  /** null: the project's default branch. */
  branch: string | null;
  /** null: not known in public; look through the project's tree. */
  path: string | null;
  /** `osg`: one image a line (docker_images.txt); `cern`: recipe.yaml. */
  format: 'osg' | 'cern';
  /** Whether an image that not everyone may pull is refused. */
  publicOnly?: boolean;
  /** Architectures that it converts images of, in Go's words; absent: amd64 alone. */
  architectures?: readonly string[];
}

/** A CVMFS repository that publishes container images: one row of the table of services. */
export interface Repository {
  /** Fully qualified, as it stands under the CVMFS root: `containers.jinr.ru`. */
  name: string;
  /** For people: whose service it is. */
  title: string;
  /** `detect`: read from the names in the repository's root. */
  layout: LayoutName | 'detect';
  /** Stratum 1 addresses with `@fqrn@` for the repository's name. The host's own CVMFS configuration goes first. */
  servers: readonly string[];
  /** As in CVMFS_HTTP_PROXY; absent: none known. */
  proxies?: string;
  /** Where the public keys of its domain are usually installed. */
  keysDirectory: string;
  wishlist?: Wishlist;
  homepage: string | null;
  /** What a user should know of it, a sentence each. */
  notes: readonly string[];
  /** Other repositories that its links may lead into. */
  allowedLinkTargets: readonly string[];
}

/** A name given as a CVMFS repository that cannot be one. */
export class InvalidRepositoryNameError extends JcdsError {
  constructor(name: string) {
    super({
      code: 'INVALID_REPOSITORY',
      message: `"${safeText(name, 80)}" is not the name of a CVMFS repository`,
      hint: 'give the full name as it stands below /cvmfs, such as containers.jinr.ru',
    });
  }
}

/** A configured row with a value that its key cannot have. */
export class InvalidServiceError extends JcdsError {
  constructor(name: string, key: string, expected: string) {
    super({
      code: 'INVALID_CONFIGURATION',
      message: `services["${safeText(name, 80)}"].${safeText(key, 40)} must be ${expected}`,
      hint: 'correct it in the configuration; `jcds help configuration` lists the keys',
    });
  }
}

/**
 * Whether a text is a fully qualified repository name: two or more parts of letters, digits, `-` and `_`,
 * joined by single dots. So it is one path component, and neither hidden nor `..`.
 */
export function isRepositoryName(text: string): boolean {
  return text.length <= 255 && /^[A-Za-z0-9][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)+$/.test(text);
}
