import { groupFor, passwdFor } from './accounts.ts';
import { GPU_LIBRARIES, type gpuOf } from './gpu.ts';
import { type RootOperation, RootTree } from './root-tree.ts';
import type { RootNeeds, RunRequest } from './runtime.ts';
import type { Content, Place } from './shown.ts';

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
  const file = (path: string) => tree.place(path, 'file');

  const { places } = request.shown;
  const show = ({ at, content }: Place) => mounts.push(...mountsAt(content, at, tree, request, gpu));
  for (const place of places) if (place.origin === 'jcds') show(place);
  for (const path of needs.files) file(path);
  for (const source of gpu.libraries) {
    const at = file(`${GPU_LIBRARIES}/${source.slice(source.lastIndexOf('/') + 1)}`);
    mounts.push({ kind: 'bind', source, at, mode: 'rw' });
  }
  for (const place of places) if (place.origin !== 'jcds') show(place);
  return { tree, mounts };
}

/** What is to be mounted for this place; nothing where the image's own file will do. */
function mountsAt(
  content: Content,
  path: string,
  tree: RootTree,
  request: RunRequest,
  gpu: Gpu,
): MountOperation[] {
  const at = (kind: 'directory' | 'file') => tree.place(path, kind);
  switch (content.kind) {
    case 'host':
      return [{ kind: 'bind', source: content.source, at: at(content.of), mode: content.mode }];
    case 'empty':
      return [{ kind: 'tmpfs', at: at('directory'), mode: content.mode }];
    case 'copy':
      return [{ kind: 'copy', source: content.source, at: at('file') }];
    case 'accounts': {
      const text = content.file === 'passwd' ? passwdFor(request) : groupFor(request);
      return text === null ? [] : [{ kind: 'text', at: at('file'), text }];
    }
    case 'proc':
    case 'sys':
      return [{ kind: content.kind, at: at('directory') }];
    case 'devices':
      return [{ kind: 'devices', at: at('directory'), all: content.all, besides: gpu.devices }];
    default:
      return content satisfies never;
  }
}
