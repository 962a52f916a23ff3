import { JcdsError } from '../../errors.ts';
import { isUsableName } from './entry.ts';
import { quoted } from './quoted.ts';

/** Linux' PATH_MAX. */
export const LONGEST_PATH = 4096;

/**
 * A path inside the repository as catalogs write it: "" for the root, else "/a/b". Throws InvalidPathError for `..`,
 * control characters and whatever else no catalog can hold.
 */
export function repositoryPath(path: string): string {
  const names = path.split('/').filter(name => name !== '' && name !== '.');
  if (path.length > LONGEST_PATH || !names.every(isUsableName)) throw new InvalidPathError(path);
  return names.map(name => `/${name}`).join('');
}

/** The directory that holds `path`; "" for what lies in the root. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** A path that cannot be one in a repository. */
export class InvalidPathError extends JcdsError {
  constructor(path: string) {
    super({
      code: 'INVALID_PATH',
      message: `${quoted(path)} is no path in a repository`,
      hint: 'leave out `..` and control characters',
    });
  }
}
