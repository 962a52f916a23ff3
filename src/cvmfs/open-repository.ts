import { constants, lstatSync, openSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { detectLayout, type Layout } from '../repositories/layouts/index.ts';
import { errnoOf } from '../rootfs/walk.ts';
import type { RepositoryRow } from './look-question.ts';
import { type MountPoint, mountedType } from './mount-points.ts';
import type { Obstruction } from './unreachable.ts';

/** A repository that was listed. */
export interface OpenRepository {
  readonly row: RepositoryRow;
  readonly layout: Layout;
  /** Its directory, free of links. */
  readonly directory: string;
}

/** The system's error at a place below the CVMFS root. */
export class Obstructed extends Error {
  readonly repository: string;
  readonly met: Obstruction;
  constructor(repository: string, met: Obstruction) {
    super(met.code);
    this.repository = repository;
    this.met = met;
  }
}

/** Does one look; the system's refusals become obstructions, but for those that `passed` names. */
export function guarded<T>(
  repository: string,
  path: string,
  look: () => T,
  passed: ReadonlySet<string> = new Set(),
): T {
  try {
    return look();
  } catch (thrown) {
    const errno = errnoOf(thrown);
    if (errno === null || thrown instanceof Obstructed || passed.has(errno)) throw thrown;
    throw new Obstructed(repository, { code: 'ERRNO', errno, path });
  }
}

/**
 * Lists a repository, which also mounts it where an automounter waits for that. It is held open until the process
 * ends: while it is, no automounter takes it away again and so makes a name look absent.
 */
export function openRepository(
  root: string,
  row: RepositoryRow,
  mounts: () => readonly MountPoint[],
): OpenRepository {
  const path = `${root}/${row.name}`;
  try {
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
    const names = readdirSync(path);
    const directory = realDirectory(descriptor, path);
    if (names.length > 0 || mountedType(directory, mounts()) !== null)
      return { row, directory, layout: detectLayout(row, names) };
  } catch (thrown) {
    const errno = errnoOf(thrown);
    if (errno === 'ENOTDIR') throw new Obstructed(row.name, { code: 'NOT_A_DIRECTORY', path });
    if (errno === 'ENOENT') throw new Obstructed(row.name, whyAbsent(root, row.name, path, mounts));
    if (errno !== null) throw new Obstructed(row.name, { code: 'ERRNO', errno, path });
    throw thrown;
  }
  throw new Obstructed(row.name, { code: 'NOT_MOUNTED', path, absent: false });
}

/** The kernel knows the real name of what is open; without /proc it is worked out. */
function realDirectory(descriptor: number, path: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return realpathSync.native(path);
  }
}

function whyAbsent(
  root: string,
  repository: string,
  path: string,
  mounts: () => readonly MountPoint[],
): Obstruction {
  guarded(repository, root, () => lstatSync(root, { throwIfNoEntry: false })) ?? absentRoot(root, repository);
  const automounted = mountedType(root, mounts()) === 'autofs';
  return automounted ? { code: 'NOT_KNOWN', path } : { code: 'NOT_MOUNTED', path, absent: true };
}

function absentRoot(root: string, repository: string): never {
  throw new Obstructed(repository, { code: 'NO_ROOT', path: root });
}
