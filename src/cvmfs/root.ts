import { resolve } from 'node:path';

/** Where CVMFS is mounted when nobody says otherwise. */
export const DEFAULT_CVMFS_ROOT = '/cvmfs';

/** What decides where CVMFS is looked for. */
export interface RootOptions {
  /** `--cvmfs-root`, JCDS_CVMFS_ROOT or a configuration file, whichever won; null: none. */
  readonly configured: string | null;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What a relative `configured` counts from; null when unreadable. */
  readonly cwd: string | null;
}

/**
 * The CVMFS root in use, absolute and without a slash at its end: what was configured, else CVMFS_MOUNT_DIR (the
 * client's own), else CVMFS_BASE (OSG's tools), else /cvmfs. A relative variable is not meant for us.
 */
export function cvmfsRoot({ configured, environment, cwd }: RootOptions): string {
  if (configured !== null && configured !== '') return resolve(cwd ?? '/', configured);
  const named = [environment.CVMFS_MOUNT_DIR, environment.CVMFS_BASE].find(path => path?.startsWith('/'));
  return resolve(named ?? DEFAULT_CVMFS_ROOT);
}
