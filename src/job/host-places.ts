import { accessSync, constants, lstatSync, type Stats, statSync } from 'node:fs';
import { dirname, normalize } from 'node:path';
import { type ImageView, imageView, type Mount, onDisk, realPathOf } from '../rootfs/image-view.ts';

/** Where a path of the job leads, as far as the host decides; what the image has is not looked at. */
export interface HostPlace {
  /** Inside, free of links of the host. What is missing is kept as it is typed. */
  readonly at: string;
  /** A directory or file of the host is there. */
  readonly isShown: boolean;
  /** Its path on the host; of no use where nothing of the host is shown. */
  readonly onHost: string;
  /** A link of the host is on the way. */
  readonly isLinked: boolean;
  /** What is mounted above it; null: the image. */
  readonly below: string | null;
  /** Whether a place can be made there: only what is the host's may be closed to this user. */
  readonly canBeMade: boolean;
  /** It is missing in what is shown of the host, so that a place for it would be made there. */
  readonly isMissingOnHost: boolean;
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
  const isHosts = mount !== null && mount.source !== null;
  const isThere = isHosts && exists(onHost);
  return {
    at,
    isShown: isThere,
    onHost,
    isLinked: at !== normalize(path).replace(/(.)\/+$/, '$1'),
    below: mount?.destination ?? null,
    canBeMade: !isHosts || isWritable(onHost),
    isMissingOnHost: isHosts && !isThere,
  };
}

/** What is really there on the host: the path without any link. */
export function realPath(path: string): string {
  return realPathOf(path);
}

/** null: nothing is there, or it cannot be seen. */
export function statusOf(path: string): Stats | null {
  try {
    return statSync(onDisk(path));
  } catch {
    return null;
  }
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
