/** A path such as `group/name` or `jcds/branch` as part of an address: its slashes stay. */
export function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
