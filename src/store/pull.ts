import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Context } from '../context.ts';
import { convert } from '../conversion/convert.ts';
import type { Limits } from '../conversion/limits.ts';
import { originOf } from '../conversion/own-files.ts';
import type { Source } from '../conversion/parse-source.ts';
import { recordOf } from '../conversion/record.ts';
import type { SourceImage } from '../conversion/source-image.ts';
import { layerTeller } from '../conversion/tell-layers.ts';
import { withSource } from '../conversion/with-source.ts';
import { sha256Hex } from '../image/digest.ts';
import { formatPlatform, type Platform } from '../image/platform.ts';
import type { Reference } from '../image/reference.ts';
import type { Progress } from '../output/progress.ts';
import { openRegistry, type RegistryOptions } from '../registry/client.ts';
import { placeOf } from '../registry/image.ts';
import { storeContent, storeNames } from '../repositories/layouts/store.ts';
import { forgetImage } from '../rootfs/memory.ts';
import type { StorePlaces } from '../store-directory.ts';
import {
  claim,
  enter,
  enterListing,
  hasCopy,
  inWorkplace,
  nameCopy,
  namedCopy,
  release,
  sweep,
  withStore,
  writeListing,
} from './enter.ts';
import { makeRoom, type RoomRules } from './make-room.ts';
import { noteNames } from './note-names.ts';
import { RULE, readRecord, type StoreRecord, writeRecord } from './record.ts';
import { noteUse } from './used.ts';

declare const JCDS_VERSION: string;

/** Milliseconds between two looks whether another process is ready. */
const LOOK_AGAIN = 200;
/** How long one other process is waited for: without its claim the copy is right as well, and made twice at worst. */
const LONGEST_WAIT = 3600 * 1000;

/** What is to be in the store, and how it is come by. */
export interface PullRequest {
  /** The source as it was typed. */
  readonly text: string;
  readonly source: Source;
  /** What the copy is called. */
  readonly reference: Reference;
  readonly platform: Platform;
  /** Make it also where it is there. */
  readonly again: boolean;
  readonly stores: StorePlaces;
  readonly limits: Limits;
  readonly room: RoomRules;
  /** Says something beside the progress. */
  readonly warn: (text: string) => void;
  /** Throws where the network may not be used. */
  readonly registries: () => RegistryOptions;
  readonly progress: Progress;
}

/** A copy that is in the store now. */
export interface Pulled {
  /** By its readable name. */
  readonly path: string;
  /** 64 digits. */
  readonly hex: string;
  /** Whether it was there already, and is what the source has now. */
  readonly isUnchanged: boolean;
  readonly record: StoreRecord | null;
}

/** The same without its name. */
type InStore = Omit<Pulled, 'path'>;

type PullContext = Pick<Context, 'uid' | 'home' | 'cwd' | 'environment' | 'now'>;

/**
 * Makes the copy of an image in the user's own store, or sees that it is there. One process works on an image, the others wait for it and take
 * over when it dies, or after an hour. Throws StoreUnusableError, and what opening and converting the source throw; the store is then as it was.
 */
export async function pullImage(requested: PullRequest, context: PullContext): Promise<Pulled> {
  const { stores, reference } = requested;
  const [name = ''] = storeNames(reference);
  const { hex, isUnchanged, record } = await withStore(stores, context.uid, store =>
    pullInto(store, name, requested, context),
  );
  return { path: `${stores.own}/${name}`, hex, isUnchanged, record };
}

async function pullInto(
  store: string,
  name: string,
  requested: PullRequest,
  context: PullContext,
): Promise<InStore> {
  const { platform, again } = requested;
  sweep(store, context.now());
  const key = createHash('sha256')
    .update(`${name}\0${formatPlatform(platform)}`)
    .digest('hex');
  const hasWaited = await awaitTurn(store, key, requested.progress, context);
  try {
    const there = namedCopy(store, name);
    const record = there === null ? null : readRecord(store, there, context.uid);
    const isMeant = record?.platform === formatPlatform(platform) && record.rule === RULE;
    if (there !== null && isMeant && !again && (hasWaited || (await isCurrent(record, requested))))
      return { hex: there, isUnchanged: true, record };
    return await inWorkplace(store, workplace => make(store, name, workplace, requested, context));
  } finally {
    release(store, key);
  }
}

/**
 * Claims the work on a key, and waits while another process is at it. Answers whether one has ended meanwhile. Whoever makes a store where a job can
 * write may leave any claim in it: who is at it for too long loses it.
 */
async function awaitTurn(
  store: string,
  key: string,
  progress: Progress,
  { now }: Pick<PullContext, 'now'>,
): Promise<boolean> {
  let awaited = { owner: '', since: 0 };
  for (;;) {
    const owner = claim(store, key, now());
    if (owner === null) return awaited.owner !== '';
    if (awaited.owner !== owner) awaited = { owner, since: now() };
    if (now() - awaited.since > LONGEST_WAIT) {
      release(store, key, owner);
      claim(store, key, now());
      return false;
    }
    progress.update(`another jcds is making it (${owner}): waiting for an hour at most`);
    await pause(LOOK_AGAIN);
  }
}

/** Whether a registry still has what was copied; only it can say so without being read. */
async function isCurrent(record: StoreRecord, { source, registries }: PullRequest): Promise<boolean> {
  if (source.kind !== 'registry') return false;
  const registry = openRegistry(source.reference.registry, registries());
  try {
    const { digest } = await registry.head(source.reference.repository, placeOf(source.reference));
    return digest !== null && (digest === record.indexDigest || digest === record.manifestDigest);
  } finally {
    await registry.close();
  }
}

async function make(
  store: string,
  name: string,
  workplace: string,
  requested: PullRequest,
  context: PullContext,
): Promise<InStore> {
  const { text, source, platform, registries } = requested;
  const cwd = context.cwd ?? '/';
  return withSource(text, source, { cwd, platform, workplace, registries }, async image => {
    const hex = sha256Hex(image.manifestDigest ?? image.configDigest);
    if (hex === null) throw new Error(`${image.name} has no sha256 digest`);
    const known = readRecord(store, hex, context.uid);
    const again = requested.again || (known !== null && known.rule !== RULE);
    const isUnchanged = hasCopy(store, hex) && !again;
    if (!isUnchanged) await fill(store, hex, image, workplace, { ...requested, again }, context);
    nameCopy(store, name, hex, workplace);
    noteNames(store, context);
    noteUse(store, hex, context.uid);
    return { hex, isUnchanged, record: readRecord(store, hex, context.uid) };
  });
}

/**
 * Makes the content, and puts it into its place. A store may lie where other users come: a directory or program of the image that everybody may
 * write is not theirs there. The record comes last, or one of this rule could stand beside the content of an older one.
 */
async function fill(
  store: string,
  hex: string,
  image: SourceImage,
  workplace: string,
  { text, source, platform, limits, again, stores, progress, room, warn }: PullRequest,
  context: PullContext,
): Promise<void> {
  // As it is packed: more is not known before.
  const least = image.layers.reduce((sum, { size }) => sum + size, 0);
  makeRoom({ store, own: stores.own, hex, least, workplace }, room, warn, context);
  const directory = `${workplace}/rootfs`;
  const tell = layerTeller(progress, image.layers.length);
  const files = `${workplace}/files`;
  const listing = (pieces: Iterable<Buffer>) => writeListing(files, pieces);
  const made = await convert(
    image,
    { directory, workplace },
    { limits, origin: originOf(text, source), umask: 0o022, listing, progress: tell },
  );
  const identity = image.manifestDigest === null ? 'config' : 'manifest';
  const record: StoreRecord = {
    ...{ schema: 1, rule: RULE, identity, ...recordOf(image, platform, made) },
    ...{ jcds: JCDS_VERSION, madeAt: context.now() },
  };
  enter(store, hex, directory, again);
  enterListing(store, hex, files);
  writeRecord(store, hex, record, context.uid);
  // What was remembered of a copy that was made by an older rule.
  forgetImage(`${stores.own}/${storeContent(hex)}`, context);
}
