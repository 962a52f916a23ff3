import type { Context } from '../context.ts';
import { readAttributes } from '../cvmfs/attributes.ts';
import { mountedType, mountPoints } from '../cvmfs/mount-points.ts';
import type { Deadline } from './deadline.ts';

/**
 * Whether repositories are plain directories of this host, such as copies: nothing is mounted on them or on their root, and no
 * client answers for them. Where something is mounted (also another host's export), a client stands behind it and may be behind.
 */
export async function areLocal(
  root: string,
  names: readonly string[],
  deadline: Deadline,
  { environment }: Pick<Context, 'environment'>,
): Promise<boolean> {
  const mounts = mountPoints();
  const paths = names.map(name => `${root}/${name}`);
  if ([root, ...paths].some(path => mountedType(path, mounts) !== null)) return false;
  const read = await Promise.all(
    paths.map(path => readAttributes({ path, names: ['revision'], environment, timeout: deadline.left() })),
  );
  return read.every(one => one.state === 'unknown' && (one.code === 'NOT_CVMFS' || one.code === 'NO_TOOL'));
}
