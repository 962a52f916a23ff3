import { realpathSync } from 'node:fs';
import { JcdsError } from '../errors.ts';
import { fromBytes, toBytes } from '../launch/bytes.ts';
import { isAtOrBelow } from './image-paths.ts';
import type { Shown } from './shown.ts';
import type { Skeleton } from './skeleton.ts';

/** Engines make a working directory that is not there, as root or as nobody whom the host knows, and in a bind on the host. */
export class WorkdirMissingError extends JcdsError {
  constructor(path: string) {
    super({
      code: 'WORKDIR_MISSING',
      message: `the working directory ${JSON.stringify(path)} is not in the container`,
      hint: 'jcds run --workdir DIR, or show it: --bind DIR',
    });
  }
}

/**
 * The working directory without the links of the image, where the job can start: another link at the same place would lead an engine
 * elsewhere. @throws WorkdirMissingError
 */
export function engineWorkdir(shown: Pick<Shown, 'cwd' | 'isCwdMissing'>, root: Skeleton): string {
  const at = root.find(shown.cwd);
  if (at === null || !isThere(at, shown, root)) throw new WorkdirMissingError(shown.cwd);
  return at;
}

function isThere(
  at: string,
  { cwd, isCwdMissing }: Pick<Shown, 'cwd' | 'isCwdMissing'>,
  { isMissing, mounts }: Skeleton,
): boolean {
  // It is made for what is mounted there, or below.
  if (mounts.some(mount => isAtOrBelow(mount.at, at))) return true;
  const above = mounts.findLast(mount => isAtOrBelow(at, mount.at));
  if (above === undefined) return !isMissing(at);
  if (above.kind !== 'bind') return above.kind !== 'tmpfs';
  // Where a link of the image leads into a directory of the host, its publisher chooses the place.
  return at === cwd ? isCwdMissing !== true : isIn(above.source, at.slice(above.at.length));
}

function isIn(source: string, rest: string): boolean {
  const [directory, place] = [source, `${source}${rest}`].map(realPath);
  return directory != null && place != null && isAtOrBelow(place, directory);
}

function realPath(path: string): string | null {
  try {
    return fromBytes(realpathSync.native(toBytes(path), 'buffer'));
  } catch {
    return null;
  }
}
