/** The names on the way. */
export function split(path: string): string[] {
  return path.split('/').filter(name => name !== '' && name !== '.');
}

/** A place below a directory. */
export function join(directory: string, ...names: readonly string[]): string {
  return `${directory === '/' ? '' : directory}/${names.join('/')}`;
}

/** The directory that a place is in. */
export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

/** Its last name. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Both without links. */
export function isAtOrBelow(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory === '/' ? '/' : `${directory}/`);
}
