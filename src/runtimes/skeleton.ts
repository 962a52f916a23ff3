import { existsSync } from 'node:fs';
import { toBytes } from '../launch/bytes.ts';
import { groupFor, passwdFor } from './accounts.ts';
import { GPU_LIBRARIES, type gpuOf } from './gpu.ts';
import { join, nameOf, parentOf } from './image-paths.ts';
import type { Again, RealPlace, RootOperation } from './root-operations.ts';
import { PlaceError, RootTree } from './root-tree.ts';
import type { RootNeeds, RunRequest } from './runtime.ts';
import type { Content, Copy, Place } from './shown.ts';
import { shownAgain } from './shown-again.ts';

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
  /** Whether neither the image nor the new root has anything there, as far as listings tell; below mounts nobody knows. */
  isMissing(path: string): boolean;
}

/**
 * The root that Apptainer's users expect, out of an image that may have no mount points: the image read-only, and what
 * the request says is shown. Of the host it asks only whether a place is there to which a link of the image leads. @throws PlaceError
 */
export function skeleton(request: RunRequest, gpu: Gpu = NO_GPU, needs: RootNeeds = NO_NEEDS): Skeleton {
  const { tree, mounts } = build(request, gpu, needs);
  const find = (path: string) => placeOf(path, tree)?.at ?? null;
  const isMissing = (path: string) => tree.isMissing(path);
  return {
    image: request.image.path,
    find,
    isMissing,
    ...shownAgain(operationsOf(tree, needs), mounts, find),
  };
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
  if (needs.workdir === 'found') placeOf(request.shown.cwd, tree);
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
  /** The paths by which they were asked for. */
  readonly asked: Map<MountOperation, string>;
}

function build(
  request: RunRequest,
  gpu: Gpu,
  needs: RootNeeds,
): Pick<Building, 'tree'> & { mounts: readonly MountOperation[] } {
  const tree = new RootTree(request.image.facts?.directories ?? {});
  const mounts: MountOperation[] = [];
  const building = { request, gpu, tree, mounts, asked: new Map<MountOperation, string>() };
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
  for (const path of needs.files) keepInRoot(path, building);
  for (const [mount, path] of building.asked) checkCovered(mount, path, mounts);
  return { tree, mounts: mounts.filter((mount, index) => !isReplaced(mount, mounts.slice(index + 1))) };
}

function show(place: Place, { request, gpu, tree, mounts, asked }: Building): void {
  const mounted = mountedFor(place.content, request, gpu);
  if (place.origin === 'jcds' && hasNoPlace(place.at, tree)) return;
  const kind = isDirectory(mounted, place.content) ? ('directory' as const) : 'file';
  if (place.replacesLink === true) tree.replaceLink(place.at, kind);
  const { at, below } = tree.place(place.at, kind);
  const above = mounts.findLast(mount => mount.at === below);
  const isMissing = above !== undefined && isToBeMade(place, at, above, asked.get(above)!);
  const mount: MountOperation = { ...mounted, at, ...(isMissing ? { make: kind } : {}) };
  mounts.push(mount);
  asked.set(mount, place.at);
}

/**
 * Whether a place has to be made in what is mounted above it. In the host's directories the user's words decide; where a link of
 * the image leads there, its publisher would choose what is made on the host.
 */
function isToBeMade(place: Place, at: string, above: MountOperation, askedAbove: string): boolean {
  if (above.kind !== 'bind') return true;
  if (place.at === `${askedAbove}${at.slice(above.at.length)}`) return place.isMade === true;
  checkThere(place.at, at, above);
  return false;
}

/**
 * What a runtime puts somewhere by itself it would make in a directory of the host where a link of the image leads there: such links
 * give way to a place in the new root.
 */
function keepInRoot(path: string, { tree, mounts }: Building): void {
  for (const at of [parentOf(path), path]) {
    const { at: real, below } = tree.find(at);
    const isLink = real !== join(tree.find(parentOf(at)).at, nameOf(at));
    const above = below === null ? undefined : mounts.findLast(mount => mount.at === below);
    if (isLink && above?.kind === 'bind') tree.replaceLink(at, at === path ? 'file' : 'directory');
  }
  tree.place(path, 'file');
}

/** What is bound later over a place that a link of the image leads to has that place, too: engines mount it afterwards. */
function checkCovered(mount: MountOperation, path: string, mounts: readonly MountOperation[]): void {
  if (mount.at === path) return;
  for (const later of mounts.slice(mounts.indexOf(mount) + 1))
    if (later.kind === 'bind' && mount.at.startsWith(`${later.at}/`)) checkThere(path, mount.at, later);
}

function checkThere(
  path: string,
  at: string,
  { at: above, source }: Extract<MountOperation, { kind: 'bind' }>,
): void {
  if (!existsSync(toBytes(`${source}${at.slice(above.length)}`)))
    throw new PlaceError(
      path,
      `a link of the image leads to ${at}, and nothing is there in what is shown at ${above}`,
    );
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

/**
 * What a later mount stands in the place of, where two mounts at one place are not the same as the later one alone; and a bind
 * that comes once more, over what has hidden it: mount(8) leaves out a line that is mounted already.
 */
function isReplaced(mount: MountOperation, later: readonly MountOperation[]): boolean {
  const again = later.filter(({ at }) => at === mount.at);
  if (mount.kind !== 'bind') return mount.kind !== 'tmpfs' && again.length > 0;
  const isHidden = later.some(({ at }) => mount.at.startsWith(at === '/' ? at : `${at}/`));
  return isHidden && again.some(other => other.kind === 'bind' && other.source === mount.source);
}
