import { accessSync, constants } from 'node:fs';
import { dirname } from 'node:path';
import { makeParents } from '../files/make-parents.ts';
import { inOwnDirectory, type OwnDirectory } from '../files/own-directory.ts';
import { errnoOf, RefusedFile } from '../files/refused-file.ts';
import { onDisk } from '../rootfs/image-view.ts';
import type { Shown } from '../runtimes/shown.ts';
import type { BindSpec } from './bind-spec.ts';
import { type HostPlaces, isAtOrBelow, realPath, statusOf } from './host-places.ts';
import type { OwnPlace } from './own-places.ts';

/** A directory of the host that shows others, and where in the job it is shown. */
interface Showing {
  readonly source: string;
  readonly at: string;
  /** Whether the job can write there. */
  readonly isOpen: boolean;
}

/** Whether a place in the job is in a directory that is covered. */
export function isCovered(path: string, holding: readonly BindSpec[], own: readonly OwnPlace[]): boolean {
  const covers = own.flatMap(({ cover }) => (cover === undefined ? [] : [pathOf(cover)]));
  return holding.some(({ source, destination }) => covers.includes(source) && isAtOrBelow(path, destination));
}

/** What is bound so that the job cannot write to these places, wherever what is shown holds them. */
export function holdingBinds(
  own: readonly OwnPlace[],
  shown: Shown,
  { places, uid }: { readonly places: HostPlaces; readonly uid: number },
): BindSpec[] {
  const found = new Map<string, BindSpec>();
  const taken = new Set(shown.places.map(({ at }) => at));
  // Binds are made after these, and would cover them.
  const earlier = shown.places.filter(({ origin }) => origin === 'jcds' || origin === 'home');
  const showings = showingsIn(shown);
  const covers = new Map<OwnDirectory, string | null>();
  const coverAt = (cover: OwnDirectory): string | null => {
    if (!covers.has(cover)) covers.set(cover, coverOf(cover));
    return covers.get(cover) ?? null;
  };
  for (const place of own)
    for (const showing of showings)
      for (const name of place.names) {
        if (name === showing.source || !isAtOrBelow(name, showing.source)) continue;
        if (!showing.isOpen && place.cover === undefined) continue;
        if (showing.isOpen && !place.isOptional) makeOwn({ base: place.path, names: [], uid });
        if (!isSame(name, place.path)) continue;
        for (const { held, ...spec } of chain(name, showing, {
          cover: place.cover && coverAt(place.cover),
          uid,
        })) {
          const { onHost, isShown } = places.look(spec.destination);
          const isTaken =
            found.get(spec.destination)?.mode === 'ro' ||
            taken.has(spec.destination) ||
            earlier.some(({ at }) => isAtOrBelow(at, spec.destination));
          // Something else may stand there.
          if (isShown && !isTaken && isSame(onHost, held)) found.set(spec.destination, spec);
        }
      }
  return [...found.values()];
}

/** The directories of the host that are shown. */
function showingsIn({ places }: Shown): Showing[] {
  return places.flatMap(({ at, content }) => {
    if (content.kind === 'devices' && content.all) return [{ source: '/dev', at, isOpen: true }];
    if (content.kind !== 'host' || content.of !== 'directory') return [];
    return [{ source: realPath(content.source), at, isOpen: content.mode === 'rw' }];
  });
}

/** A bind in the place of a directory of the host. */
interface Holding extends BindSpec {
  /** That directory. */
  readonly held: string;
}

/** The directory, or its cover, read-only, and each above it that this user could rename as a mount of its own: those cannot be renamed. */
function chain(
  name: string,
  { source, at, isOpen }: Showing,
  { cover, uid }: { readonly cover: string | null | undefined; readonly uid: number },
): Holding[] {
  const inside = (path: string) => `${at === '/' ? '' : at}${path.slice(source === '/' ? 0 : source.length)}`;
  const specs: Holding[] = [{ source: cover ?? name, held: name, destination: inside(name), mode: 'ro' }];
  for (let path = dirname(name); isOpen && path !== source && path !== '/'; path = dirname(path))
    if (canBeWritten(dirname(path), uid))
      specs.push({ source: path, held: path, destination: inside(path), mode: 'rw' });
  return specs.reverse();
}

/** Its path, once it is there and this user's alone; null where it cannot be made, or others may have laid it. */
function coverOf(cover: OwnDirectory): string | null {
  try {
    return inOwnDirectory(cover, () => pathOf(cover));
  } catch {
    return null;
  }
}

function pathOf({ base, names }: OwnDirectory): string {
  return [base, ...names].join('/');
}

/**
 * A directory that is missing would be made by the job: it is made now, closed to others, with all that is missing above it, also in a home
 * that others may write to. Where nothing can be made (a full disk, a home that its owner has closed) nothing is held: that costs no job its start.
 */
function makeOwn(directory: OwnDirectory): void {
  const path = pathOf(directory);
  if (statusOf(path) !== null) return;
  try {
    inOwnDirectory(directory, () => undefined);
  } catch (thrown) {
    const isWritable = thrown instanceof RefusedFile && thrown.refusal === 'writable';
    if (isWritable || errnoOf(thrown) === 'ENOENT') makeAnyhow(path);
  }
}

function makeAnyhow(path: string): void {
  try {
    makeParents(dirname(path), 0o755, true); // others who share such a home get past it
    makeParents(path, 0o700);
  } catch (thrown) {
    if (errnoOf(thrown) === null) throw thrown;
  }
}

function isOwn(path: string, uid: number): boolean {
  return statusOf(path)?.uid === uid;
}

/** An own directory can be opened for writing at any time. */
function canBeWritten(directory: string, uid: number): boolean {
  if (isOwn(directory, uid)) return true;
  try {
    accessSync(onDisk(directory), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [statusOf(one), statusOf(other)];
  return a !== null && b !== null && a.dev === b.dev && a.ino === b.ino;
}
