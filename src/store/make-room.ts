import { statfsSync } from 'node:fs';
import { isJcdsError } from '../errors.ts';
import { parseReference } from '../image/reference.ts';
import { storeContent, storeNames } from '../repositories/layouts/store.ts';
import { forgetImage } from '../rootfs/memory.ts';
import { type Copy, contentsOf } from './contents.ts';
import { removeCopy, removeName } from './enter.ts';
import { StoreFullError } from './errors.ts';
import { superfluous } from './prune.ts';

type MemoryContext = Parameters<typeof forgetImage>[1];
type RoomContext = MemoryContext & { now(): number };

/** How much room copies may take, and which of them stay whatever they take. */
export interface RoomRules {
  /** Bytes of all copies. */
  readonly bound: number;
  /** Bytes that a pull leaves free on the store's file system. */
  readonly free: number;
  /** Names of copies that stay. */
  readonly keep: readonly string[];
}

/** As the settings say. */
export function roomRules({
  storeBytes: bound,
  storeFree: free,
  storeKeep: keep,
}: {
  readonly storeBytes: number;
  readonly storeFree: number;
  readonly storeKeep: readonly string[];
}): RoomRules {
  return { bound, free, keep };
}

/** Which copies go so that the others, and `more` bytes, stay within the bound: see `superfluous`. What is to be kept, or is being made, goes in no case. Throws StoreUnusableError. */
export function superfluousIn(
  store: string,
  { bound, keep }: Pick<RoomRules, 'bound' | 'keep'>,
  more: number,
  { uid, now }: RoomContext,
  made: string | null = null,
): Copy[] {
  const kept = new Set(keep.flatMap(namesOf));
  const isKept = ({ hex, names }: Copy) => hex === made || names.some(name => kept.has(name));
  const copies = contentsOf(store, uid);
  const own = copies.filter(isKept).reduce((sum, { record }) => sum + (record?.bytes ?? 0), 0);
  return superfluous(
    copies.filter(copy => !isKept(copy)),
    bound - own - more,
    now(),
  );
}

/** A text that is no name keeps nothing. */
function namesOf(text: string): string[] {
  try {
    return storeNames(parseReference(text));
  } catch (thrown) {
    if (isJcdsError(thrown)) return [];
    throw thrown;
  }
}

/**
 * Takes copies out of a store, with their names; each by one rename.
 * @param store the user's own, held open
 * @param own its path
 */
export function removeCopies(
  store: string,
  own: string,
  gone: readonly Copy[],
  workplace: string,
  context: MemoryContext,
): void {
  for (const { hex, names } of gone) {
    for (const name of names) removeName(store, name);
    forgetImage(`${own}/${storeContent(hex)}`, context);
    removeCopy(store, hex, workplace);
  }
}

/** A copy that is to be made. */
export interface NewCopy {
  /** The user's own store, held open, and its path. */
  readonly store: string;
  readonly own: string;
  readonly hex: string;
  /** Bytes that it takes at least. */
  readonly least: number;
  readonly workplace: string;
}

/** The type of NFS in statfs(2). */
const NFS = 0x6969;

/**
 * Removes copies where a new one would be too much for the bound, and says which; and where the disk is another host's. Throws NoRoomError, with
 * the figures, where the new one would leave less free than it must.
 */
export function makeRoom(
  { store, own, hex, least, workplace }: NewCopy,
  room: RoomRules,
  warn: (text: string) => void,
  context: RoomContext,
): void {
  const gone = superfluousIn(store, room, least, context, hex);
  removeCopies(store, own, gone, workplace, context);
  const names = gone.flatMap(copy => copy.names).join(', ');
  if (gone.length > 0) warn(`removed local copies that were not used for long (storeBytes): ${names}`);
  const { bavail, bsize, blocks, type } = statfsSync(store);
  const there = bavail * bsize;
  // Some file systems tell nothing at all.
  if (blocks > 0 && there - least < room.free) throw new StoreFullError(own, there, least, room.free);
  if (type === NFS)
    warn(`${own} is on a network file system: a local disk is faster (jcds config set store DIRECTORY)`);
}
