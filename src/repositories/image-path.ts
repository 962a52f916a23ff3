import { isRepositoryName } from './repository.ts';

/** A place in a CVMFS repository. */
export interface PlaceInRepository {
  repository: string;
  /** Without `.`, `..` and slashes at its ends; empty: the repository's root. */
  relativePath: string;
}

/**
 * Reads an IMAGE that is an absolute path below a CVMFS root (the one in use, and `/cvmfs`). The path is
 * normalised as text, without looking at the disk. null: it is below none of the roots, names no
 * repository, or a `..` leads out of the repository it was in.
 */
export function imagePath(
  text: string,
  { cvmfsRoots }: { cvmfsRoots: readonly string[] },
): PlaceInRepository | null {
  if (!text.startsWith('/') || text.includes('\0')) return null;
  for (const root of cvmfsRoots) {
    const place = placeBelow(componentsOf(root), componentsOf(text));
    if (place) return place;
  }
  return null;
}

function componentsOf(path: string): string[] {
  return path.split('/').filter(component => component !== '' && component !== '.');
}

function placeBelow(root: readonly string[], components: readonly string[]): PlaceInRepository | null {
  const path: string[] = [];
  for (const component of components) {
    if (component !== '..') path.push(component);
    else if (path.length === root.length + 1 && isBelow(root, path)) return null;
    else path.pop();
  }
  const [repository, ...rest] = path.slice(root.length);
  if (!isBelow(root, path) || repository === undefined || !isRepositoryName(repository)) return null;
  return { repository, relativePath: rest.join('/') };
}

function isBelow(root: readonly string[], path: readonly string[]): boolean {
  return root.every((component, index) => path[index] === component);
}
