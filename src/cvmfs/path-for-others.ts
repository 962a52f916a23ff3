import { LAYOUTS } from '../repositories/layouts/index.ts';
import type { Published } from './publication.ts';
import { DEFAULT_CVMFS_ROOT } from './root.ts';

/**
 * The readable path, where every program that follows it gets to the image. The absolute links of a layout lead below /cvmfs,
 * wherever the root in use is; then it is the real directory.
 */
export function pathForOthers({ layout, path, target }: Published, root: string): string {
  return LAYOUTS[layout].hasAbsoluteLinks && root !== DEFAULT_CVMFS_ROOT ? target : path;
}
