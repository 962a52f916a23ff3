import { groupFor, passwdFor } from './accounts.ts';
import { GPU_LIBRARIES, type gpuOf } from './gpu.ts';
import type { Again, RealPlace, RootOperation } from './root-operations.ts';
import { PlaceError, RootTree } from './root-tree.ts';
import type { RootNeeds, RunRequest } from './runtime.ts';
import type { Content, Copy, Place } from './shown.ts';

type Gpu = ReturnType<typeof gpuOf>;
const NO_GPU: Gpu = { libraries: [], devices: [] };
const NO_NEEDS: RootNeeds = { files: [], links: 'kept' };

/** What is mounted at one place. */
export type Mounted =
  | { readonly kind: 'bind'; readonly source: string; readonly mode: 'ro' | 'rw' }
  | Copy
  /** A text; where it is shortened `own` lines of it must stay. */
  | { readonly kind: 'text'; readonly text: string; readonly own: readonly string[] }
  | { readonly kind: 'tmpfs'; readonly mode: string }
  | { readonly kind: 'proc' | 'sys' }
  /** The host's /dev, or the few devices that every program may expect and some besides. */
  | { readonly kind: 'devices'; readonly all: boolean; readonly besides: readonly string[] };

/** What is mounted on the new root once it is made, in this order. `at` is no link. */
export type MountOperation = Mounted & {
  readonly at: string;
  /** The place may be missing in what was mounted above it before, and then has to be made there. */
  readonly make?: 'directory' | 'file';
};

/** A root for the job, for runtimes that make up no mount points themselves. The new root ends read-only. */
export interface Skeleton {
  /** The image's directory on the host: an entry at /usr is shown from there. */
  readonly image: string;
  readonly root: readonly RootOperation[];
  readonly mounts: readonly MountOperation[];
  /** Paths of the host in /proc and /sys that are shown read-only; absent: none. See held-places.ts. */
  readonly held?: readonly string[];
  /** Where a path really is in the image; null: links that lead nowhere. */
  find(path: string): string | null;
}

/**
 * The root that Apptainer's users expect, out of an image that may have no mount points: the image read-only, and what
 * the request says is shown. Pure. @throws PlaceError
 */
export function skeleton(request: RunRequest, gpu: Gpu = NO_GPU, needs: RootNeeds = NO_NEEDS): Skeleton {
  const { tree, mounts } = build(request, gpu, needs);
  const find = (path: string) => placeOf(path, tree)?.at ?? null;
  return { image: request.image.path, find, ...shownAgain(operationsOf(tree, needs), mounts, find) };
}

/**
 * The image's directories whose listing the skeleton of this request still needs. Asked again with what was read,
 * until it needs nothing more: a listing may show a link that leads to another directory.
 */
export function listingsNeeded(request: RunRequest, needs: RootNeeds = NO_NEEDS): readonly string[] {
  // Whatever the host's libraries are: they all have one place.
  const gpu = request.gpu === null ? NO_GPU : { ...NO_GPU, libraries: ['/lib'] };
  const { tree } = build(request, gpu, needs);
  operationsOf(tree, needs);
  return [...tree.missingListings];
}

function operationsOf(tree: RootTree, { links, layers }: RootNeeds): (RootOperation | Again)[] {
  const isFollowed = (at: string) => (typeof links === 'string' ? links === 'followed' : links.includes(at));
  return tree.operations(isFollowed, layers === true);
}

interface Building {
  readonly request: RunRequest;
  readonly gpu: Gpu;
  readonly tree: RootTree;
  readonly mounts: MountOperation[];
}

function build(
  request: RunRequest,
  gpu: Gpu,
  needs: RootNeeds,
): Pick<Building, 'tree'> & { mounts: readonly MountOperation[] } {
  const tree = new RootTree(request.image.facts?.directories ?? {});
  const mounts: MountOperation[] = [];
  const building = { request, gpu, tree, mounts };
  const isOwn = ({ origin }: Place) => origin === 'jcds' || origin === 'home';
  const { places } = request.shown;
  for (const place of places) if (isOwn(place)) show(place, building);
  for (const path of needs.files) tree.place(path, 'file');
  if (typeof needs.links !== 'string') for (const path of needs.links) tree.openLink(path);
  for (const source of gpu.libraries) {
    const path = `${GPU_LIBRARIES}/${source.slice(source.lastIndexOf('/') + 1)}`;
    mounts.push({ kind: 'bind', source, at: tree.place(path, 'file').at, mode: 'rw' });
  }
  for (const place of places) if (!isOwn(place)) show(place, building);
  for (const path of needs.directories ?? []) if (tree.isMissing(path)) tree.replaceLink(path, 'directory');
  return { tree, mounts: mounts.filter((mount, index) => !isReplaced(mount, mounts.slice(index + 1))) };
}

function show(place: Place, { request, gpu, tree, mounts }: Building): void {
  const mounted = mountedFor(place.content, request, gpu);
  if (place.origin === 'jcds' && hasNoPlace(place.at, tree)) return;
  if (place.replacesLink === true) tree.replaceLink(place.at, 'file');
  const kind = isDirectory(mounted, place.content) ? 'directory' : 'file';
  const { at, below } = tree.place(place.at, kind);
  const above = mounts.findLast(mount => mount.at === below);
  const isMissing =
    above !== undefined && (place.isMade === true || above.kind !== 'bind' || at !== place.at);
  mounts.push({ ...mounted, at, ...(isMissing ? { make: kind } : {}) });
}

/**
 * What every job gets unasked never hides something else that is shown (an image's /var/tmp may lead to /tmp), and
 * nothing is made for it in the host's directories.
 */
function hasNoPlace(path: string, tree: RootTree): boolean {
  const place = placeOf(path, tree);
  return place === null || place.at === '/' || place.below !== null || tree.isTaken(place.at);
}

function placeOf(path: string, tree: RootTree): RealPlace | null {
  try {
    return tree.find(path);
  } catch (thrown) {
    if (thrown instanceof PlaceError) return null;
    throw thrown;
  }
}

function mountedFor(content: Content, request: RunRequest, gpu: Gpu): Mounted {
  switch (content.kind) {
    case 'host':
      return { kind: 'bind', source: content.source, mode: content.mode };
    case 'empty':
      return { kind: 'tmpfs', mode: content.mode };
    case 'copy':
      return content;
    case 'accounts':
      return { kind: 'text', ...(content.file === 'passwd' ? passwdFor(request) : groupFor(request)) };
    case 'proc':
    case 'sys':
      return { kind: content.kind };
    case 'devices':
      return { kind: 'devices', all: content.all, besides: gpu.devices };
    default:
      return content satisfies never;
  }
}

function isDirectory({ kind }: Mounted, content: Content): boolean {
  return content.kind === 'host' ? content.of === 'directory' : kind !== 'copy' && kind !== 'text';
}

/** What a later mount stands in the place of, where two mounts at one place are not the same as the later one alone. */
function isReplaced({ kind, at }: MountOperation, later: readonly MountOperation[]): boolean {
  return kind !== 'bind' && kind !== 'tmpfs' && later.some(mount => mount.at === at);
}

/** In the place of a link that leads to what is made or mounted: the same once more. */
function shownAgain(
  operations: readonly (RootOperation | Again)[],
  mounts: readonly MountOperation[],
  find: Skeleton['find'],
): Pick<Skeleton, 'root' | 'mounts'> {
  const isAgain = (operation: RootOperation | Again): operation is Again => operation.kind === 'again';
  const root = operations.filter((operation): operation is RootOperation => !isAgain(operation));
  const again = operations.filter(isAgain);
  const copied = <T extends { at: string }>(all: readonly T[], { at, as }: Again): T[] =>
    all
      .filter(one => one.at === as || one.at.startsWith(`${as}/`))
      .map(one => ({ ...one, at: `${at}${one.at.slice(as.length)}` }));
  const withSource = root.map(operation =>
    operation.kind === 'entry' || operation.kind === 'layer'
      ? { ...operation, from: operation.from ?? operation.at }
      : operation.kind === 'link'
        ? { ...operation, target: find(operation.at) ?? operation.target }
        : operation,
  );
  return {
    root: [
      ...root,
      ...again.flatMap(one => {
        const copies = copied(withSource, one);
        const isItself = ({ kind, at }: RootOperation) => at === one.at && kind !== 'layer';
        const isLayer = copies.some(({ kind, at }) => at === one.at && kind === 'layer');
        return [
          ...(isLayer ? [] : [{ kind: one.of, at: one.at }]),
          ...copies.filter(copy => !isItself(copy)),
        ];
      }),
    ],
    mounts: [...mounts, ...again.flatMap(one => copied(mounts, one))],
  };
}
