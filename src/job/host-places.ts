import { accessSync, constants, lstatSync } from 'node:fs';
import { dirname, normalize } from 'node:path';
import { type ImageView, imageView, type Mount, onDisk, realPathOf } from '../rootfs/image-view.ts';

/** Where a path of the job leads, as far as the host decides; what the image has is not looked at. */
export interface HostPlace {
  /** Inside, free of links of the host. What is missing is kept as it is typed. */
  readonly at: string;
  /** A directory or file of the host is there. */
  readonly isShown: boolean;
  /** A link of the host is on the way. */
  readonly isLinked: boolean;
  /** What is mounted above it; null: the image. */
  readonly below: string | null;
  /** Whether a place can be made there: only what is the host's may be closed to this user. */
  readonly canBeMade: boolean;
}

/** What is shown of the host so far, and where it is found inside. */
export interface HostPlaces {
  look(path: string): HostPlace;
  /** Shows something more, and tells where it really is; `isMade`: what is shown above it has no such place yet. */
  add(mount: Mount): { readonly at: string; readonly isMade?: true };
}

/** No image is there. */
const NO_IMAGE = '/proc/0';

/** Lays out what is shown of the host. Reads links and names on the host, and nothing of the image. */
export function hostPlaces(mounts: readonly Mount[]): HostPlaces {
  const view = imageView(NO_IMAGE, mounts);
  return {
    look: path => look(view, path),
    add: mount => {
      const { isShown, below } = look(view, mount.destination);
      const at = view.mount(mount);
      return below === null || below === at || isShown ? { at } : { at, isMade: true };
    },
  };
}

function look(view: ImageView, path: string): HostPlace {
  const { at, mount } = view.placeOf(path);
  const onHost = view.hostPath(at);
  return {
    at,
    isShown: mount !== null && mount.source !== null && exists(onHost),
    isLinked: at !== normalize(path).replace(/(.)\/+$/, '$1'),
    below: mount?.destination ?? null,
    canBeMade: mount === null || mount.source === null || isWritable(onHost),
  };
}

/** What is really there on the host: the path without any link. */
export function realPath(path: string): string {
  return realPathOf(path);
}

/** Both without links. */
export function isAtOrBelow(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory === '/' ? '/' : `${directory}/`);
}

function exists(path: string): boolean {
  try {
    lstatSync(onDisk(path));
    return true;
  } catch {
    return false;
  }
}

/** Whether this user may make what is missing of this path. */
function isWritable(path: string): boolean {
  for (let at = dirname(path); ; at = dirname(at))
    if (exists(at) || at === '/')
      try {
        accessSync(onDisk(at), constants.W_OK | constants.X_OK);
        return true;
      } catch {
        return false;
      }
}
