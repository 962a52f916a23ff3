import { readText } from '../files/read.ts';

/** What is mounted on a directory, by the kernel's own list; reading it touches no mounted file system. */
export interface MountPoint {
  readonly directory: string;
  /** `fuse`, `autofs`, `nfs4`, `squashfs`, … */
  readonly type: string;
  /** What is mounted: `cvmfs2` for a repository, a device, `host:/export`, … */
  readonly source: string;
  /** Which file system (`8:1`), and the directory of it that is shown here. */
  readonly device: string;
  readonly root: string;
}

/** The mounts that this process sees, in order; a later one on the same directory hides the earlier. */
export function mountPoints(text: string = mountInfo()): MountPoint[] {
  return text.split('\n').flatMap(line => {
    const fields = line.split(' ');
    const separator = fields.indexOf('-');
    const directory = fields[4];
    const type = fields[separator + 1];
    const source = unescapeOctal(fields[separator + 2] ?? '');
    const [, , device = '', root = ''] = fields;
    return directory === undefined || separator < 0 || type === undefined
      ? []
      : [{ directory: unescapeOctal(directory), type, source, device, root: unescapeOctal(root) }];
  });
}

/** The type of what is mounted exactly here, or null. */
export function mountedType(directory: string, mounts: readonly MountPoint[] = mountPoints()): string | null {
  return mounts.findLast(mount => mount.directory === directory)?.type ?? null;
}

/** Absent outside Linux: then nothing is known to be mounted. */
function mountInfo(): string {
  try {
    return readText('system', '/proc/self/mountinfo');
  } catch {
    return '';
  }
}

/** Blanks, tabs, line ends and backslashes stand as three octal digits. */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_whole, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
