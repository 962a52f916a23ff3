import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { cacheDirectory } from '../cache-directory.ts';
import type { Context } from '../context.ts';
import { makeDirectories } from '../make-directories.ts';
import type { ImageFacts } from './facts.ts';
import { isFacts, isObject, isTextRecord } from './facts-schema.ts';
import type { CommandQuestion } from './find-command.ts';

/** What is remembered of one image. */
export interface RememberedImage {
  readonly facts: ImageFacts;
  /** Where commands were found, by `commandKey`. */
  readonly commands: Readonly<Record<string, string>>;
}

interface MemoryRecord extends RememberedImage {
  readonly schema: typeof SCHEMA;
  /** When it was read, in milliseconds since 1970. */
  readonly at: number;
}

/** Counts with the shape of the record and of the facts, and with what is read into them. */
const SCHEMA = 1;
const SIZE_LIMIT = 4 * 1024 * 1024;
const COMMAND_LIMIT = 64;
const IMAGE_LIMIT = 512;
/** An image that something is missing from may be mended in place (cvmfs#3407): its facts are believed for an hour. */
const INCOMPLETE_FOR = 60 * 60 * 1000;

type MemoryContext = Pick<Context, 'environment' | 'home' | 'uid' | 'now'>;

/** Where images are remembered. */
export function memoryDirectory(context: Pick<Context, 'environment' | 'home'>): string {
  return `${cacheDirectory(context)}/images`;
}

/**
 * Whether a real directory is named after its content, so that what was read there stays true:
 * `.images/<2>/<rest>`, `.flat/<2>/<hex>`. Others are looked at anew each time.
 */
export function isContentAddressed(directory: string): boolean {
  return /\/\.(?:images|flat)\/(?:sha256:)?[0-9a-f]{2}\/[0-9a-f]{62,64}$/.test(directory);
}

/**
 * What is remembered of a real directory, or null. Only a record that this user owns, that nobody else may write and
 * that has the expected shape is believed.
 */
export function recallImage(directory: string, context: MemoryContext): RememberedImage | null {
  if (!isContentAddressed(directory)) return null;
  try {
    const record: unknown = JSON.parse(readOwn(fileOf(directory, context), context.uid));
    if (!isRecord(record) || record.facts.directory !== directory) return null;
    const age = context.now() - record.at;
    return isComplete(record.facts) || (age >= 0 && age < INCOMPLETE_FOR) ? record : null;
  } catch {
    return null;
  }
}

/** Remembers an image; whatever goes wrong is of no consequence and is not told. */
export function rememberImage(image: RememberedImage, context: MemoryContext): void {
  const { facts } = image;
  if (!isContentAddressed(facts.directory)) return;
  const file = fileOf(facts.directory, context);
  const aside = `${file}.${process.pid}`;
  const commands = Object.fromEntries(Object.entries(image.commands).slice(-COMMAND_LIMIT));
  const record: MemoryRecord = { schema: SCHEMA, at: context.now(), facts, commands };
  try {
    makeDirectories(memoryDirectory(context), 3);
    writeFileSync(aside, JSON.stringify(record), { mode: 0o600, flag: 'wx' });
    renameSync(aside, file);
  } catch {
    try {
      unlinkSync(aside);
    } catch {
      // It was never made.
    }
  }
}

/**
 * What a found command is remembered under, or null when the answer depends on more than the image: a relative word,
 * a relative place on PATH, or a bind at, above or below a place that is searched.
 */
export function commandKey({ word, searchPath, mounts, architectures }: CommandQuestion): string | null {
  const directories = searchPath.split(':').map(directory => (directory === '' ? '.' : directory));
  const places = word.includes('/') ? [word] : directories.map(directory => `${directory}/${word}`);
  const isFixed = (place: string): boolean =>
    place.startsWith('/') &&
    !place.includes('/../') &&
    mounts.every(({ destination }) => destination !== '/' && !`${place}/`.startsWith(`${destination}/`));
  return places.every(isFixed) ? JSON.stringify([word, searchPath, architectures ?? process.arch]) : null;
}

/** Removes the oldest records beyond the limit; for a moment when nobody waits. */
export function pruneMemory(context: MemoryContext, limit: number = IMAGE_LIMIT): void {
  const directory = memoryDirectory(context);
  try {
    const files = readdirSync(directory).map(name => `${directory}/${name}`);
    if (files.length <= limit) return;
    const byAge = files.map(file => ({ file, at: statSync(file).mtimeMs })).sort((a, b) => a.at - b.at);
    for (const { file } of byAge.slice(0, files.length - limit)) unlinkSync(file);
  } catch {
    // Another jcds may be pruning too.
  }
}

/** Nothing is missing that a publisher might still add. */
function isComplete(facts: ImageFacts): boolean {
  return facts.singularityMissing !== null && facts.singularityMissing.length === 0;
}

function fileOf(directory: string, context: MemoryContext): string {
  return `${memoryDirectory(context)}/${shortHash(directory)}.json`;
}

/**
 * 64 bits of a text, twice FNV-1a. Not cryptographic (loading node:crypto would cost some milliseconds at each
 * start) and need not be: the record names its directory, so a collision only forgets.
 */
export function shortHash(text: string): string {
  const bytes = Buffer.from(text);
  return [0x811c9dc5, 0x01000193]
    .map(seed => {
      let hash = seed;
      for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
      return (hash >>> 0).toString(16).padStart(8, '0');
    })
    .join('');
}

function readOwn(file: string, uid: number): string {
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile() || stat.uid !== uid || (stat.mode & 0o022) !== 0 || stat.size > SIZE_LIMIT)
      throw new Error('not ours');
    const bytes = Buffer.alloc(stat.size);
    return bytes.toString('utf8', 0, readSync(descriptor, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(descriptor);
  }
}

function isRecord(value: unknown): value is MemoryRecord {
  return (
    isObject(value) &&
    value.schema === SCHEMA &&
    typeof value.at === 'number' &&
    isFacts(value.facts) &&
    isTextRecord(value.commands)
  );
}
