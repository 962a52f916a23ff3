import { JcdsError } from '../errors.ts';
import { bytesText } from '../output/amount.ts';
import { safeText } from '../output/safe-text.ts';
import type { Limits } from './limits.ts';

/** A path with one character a byte, for people. */
export function shownPath(path: string): string {
  return safeText(Buffer.from(path, 'latin1').toString('utf8'));
}

/** A layer that cannot be unpacked, and the entry in it that is at fault. */
export class LayerError extends JcdsError {
  constructor(image: string, layer: string, entry: string | null, reason: string) {
    const where = entry === null ? '' : ` (entry ${JSON.stringify(shownPath(entry))})`;
    super({
      code: 'LAYER_INVALID',
      message: `layer ${safeText(layer)} of ${safeText(image)} ${reason}${where}`,
      hint: 'build or push the image again; nothing was left behind',
    });
  }
}

/** Content that is not what its digest or its size says. */
export class ContentError extends JcdsError {
  constructor(image: string, what: string, reason: string) {
    super({
      code: 'CONTENT_MISMATCH',
      message: `${safeText(what, 120)} of ${safeText(image)} ${safeText(reason, 300)}`,
      hint: 'copy or push the image again; nothing was left behind',
    });
  }
}

const LIMITS: Readonly<Record<keyof Limits, (limit: number) => string>> = {
  entries: limit => `${limit} entries`,
  bytes: limit => `${bytesText(limit)} unpacked`,
  names: limit => `${bytesText(limit)} of names and links`,
  layers: limit => `${limit} layers`,
  ratio: limit => `${limit} times its packed size`,
};

/** An image that costs more than is allowed. */
export class LimitError extends JcdsError {
  constructor(limit: keyof Limits, value: number) {
    super({
      code: 'LIMIT',
      message: `the image has more than ${LIMITS[limit](value)}`,
      hint: `if that is right, allow more: --limit ${limit}=NUMBER`,
    });
  }
}

/** A file system on which two names of the image are the same. */
export class NamesFoldedError extends JcdsError {
  constructor(path: string) {
    super({
      code: 'NAMES_FOLDED',
      message: `the file system has something at ${JSON.stringify(shownPath(path))} already: it takes two names of the image for one`,
      hint: 'unpack on a file system that tells upper and lower case apart',
    });
  }
}

/** Something that is named as an image and is none that can be read. */
export class SourceError extends JcdsError {
  constructor(source: string, reason: string, hint?: string) {
    super({
      code: 'SOURCE_UNUSABLE',
      message: `${safeText(source)} ${safeText(reason, 500)}`,
      hint: hint === undefined ? undefined : safeText(hint, 500),
    });
  }
}

/** Several images where one is wanted. */
export class AmbiguousSourceError extends JcdsError {
  constructor(source: string, names: readonly string[]) {
    super({
      code: 'SOURCE_AMBIGUOUS',
      message: `${safeText(source)} holds ${names.length} images`,
      hint: `name one of them behind a colon: ${safeText(names.join(', '), 500)}`,
    });
  }
}

/** No room for the image. */
export class NoRoomError extends JcdsError {
  constructor(directory: string, free: number, wanted: number) {
    super({
      code: 'NO_ROOM',
      message: `there are ${bytesText(free)} free at ${safeText(directory)}, and ${bytesText(wanted)} are needed at least`,
      hint: 'make room, or name a directory on another disk',
    });
  }
}

/** Something stands where the result is to be. */
export class TargetExistsError extends JcdsError {
  constructor(target: string) {
    super({
      code: 'TARGET_EXISTS',
      message: `${safeText(target)} is there already`,
      hint: 'remove it, or name another place',
    });
  }
}
