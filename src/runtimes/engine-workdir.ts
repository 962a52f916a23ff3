import { JcdsError } from '../errors.ts';
import type { Skeleton } from './skeleton.ts';

/** Engines make a working directory that is not there, and this one is nowhere. */
export class WorkdirMissingError extends JcdsError {
  constructor(path: string) {
    super({
      code: 'WORKDIR_MISSING',
      message: `the working directory ${JSON.stringify(path)} is not in the container`,
      hint: 'jcds run --workdir DIR, or show it: --bind DIR',
    });
  }
}

/** Whether the job can start there, as far as the image's listings tell. @throws WorkdirMissingError */
export function checkWorkdir(cwd: string, { root, mounts }: Skeleton): void {
  const isBelow = (at: string) => cwd === at || cwd.startsWith(`${at}/`);
  const isThere =
    cwd === '/' ||
    root.some(({ kind, at }) => (kind === 'directory' ? at === cwd : kind === 'entry' && isBelow(at))) ||
    mounts.some(({ at }) => isBelow(at));
  if (!isThere) throw new WorkdirMissingError(cwd);
}
