import { JcdsError } from '../errors.ts';
import { formatPlatform, type Platform, parsePlatform } from '../image/platform.ts';
import { canonicalName, type Reference } from '../image/reference.ts';
import { safeText } from '../output/safe-text.ts';
import { UnexpectedAnswerError } from './answers.ts';
import type { Registry } from './client.ts';
import { type ImageConfiguration, parseConfiguration } from './image-configuration.ts';
import { type IndexEntry, type Manifest, UnsupportedManifestError } from './manifest.ts';
import type { ManifestHead } from './manifests.ts';

/** An image as its registry has it, for one platform. All digests are sha256 with their prefix. */
export interface RegistryImage {
  /** Of the manifest of this platform's image. */
  readonly manifestDigest: string;
  /** Of the index it was found in, or null where the tag names the image itself. */
  readonly indexDigest: string | null;
  readonly configDigest: string;
  /** In the manifest's order. */
  readonly layerDigests: readonly string[];
  readonly config: ImageConfiguration;
}

/** The registry has the image, but not for this platform. */
export class PlatformAbsentError extends JcdsError {
  constructor(subject: string, wanted: readonly Platform[], entries: readonly IndexEntry[]) {
    const offered = [...new Set(entries.flatMap(entry => (entry.platform ? [nameOf(entry.platform)] : [])))];
    super({
      code: 'PLATFORM_NOT_IN_REGISTRY',
      message: `${safeText(subject)} has no image for ${wanted.map(formatPlatform).join(' or ')}`,
      hint: offered.length > 0 ? `it has images for ${safeText(offered.join(', '))}` : undefined,
    });
  }
}

function nameOf(platform: NonNullable<IndexEntry['platform']>): string {
  return [platform.os, platform.architecture, platform.variant].filter(part => part !== null).join('/');
}

/**
 * The image behind a reference: its digest if it has one, else its tag; of an index the entry for the platform. `known`
 * is what a HEAD has told already. Throws PlatformAbsentError and whatever `registry` throws.
 */
export async function imageIn(
  registry: Registry,
  reference: Reference,
  platform: Platform,
  known?: ManifestHead,
): Promise<RegistryImage> {
  const { repository } = reference;
  const top = await registry.manifest(repository, placeOf(reference), known);
  const image = top.kind === 'image' ? top : await chosen(registry, reference, platform, top.entries);
  const bytes = await registry.blob(repository, image.config.digest);
  const config = parseConfiguration(bytes);
  if (config === null) throw new UnexpectedAnswerError(registry.name, 'config');
  return {
    manifestDigest: image.digest,
    indexDigest: top.kind === 'index' ? top.digest : null,
    configDigest: image.config.digest,
    layerDigests: image.layers.map(layer => layer.digest),
    config,
  };
}

/** What a registry is asked for: the digest of a reference before its tag. */
export function placeOf({ digest, tag }: Reference): string {
  return digest ?? tag ?? 'latest';
}

async function chosen(
  registry: Registry,
  reference: Reference,
  platform: Platform,
  entries: readonly IndexEntry[],
): Promise<Extract<Manifest, { kind: 'image' }>> {
  const entry = entryFor(entries, platform);
  if (entry === null) throw new PlatformAbsentError(canonicalName(reference), [platform], entries);
  const manifest = await registry.manifest(reference.repository, entry.digest);
  // An index within an index is allowed and not met; following it would need a bound of its own.
  if (manifest.kind === 'index')
    throw new UnsupportedManifestError(canonicalName(reference), [entry.mediaType]);
  return manifest;
}

/**
 * The entry for a platform: the same architecture and the highest variant that it can run (arm/v7 runs v6, amd64/v3 the
 * plain one). The only entry of an index is taken when it says no platform.
 */
export function entryFor(entries: readonly IndexEntry[], wanted: Platform): IndexEntry | null {
  if (entries.length === 1 && entries[0]!.platform === null) return entries[0]!;
  let best: { entry: IndexEntry; level: number } | null = null;
  for (const entry of entries) {
    const level = levelOf(entry, wanted);
    if (level !== null && (best === null || level > best.level)) best = { entry, level };
  }
  return best?.entry ?? null;
}

/** The number of the variant when the platform can run the entry (0: the plain one), or null. */
export function levelOf({ platform }: IndexEntry, wanted: Platform): number | null {
  if (platform?.os !== 'linux' || platform.architecture !== wanted.architecture) return null;
  const level = variantNumber(platform.architecture, platform.variant);
  return level <= variantNumber(wanted.architecture, wanted.variant) ? level : null;
}

function variantNumber(architecture: string, variant: string | null): number {
  if (variant !== null && !/^v[0-9]{1,2}$/.test(variant)) return Number.POSITIVE_INFINITY;
  const text = variant === null ? architecture : `${architecture}/${variant}`;
  return Number(parsePlatform(`linux/${text}`).variant?.slice(1) ?? 0);
}
