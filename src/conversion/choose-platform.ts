import type { Platform } from '../image/platform.ts';
import { levelOf, PlatformAbsentError } from '../registry/image.ts';
import type { ImageConfiguration } from '../registry/image-configuration.ts';
import type { IndexEntry } from '../registry/manifest.ts';

/**
 * The entry of an index for a platform: that of the very variant, else the lowest that runs there, since what is converted may be run by other
 * machines than this. Statements about images (attestations, of platform `unknown`) are none; the only entry is taken when it
 * says no platform. Throws PlatformAbsentError, which lists the platforms.
 */
export function chooseEntry<Entry extends IndexEntry>(
  subject: string,
  entries: readonly Entry[],
  wanted: Platform,
): Entry {
  const images = entries.filter(({ platform }) => platform?.os !== 'unknown');
  const [first] = images;
  if (images.length === 1 && first!.platform === null) return first!;
  const levels = images
    .map(entry => ({ entry, level: levelOf(entry, wanted) }))
    .filter((found): found is { entry: Entry; level: number } => found.level !== null)
    .sort((one, other) => one.level - other.level);
  const own = variantLevel(wanted);
  const found = levels.find(({ level }) => level === own) ?? levels[0];
  if (found === undefined) throw new PlatformAbsentError(subject, [wanted], images);
  return found.entry;
}

function variantLevel({ variant }: Platform): number {
  return Number(variant?.slice(1) ?? 0);
}

/** Throws PlatformAbsentError for a configuration of another operating system or architecture. */
export function checkPlatform(
  subject: string,
  { os, architecture }: Pick<ImageConfiguration, 'os' | 'architecture'>,
  wanted: Platform,
): void {
  if (os === wanted.os && architecture === wanted.architecture) return;
  const platform = { os, architecture, variant: null };
  throw new PlatformAbsentError(subject, [wanted], [{ mediaType: '', digest: '', size: 0, platform }]);
}
