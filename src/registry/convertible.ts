import { isJcdsError, JcdsError } from '../errors.ts';
import { isThisHost } from '../http/this-host.ts';
import { parsePlatform } from '../image/platform.ts';
import { canonicalName, type Reference } from '../image/reference.ts';
import { safeText } from '../output/safe-text.ts';
import { registryAddress } from './address.ts';
import { isTreeLayer } from './artifacts.ts';
import type { Registry, RegistryOptions } from './client.ts';
import { entryFor, PlatformAbsentError, placeOf } from './image.ts';
import { parseConfiguration } from './image-configuration.ts';
import { type IndexEntry, type Manifest, UnsupportedManifestError } from './manifest.ts';
import { withRegistry } from './presence.ts';

/** A registry on this very host, which no service can reach. */
export class RegistryOfThisHostError extends JcdsError {
  constructor(registry: string) {
    super({
      code: 'REGISTRY_OF_THIS_HOST',
      message: `${safeText(registry, 100)} is this host itself, and no service can pull from there`,
      hint: 'push the image to a registry that the service can reach, and ask for that name',
    });
  }
}

/** The tag is there, and a part that it leads to is not: a push that broke off, or a clean-up that took too much. */
export class IncompleteImageError extends JcdsError {
  constructor(reference: Reference, registry: string, part: 'manifest' | 'configuration', digest: string) {
    super({
      code: 'IMAGE_INCOMPLETE',
      message: `${safeText(registry, 100)} has ${safeText(canonicalName(reference))}, but not its ${part} ${safeText(digest, 100)}`,
      hint: 'push the image again',
    });
  }
}

/** Throws RegistryOfThisHostError for the name of an image that nobody else can mean; asks nothing. */
export function refuseThisHost({ registry }: Reference): void {
  const { name, origin } = registryAddress(registry);
  if (isThisHost(origin.hostname)) throw new RegistryOfThisHostError(name);
}

/**
 * Makes sure that a service can make a directory of an image: that its manifest, that of the first of these architectures which it has
 * (Go's words), and the configuration are there and those of an image for Linux, made of layers that can be unpacked.
 * Answers how many bytes its layers have as they are stored. Throws IncompleteImageError, PlatformAbsentError, UnsupportedManifestError, and the
 * registry's own failures.
 */
export async function checkConvertible(
  reference: Reference,
  architectures: readonly string[],
  options: RegistryOptions,
): Promise<number> {
  return withRegistry(reference.registry, options, registry => check(registry, reference, architectures));
}

async function check(
  registry: Registry,
  reference: Reference,
  architectures: readonly string[],
): Promise<number> {
  const subject = canonicalName(reference);
  const top = await registry.manifest(reference.repository, placeOf(reference));
  const image = top.kind === 'image' ? top : await chosen(registry, reference, top.entries, architectures);
  const odd = image.layers.filter(({ mediaType }) => !isTreeLayer(mediaType));
  if (odd.length > 0)
    throw new UnsupportedManifestError(
      subject,
      odd.map(({ mediaType }) => mediaType),
    );
  const { digest } = image.config;
  const bytes = await partOf(reference, registry, 'configuration', digest, () =>
    registry.blob(reference.repository, digest),
  );
  const config = parseConfiguration(bytes);
  if (config === null) throw new UnsupportedManifestError(subject, [image.config.mediaType]);
  const { os, architecture } = config;
  if (os !== 'linux' || !architectures.includes(architecture))
    throw new PlatformAbsentError(subject, wanted(architectures), [
      { ...image.config, platform: { os, architecture, variant: null } },
    ]);
  return image.layers.reduce((sum, { size }) => sum + size, 0);
}

async function chosen(
  registry: Registry,
  reference: Reference,
  entries: readonly IndexEntry[],
  architectures: readonly string[],
): Promise<Extract<Manifest, { kind: 'image' }>> {
  const subject = canonicalName(reference);
  const entry = wanted(architectures)
    .map(platform => entryFor(entries, platform))
    .find(found => found !== null);
  if (!entry) throw new PlatformAbsentError(subject, wanted(architectures), entries);
  const manifest = await partOf(reference, registry, 'manifest', entry.digest, () =>
    registry.manifest(reference.repository, entry.digest),
  );
  if (manifest.kind === 'index') throw new UnsupportedManifestError(subject, [entry.mediaType]);
  return manifest;
}

function wanted(architectures: readonly string[]) {
  return architectures.map(parsePlatform);
}

/** A part of what is known to be there: a "no" means that it is missing, whatever the registry calls it. */
async function partOf<T>(
  reference: Reference,
  { name }: Registry,
  part: 'manifest' | 'configuration',
  digest: string,
  read: () => Promise<T>,
): Promise<T> {
  try {
    return await read();
  } catch (thrown) {
    if (!isJcdsError(thrown) || thrown.code !== 'NOT_IN_REGISTRY') throw thrown;
    throw new IncompleteImageError(reference, name, part, digest);
  }
}
