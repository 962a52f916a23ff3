import { JcdsError } from '../errors.ts';
import { safeText } from '../output/safe-text.ts';
import type { PlaceInRepository } from './image-path.ts';

/** A link that leads out of its repository, to a place that is not allowed. */
export class LinkEscapesError extends JcdsError {
  constructor(link: PlaceInRepository, target: string) {
    super({
      code: 'LINK_ESCAPES',
      message: `the link ${safeText(link.relativePath)} in ${safeText(link.repository, 80)} leads out of the repository, to ${safeText(target)}`,
      hint: `tell the people who run ${safeText(link.repository, 80)}; a repository that is meant is named in allowedLinkTargets`,
    });
  }
}

/** A link as it was read. */
export interface Link {
  /** The CVMFS root in use, absolute. */
  root: string;
  repository: string;
  /** Where the link stands; no directory on this path may itself be a link. */
  linkRelativePath: string;
  /** Its text, variables expanded. */
  target: string;
  /** Other repositories it may lead into. */
  allowed: readonly string[];
}

/**
 * Where a link leads, as text. An absolute target counts from `/cvmfs` or from the root in use, both of which mean
 * the latter. Throws LinkEscapesError when the end lies in no repository or in one that is not allowed.
 */
export function followLink({ root, repository, linkRelativePath, target, allowed }: Link): PlaceInRepository {
  const refuse = (): never => {
    throw new LinkEscapesError({ repository, relativePath: linkRelativePath }, target);
  };
  if (target === '' || target.includes('\0')) return refuse();
  const below = target.startsWith('/')
    ? belowRoot(target.split('/'), [root.split('/'), ['cvmfs']])
    : [repository, ...linkRelativePath.split('/').slice(0, -1), ...target.split('/')];
  const [found, ...rest] = (below && resolved(below)) ?? refuse();
  if (found === undefined || !(found === repository || allowed.includes(found))) return refuse();
  return { repository: found, relativePath: rest.join('/') };
}

const isNamed = (component: string): boolean => component !== '' && component !== '.';

function belowRoot(target: readonly string[], roots: readonly (readonly string[])[]): string[] | null {
  const path = target.filter(isNamed);
  for (const root of roots.map(components => components.filter(isNamed)))
    if (root.every((component, index) => path[index] === component)) return path.slice(root.length);
  return null;
}

/** `..` and `.` worked out; null when the path climbs above the CVMFS root. */
function resolved(components: readonly string[]): string[] | null {
  const path: string[] = [];
  for (const component of components.filter(isNamed)) {
    if (component !== '..') path.push(component);
    else if (path.pop() === undefined) return null;
  }
  return path;
}

/**
 * A variant symlink's text as the CVMFS client shows it: `$(NAME)` and `$(NAME:-default)` replaced by the client's
 * variable, by the default when it is not set, or by nothing. An empty variable is set; a `$(` without `)` stays.
 */
export function expandVariant(text: string, variables: Readonly<Record<string, string | undefined>>): string {
  return text.replace(/\$\(([^)]*)\)/g, (_whole, inside: string) => {
    const separator = inside.indexOf(':-');
    const name = separator < 0 ? inside : inside.slice(0, separator);
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
    return value ?? (separator < 0 ? '' : inside.slice(separator + 2));
  });
}
