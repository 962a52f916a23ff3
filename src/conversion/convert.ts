import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { decompressed } from '../archive/decompress.ts';
import { isArchiveFault } from '../archive/fault.ts';
import { tarReader } from '../archive/tar-reader.ts';
import { applyEntry, beginLayer, endLayer, type Layer } from './apply-layer.ts';
import { ContentError, LayerError, SourceError } from './errors.ts';
import { type Limits, type Meter, meter } from './limits.ts';
import { contentDigests, listingOf } from './listing.ts';
import type { Operation } from './operations.ts';
import { addOwnFiles, type Origin } from './own-files.ts';
import { checkRoom } from './room.ts';
import type { SourceImage, SourceLayer } from './source-image.ts';
import { newTally, type Remark, type Remarked, type Tally } from './tally.ts';
import { type DirectoryNode, newDirectory, TreeFault } from './tree.ts';
import { treeWriter } from './write-operations.ts';

/** Where a root filesystem is made. */
export interface DirectoryTarget {
  /** Absolute; nothing is there yet. It is the caller's to move to its place, or, when `convert` throws, to remove. */
  readonly directory: string;
  /** On the same file system, this user's alone (0700): for what is made aside. */
  readonly workplace: string;
}

export interface ConversionOptions {
  readonly limits: Limits;
  /** What is written down of where the image comes from, with the other files that Apptainer's readers expect; null: none of them. */
  readonly origin: Origin | null;
  /** Takes down what every name of the result stands for, once it is finished: see listing.ts. */
  readonly listing?: (pieces: Iterable<Buffer>) => void;
  /** The bits that no mode of the result has; by default modes are those of the image. */
  readonly umask?: number;
  /** Is told when a layer begins, and how many of its bytes, as they come out, are done. */
  readonly progress?: (layer: number, bytes: number) => void;
  /** Gives up, with its own reason. */
  readonly signal?: AbortSignal;
}

/** What was made. */
export interface Conversion {
  /** What stands in the directory. */
  readonly root: DirectoryNode;
  /** Of all layers; what one of them removes again is counted too. */
  readonly entries: number;
  /** Bytes of all files, likewise. */
  readonly bytes: number;
  readonly remarks: ReadonlyMap<Remark, Remarked>;
}

/**
 * Makes the root filesystem of an image, without root: its layers in order, each proved by its digest before it is read and by its diff ID when it
 * was. Whoever calls this moves the result to its place, or removes it. Throws LayerError, ContentError, LimitError, NamesFoldedError,
 * NoRoomError, what the source throws, and what the system says of the disk.
 */
export async function convert(
  image: SourceImage,
  { directory, workplace }: DirectoryTarget,
  { limits, origin, umask = 0, listing, progress = () => {}, signal }: ConversionOptions,
): Promise<Conversion> {
  const tally = newTally();
  const packed = image.layers.reduce((sum, { size }) => sum + size, 0);
  const cost = meter(limits, packed);
  cost.layers(image.layers.length);
  checkRoom(workplace, packed);
  const root = newDirectory(0);
  const writer = treeWriter(directory, workplace, tally, umask);
  const room = roomWhile(workplace);
  const onDisk: StepSink = {
    do: operation => writer.do(operation),
    data: (bytes, position) => {
      writer.data(bytes, position);
      room(bytes.length);
    },
    end: () => writer.end(),
  };
  const digests = listing === undefined ? null : contentDigests(onDisk);
  const sink = digests?.sink ?? onDisk;
  try {
    await applyLayers(image, { root, tally, cost, sink, progress, ...(signal ? { signal } : {}) });
    if (origin !== null) addOwn(root, image, origin, tally, sink);
    writer.finish(root);
    if (digests !== null) listing?.(listingOf(root, digests, umask));
  } finally {
    writer.close();
  }
  return { root, entries: cost.entries, bytes: cost.bytes, remarks: tally.counts };
}

/** Links of the image may leave no place for them. */
function addOwn(root: DirectoryNode, image: SourceImage, origin: Origin, tally: Tally, sink: StepSink): void {
  try {
    addOwnFiles(root, image, origin, tally, sink);
  } catch (thrown) {
    if (!(thrown instanceof TreeFault)) throw thrown;
    throw new SourceError(image.name, `${thrown.message}, where files for runtimes belong`);
  }
}

/** What is done with the steps that a layer asks for. */
export interface StepSink {
  do(operation: Operation): void;
  data(bytes: Buffer, position: number): void;
  end(): void;
}

/** What applying layers needs beside the image. */
export interface Application {
  readonly root: DirectoryNode;
  readonly tally: Tally;
  readonly cost: Meter;
  readonly sink: StepSink;
  readonly progress: (layer: number, bytes: number) => void;
  readonly signal?: AbortSignal;
}

/** Applies all layers of an image to a tree, and hands the steps to the sink. Throws as `convert` does. */
export async function applyLayers(image: SourceImage, application: Application): Promise<void> {
  for (const [number, stored] of image.layers.entries()) {
    const layer = beginLayer(application.root, number, application.tally);
    await stored.prove();
    await applyLayer(image, stored, layer, application);
  }
}

async function applyLayer(
  image: SourceImage,
  stored: SourceLayer,
  layer: Layer,
  { cost, sink, progress, signal }: Application,
): Promise<void> {
  const diffId = image.diffIds[layer.number]!;
  const hash = createHash(diffId.slice(0, diffId.indexOf(':')));
  let entry: string | null = null;
  let done = 0;
  const reader = tarReader({
    entry(next) {
      entry = next.path;
      cost.entry(next.size, next.path.length + next.target.length);
      for (const operation of applyEntry(layer, next, cost.entries)) sink.do(operation);
    },
    data: sink.data,
    end: sink.end,
  });
  try {
    progress(layer.number, 0);
    for await (const piece of decompressed(stored.content())) {
      signal?.throwIfAborted();
      hash.update(piece);
      cost.unpacked(piece.length);
      reader.push(piece);
      done += piece.length;
      progress(layer.number, done);
    }
    reader.finish();
    entry = null;
    await finishLayer(layer, sink);
  } catch (thrown) {
    throw layerFailure(image, stored, entry, thrown);
  }
  const received = `${diffId.slice(0, diffId.indexOf(':'))}:${hash.digest('hex')}`;
  if (received !== diffId)
    throw new ContentError(image.name, `layer ${stored.name}`, `unpacks to ${received}, not to ${diffId}`);
}

/** Pieces of the end of a layer between two turns of the event loop, in which signals are noticed. */
const PIECES_AT_ONCE = 200;

async function finishLayer(layer: Layer, sink: StepSink): Promise<void> {
  let done = 0;
  for (const operations of endLayer(layer)) {
    for (const operation of operations) sink.do(operation);
    done += 1;
    if (done % PIECES_AT_ONCE === 0) await turn();
  }
}

function layerFailure(
  image: SourceImage,
  stored: SourceLayer,
  entry: string | null,
  thrown: unknown,
): unknown {
  if (isArchiveFault(thrown))
    return new LayerError(image.name, stored.name, thrown.entry ?? entry, thrown.message);
  return thrown instanceof TreeFault
    ? new LayerError(image.name, stored.name, entry, thrown.message)
    : thrown;
}

/** Looks at the disk again after so many bytes. */
const LOOK_AFTER = 256 * 1024 * 1024;

function roomWhile(workplace: string): (bytes: number) => void {
  let since = 0;
  return bytes => {
    since += bytes;
    if (since < LOOK_AFTER) return;
    since = 0;
    checkRoom(workplace, LOOK_AFTER / 4);
  };
}
