import { formatPlatform, type Platform } from '../image/platform.ts';
import type { Conversion } from './convert.ts';
import { shownPath } from './errors.ts';
import type { SourceImage } from './source-image.ts';
import { REMARKS } from './tally.ts';

/** What a conversion made, for programs: nothing that was left out or repaired is missing. */
export interface ConversionRecord {
  readonly source: string;
  readonly platform: string;
  /** Null where the source has no manifest. */
  readonly manifestDigest: string | null;
  readonly indexDigest: string | null;
  readonly configDigest: string;
  readonly layers: number;
  readonly entries: number;
  readonly bytes: number;
  readonly remarks: readonly {
    readonly kind: string;
    readonly done: 'left out' | 'repaired';
    readonly count: number;
    /** The first paths. */
    readonly examples: readonly string[];
  }[];
}

export function recordOf(
  image: SourceImage,
  platform: Platform,
  { entries, bytes, remarks }: Conversion,
): ConversionRecord {
  const { name: source, manifestDigest, indexDigest, configDigest } = image;
  return {
    ...{ source, platform: formatPlatform(platform), manifestDigest, indexDigest, configDigest },
    ...{ layers: image.layers.length, entries, bytes },
    remarks: [...remarks].map(([kind, { count, examples }]) => ({
      ...{ kind, done: REMARKS[kind][0], count },
      examples: examples.map(shownPath),
    })),
  };
}

/** What was left out and repaired, a sentence each. */
export function remarkLines({ remarks }: Conversion): string[] {
  return [...remarks].map(([kind, { count, examples }]) => {
    const [done, words] = REMARKS[kind];
    return `${done}: ${count} ${words} (${examples.slice(0, 3).map(shownPath).join(', ')}${count > 3 ? ', …' : ''})`;
  });
}
