import { UsageError } from '../errors.ts';
import { LimitError } from './errors.ts';

/** What an image may cost. */
export interface Limits {
  /** Entries of all layers. */
  readonly entries: number;
  /** Bytes of all files, with their holes. */
  readonly bytes: number;
  /** Bytes of all names with their paths, and of what links lead to: they are kept in memory. */
  readonly names: number;
  readonly layers: number;
  /** How many times as long all layers may be unpacked as they are packed, once that is more than a gigabyte. */
  readonly ratio: number;
}

export const DEFAULT_LIMITS: Limits = {
  entries: 3_000_000,
  bytes: 100_000_000_000,
  names: 500_000_000,
  layers: 500,
  ratio: 200,
};

/**
 * The limits with what is said otherwise. Throws UsageError for what is none.
 * @param configured the setting `imageLimits`
 * @param typed `NAME=NUMBER`, of options
 */
export function limitsFrom(configured: Readonly<Record<string, string>>, typed: readonly string[]): Limits {
  const limits: Record<string, number> = {};
  const take = (text: string, said: string): void => {
    const [, name = '', digits = ''] = /^([a-z]+)=([0-9]{1,15})$/.exec(text) ?? [];
    if (!Object.hasOwn(DEFAULT_LIMITS, name))
      throw new UsageError(
        `${said} ${JSON.stringify(text)} is no limit`,
        `write NAME=NUMBER: ${Object.keys(DEFAULT_LIMITS).join(', ')}`,
      );
    limits[name] = Number(digits);
  };
  for (const [name, digits] of Object.entries(configured))
    take(`${name}=${digits}`, 'in the setting imageLimits');
  for (const text of typed) take(text, '--limit');
  return { ...DEFAULT_LIMITS, ...limits };
}

const RATIO_FROM = 1_000_000_000;

/** Counts what an image has cost so far. All throw LimitError. */
export interface Meter {
  layers(count: number): void;
  /** @param names bytes of its path, and of where it leads */
  entry(size: number, names: number): void;
  /** So many bytes came out of a layer. */
  unpacked(bytes: number): void;
  readonly entries: number;
  readonly bytes: number;
}

/** @param packed bytes of all layers as they are stored */
export function meter(limits: Limits, packed: number): Meter {
  let [entries, bytes, names, unpacked] = [0, 0, 0, 0];
  return {
    layers(count) {
      if (count > limits.layers) throw new LimitError('layers', limits.layers);
    },
    entry(size, more) {
      entries += 1;
      bytes += size;
      names += more;
      if (entries > limits.entries) throw new LimitError('entries', limits.entries);
      if (bytes > limits.bytes) throw new LimitError('bytes', limits.bytes);
      if (names > limits.names) throw new LimitError('names', limits.names);
    },
    unpacked(more) {
      unpacked += more;
      if (unpacked > RATIO_FROM && unpacked > limits.ratio * packed)
        throw new LimitError('ratio', limits.ratio);
      // What stands between files, too: headers and junk cost time.
      if (unpacked > 2 * limits.bytes) throw new LimitError('bytes', limits.bytes);
    },
    get entries() {
      return entries;
    },
    get bytes() {
      return bytes;
    },
  };
}
