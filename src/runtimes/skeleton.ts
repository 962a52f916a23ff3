import { groupFor, passwdFor } from './accounts.ts';
import { GPU_LIBRARIES, type gpuOf } from './gpu.ts';
import { type RootOperation, RootTree } from './root-tree.ts';
import type { RootNeeds, RunRequest } from './runtime.ts';

type Gpu = ReturnType<typeof gpuOf>;
const NO_GPU: Gpu = { libraries: [], devices: [] };
const NO_NEEDS: RootNeeds = { files: [], links: 'kept' };

/** What is mounted on the new root once it is made, in this order. `at` exists by then and is no link. */
export type MountOperation =
  | { readonly kind: 'bind'; readonly source: string; readonly at: string; readonly mode: 'ro' | 'rw' }
  /** A text file of the host, as it is now; left out where the host has none. */
  | { readonly kind: 'copy'; readonly source: string; readonly at: string }
  | { readonly kind: 'text'; readonly at: string; readonly text: string }
  | { readonly kind: 'tmpfs'; readonly at: string; readonly mode: string }
  | { readonly kind: 'proc' | 'sys'; readonly at: string }
  /** The host's /dev, or the few devices that every program may expect and some besides. */
  | {
      readonly kind: 'devices';
      readonly at: string;
      readonly all: boolean;
      readonly besides: readonly string[];
    };

/** A root for the job, for runtimes that make up no mount points themselves. The new root ends read-only. */
export interface Skeleton {
  /** The image's directory on the host: an entry at /usr is shown from there. */
  readonly image: string;
  readonly root: readonly RootOperation[];
  readonly mounts: readonly MountOperation[];
}

/**
 * The root that Apptainer's users expect, out of an image that may have no mount points: the image read-only, the
 * host's /dev, /proc, /sys, /tmp and /var/tmp, the home directory, name resolution, the user's own lines in passwd
 * and group, and the binds. Pure. @throws PlaceError
 */
export function skeleton(request: RunRequest, gpu: Gpu = NO_GPU, needs: RootNeeds = NO_NEEDS): Skeleton {
  const { tree, mounts } = build(request, gpu, needs);
  return { image: request.image.path, root: tree.operations(needs.links), mounts };
}

/**
 * The image's directories whose listing the skeleton of this request still needs. Asked again with what was read,
 * until it needs nothing more: a listing may show a link that leads to another directory.
 */
export function listingsNeeded(request: RunRequest, needs: RootNeeds = NO_NEEDS): readonly string[] {
  // Whatever the host's libraries are: they all have one place.
  const gpu = request.gpu === null ? NO_GPU : { ...NO_GPU, libraries: ['/lib'] };
  const { tree } = build(request, gpu, needs);
  tree.operations(needs.links);
  return [...tree.missingListings];
}

function build(
  request: RunRequest,
  gpu: Gpu,
  needs: RootNeeds,
): { tree: RootTree; mounts: MountOperation[] } {
  const tree = new RootTree(request.image.facts?.directories ?? {});
  const mounts: MountOperation[] = [];
  const directory = (path: string) => tree.place(path, 'directory');
  const file = (path: string) => tree.place(path, 'file');

  mounts.push({ kind: 'devices', at: directory('/dev'), all: !request.contain, besides: gpu.devices });
  mounts.push({ kind: 'proc', at: directory('/proc') }, { kind: 'sys', at: directory('/sys') });
  for (const path of ['/tmp', '/var/tmp'])
    mounts.push(
      request.contain
        ? { kind: 'tmpfs', at: directory(path), mode: '1777' }
        : { kind: 'bind', source: path, at: directory(path), mode: 'rw' },
    );
  const home = homeMount(request, directory);
  if (home !== null) mounts.push(home);
  for (const path of ['/etc/resolv.conf', '/etc/hosts'])
    mounts.push({ kind: 'copy', source: path, at: file(path) });
  for (const path of needs.files) file(path);
  for (const [path, text] of accounts(request)) mounts.push({ kind: 'text', at: file(path), text });
  for (const source of gpu.libraries) {
    const at = file(`${GPU_LIBRARIES}/${source.slice(source.lastIndexOf('/') + 1)}`);
    mounts.push({ kind: 'bind', source, at, mode: 'rw' });
  }
  for (const { source, destination, mode, sourceKind } of request.binds)
    mounts.push({ kind: 'bind', source, at: tree.place(destination, sourceKind), mode });
  return { tree, mounts };
}

function homeMount(request: RunRequest, place: (path: string) => string): MountOperation | null {
  const { path, source } = request.home;
  if (path === '/') return null;
  if (source === null) return { kind: 'tmpfs', at: place(path), mode: '700' };
  return { kind: 'bind', source, at: place(path), mode: 'rw' };
}

function accounts(request: RunRequest): [path: string, text: string][] {
  const passwd = passwdFor(request);
  const group = groupFor(request);
  return [
    ...(passwd === null ? [] : [['/etc/passwd', passwd] satisfies [string, string]]),
    ...(group === null ? [] : [['/etc/group', group] satisfies [string, string]]),
  ];
}
