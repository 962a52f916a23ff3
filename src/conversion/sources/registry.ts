import type { Platform } from '../../image/platform.ts';
import { canonicalName, type Reference } from '../../image/reference.ts';
import { openRegistry, type Registry, type RegistryOptions } from '../../registry/client.ts';
import { placeOf } from '../../registry/image.ts';
import { type Descriptor, type Manifest, UnsupportedManifestError } from '../../registry/manifest.ts';
import { checkPlatform, chooseEntry } from '../choose-platform.ts';
import type { SourceImage } from '../source-image.ts';
import { fetchBlobs } from './fetched-blobs.ts';
import { checkLayerTypes, readConfiguration } from './image-of-manifest.ts';

/** Milliseconds in which all layers must have come; a connection that brings nothing for five minutes ends before. */
const LONGEST_PULL = 24 * 3600 * 1000;

/**
 * Lets `use` work on an image of a registry. Its layers are fetched three at a time from now on, ahead of who reads them, into `workplace`, and each is
 * proved by its digest before anything of it is read. Throws PlatformAbsentError, UnsupportedManifestError, ContentError, SourceError,
 * and the registry's own failures.
 * @param workplace a directory of this user's alone, with room for all layers as they are packed
 */
export async function withRegistryImage<T>(
  reference: Reference,
  platform: Platform,
  options: RegistryOptions,
  workplace: string,
  use: (image: SourceImage) => Promise<T>,
): Promise<T> {
  const found = await describe(reference, platform, options);
  const blobs = openRegistry(reference.registry, { ...options, timeout: LONGEST_PULL });
  const fetched = fetchBlobs(found.name, blobs, reference.repository, found.manifest.layers, workplace);
  try {
    const { manifest, ...image } = found;
    return await use({ ...image, layers: manifest.layers.map(layer => fetched.layerOf(layer)) });
  } finally {
    await blobs.close();
    await fetched.ended();
  }
}

interface Found extends Omit<SourceImage, 'layers'> {
  readonly manifest: Extract<Manifest, { kind: 'image' }>;
}

async function describe(reference: Reference, platform: Platform, options: RegistryOptions): Promise<Found> {
  const name = canonicalName(reference);
  const registry = openRegistry(reference.registry, options);
  try {
    const { repository } = reference;
    const top = await registry.manifest(repository, placeOf(reference));
    const manifest =
      top.kind === 'image' ? top : await chosen(name, registry, repository, top.entries, platform);
    checkLayerTypes(name, manifest);
    const bytes = await registry.blob(repository, manifest.config.digest);
    const { config, diffIds } = readConfiguration(name, bytes, manifest.layers.length);
    checkPlatform(name, config, platform);
    return {
      ...{ name, manifest, config, diffIds, manifestDigest: manifest.digest },
      indexDigest: top.kind === 'index' ? top.digest : null,
      configDigest: manifest.config.digest,
    };
  } finally {
    await registry.close();
  }
}

async function chosen(
  name: string,
  registry: Registry,
  repository: string,
  entries: Extract<Manifest, { kind: 'index' }>['entries'],
  platform: Platform,
): Promise<Extract<Manifest, { kind: 'image' }>> {
  const entry: Descriptor = chooseEntry(name, entries, platform);
  const manifest = await registry.manifest(repository, entry.digest);
  if (manifest.kind === 'index') throw new UnsupportedManifestError(name, [entry.mediaType]);
  return manifest;
}
