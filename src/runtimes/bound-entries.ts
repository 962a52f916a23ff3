import type { Unlinked } from '../launch/unlinked.ts';
import { isAtOrBelow } from './image-paths.ts';
import type { RootOperation } from './root-operations.ts';
import type { RuntimeHost } from './runtime.ts';
import type { Skeleton } from './skeleton.ts';

/**
 * What of the image is bound by its name, every directory on the way there, and the ways from there to what is mounted in it: by a link
 * on one of those an engine would make the place itself somewhere else, as root, under a name that the publisher chooses.
 * @param needs places that the runtime makes or mounts something at by itself
 */
export function boundEntries(
  { image, root, mounts, find }: Pick<Skeleton, 'image' | 'root' | 'mounts' | 'find'>,
  { memories = [] }: { readonly memories?: RuntimeHost['memories'] | undefined },
  needs: readonly string[] = [],
): Unlinked {
  const entries = root.flatMap(operation => placeInImage(operation) ?? []);
  const mounted = mounts.map(({ at }) => at);
  const inside = [
    ...mounted.flatMap((at, index) => wayTo(at, root, mounted.slice(0, index))),
    ...needs.flatMap(path => wayTo(find(path) ?? path, root, mounted)),
  ];
  return { image, places: [...new Set(['', ...entries.flatMap(waysUp), ...inside])], forget: memories };
}

/** Where the image has what is shown of it there. */
function placeInImage(operation: RootOperation): string | null {
  return operation.kind === 'entry' || operation.kind === 'layer' ? (operation.from ?? operation.at) : null;
}

/** It, and all that is above it. */
function waysUp(place: string): string[] {
  const places: string[] = [];
  for (let at = place; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) places.push(at);
  return places;
}

/** What a mount at this place passes below the entry that it lies in, as far as nothing is mounted over that before. */
function wayTo(place: string, root: readonly RootOperation[], mounted: readonly string[]): string[] {
  const entry = root
    .filter(({ at }) => isAtOrBelow(place, at))
    .reduce<RootOperation | null>((best, one) => (best && best.at.length > one.at.length ? best : one), null);
  const inImage = entry === null ? null : placeInImage(entry);
  if (entry === null || inImage === null) return [];
  return waysUp(place)
    .filter(at => at.length > entry.at.length && !mounted.some(above => isAtOrBelow(at, above)))
    .map(at => `${inImage}${at.slice(entry.at.length)}`);
}
