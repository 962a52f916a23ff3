import { lstatSync, readdirSync, unlinkSync } from 'node:fs';
import { cacheDirectory } from '../cache-directory.ts';
import type { Context } from '../context.ts';
import { ifOwnDirectory } from '../files/own-directory.ts';
import { readPlace } from '../files/read.ts';
import { seal, unseal } from '../files/sealed.ts';
import { writeOwn } from '../files/write.ts';
import type { ImageFacts } from './facts.ts';
import { isFacts, isObject } from './facts-schema.ts';
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
const SCHEMA = 3;
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
 * What is remembered of a real directory, or null. Only a record that this user owns, that nobody else may write, that is
 * whole, and whose every value is in its range is believed.
 */
export function recallImage(directory: string, context: MemoryContext): RememberedImage | null {
  if (!isContentAddressed(directory)) return null;
  try {
    const text = unseal(readPlace('image-memory', fileOf(directory, context), context.uid).bytes);
    const record: unknown = text === null ? null : JSON.parse(text);
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
  const commands = Object.fromEntries(Object.entries(image.commands).slice(-COMMAND_LIMIT));
  const record: MemoryRecord = { schema: SCHEMA, at: context.now(), facts, commands };
  const name = `images/${shortHash(facts.directory)}.json`;
  try {
    writeOwn({ base: cacheDirectory(context), name, uid: context.uid }, seal(JSON.stringify(record)));
  } catch {
    // A home that is full, read-only or somebody else's.
  }
}

/** Forgets an image: a start that rested on what was remembered has failed. */
export function forgetImage(directory: string, context: MemoryContext): void {
  try {
    const own = { base: cacheDirectory(context), names: ['images'], uid: context.uid };
    ifOwnDirectory(own, place => unlinkSync(`${place}/${shortHash(directory)}.json`));
  } catch {
    // It was not remembered.
  }
}

/**
 * Where a command was found, or null when that is not remembered. What is remembered saves the search; it never names a place
 * that the search would not have come to.
 */
export function recallCommand(image: RememberedImage, question: CommandQuestion): string | null {
  const key = commandKey(question);
  if (key === null || !Object.hasOwn(image.commands, key)) return null;
  const path = image.commands[key]!;
  return placesOf(question).includes(path) ? path : null;
}

/**
 * What a found command is remembered under, or null when the answer depends on more than the image: a relative word,
 * a relative place on PATH, or a bind at, above or below a place that is searched.
 */
export function commandKey(question: CommandQuestion): string | null {
  const { word, searchPath, mounts, architectures } = question;
  const isFixed = (place: string): boolean =>
    place.startsWith('/') &&
    !place.includes('/../') &&
    mounts.every(({ destination }) => destination !== '/' && !`${place}/`.startsWith(`${destination}/`));
  return placesOf(question).every(isFixed)
    ? JSON.stringify([word, searchPath, architectures ?? process.arch])
    : null;
}

/** Where the search for a command looks, in its order. */
function placesOf({ word, searchPath }: CommandQuestion): readonly string[] {
  const directories = searchPath.split(':').map(directory => (directory === '' ? '.' : directory));
  return word.includes('/') ? [word] : directories.map(directory => `${directory}/${word}`);
}

/** What is a record, a note of failed-attempts.ts, or what a writer that was killed has left. */
const RECORD = /^(?:[0-9a-f]{16}\.(?:json|tried)|\.new-.*)$/;

/** Removes the oldest records beyond the limit; for a moment when nobody waits. */
export function pruneMemory(context: MemoryContext, limit: number = IMAGE_LIMIT): void {
  try {
    const own = { base: cacheDirectory(context), names: ['images'], uid: context.uid };
    ifOwnDirectory(own, directory => removeOldest(directory, limit));
  } catch {
    // Another jcds may be pruning too.
  }
}

function removeOldest(directory: string, limit: number): void {
  const names = readdirSync(directory).filter(name => RECORD.test(name));
  if (names.length <= limit) return;
  const files = names.map(name => `${directory}/${name}`);
  const byAge = files.map(file => ({ file, at: lstatSync(file).mtimeMs })).sort((a, b) => a.at - b.at);
  for (const { file } of byAge.slice(0, files.length - limit)) unlinkSync(file);
}

/** Nothing is missing that a publisher might still add. */
function isComplete(facts: ImageFacts): boolean {
  return facts.singularityMissing !== null && facts.singularityMissing.length === 0;
}

/** Where what is known of a real directory is remembered; null: it is not, since the directory is not named by its content. */
export function memoryFile(directory: string, context: Pick<Context, 'environment' | 'home'>): string | null {
  return isContentAddressed(directory) ? fileOf(directory, context) : null;
}

function fileOf(directory: string, context: Pick<Context, 'environment' | 'home'>): string {
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

function isRecord(value: unknown): value is MemoryRecord {
  return (
    isObject(value) &&
    value.schema === SCHEMA &&
    typeof value.at === 'number' &&
    Number.isFinite(value.at) &&
    isFacts(value.facts) &&
    isObject(value.commands) &&
    Object.values(value.commands).every(path => typeof path === 'string' && path.startsWith('/'))
  );
}
