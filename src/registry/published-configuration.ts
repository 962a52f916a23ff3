import { isJcdsError } from '../errors.ts';
import type { Platform } from '../image/platform.ts';
import type { Reference } from '../image/reference.ts';
import type { Registry, RegistryOptions } from './client.ts';
import { layersHash, type PublishedIdentity } from './compare.ts';
import { imageIn } from './image.ts';
import { type ImageConfiguration, parseConfiguration } from './image-configuration.ts';
import { withRegistry } from './presence.ts';

/** What the registry says of the very image that is published, or why it does not. */
export type PublishedConfiguration =
  | { readonly state: 'known'; readonly config: ImageConfiguration }
  | { readonly state: 'unknown'; readonly reason: string };

/**
 * The configuration of a published image, from its registry: of exactly that image, whatever its tag names by now. By
 * the configuration's or the index' own digest where the directory is named after it; else the tag's, when it has the
 * same layers still. Whatever goes wrong with the registry is an answer.
 */
export async function publishedConfiguration(
  reference: Reference,
  identity: PublishedIdentity,
  platform: Platform,
  options: RegistryOptions,
): Promise<PublishedConfiguration> {
  try {
    return await withRegistry(reference.registry, options, registry =>
      configurationIn(registry, reference, identity, platform),
    );
  } catch (thrown) {
    if (!isJcdsError(thrown)) throw thrown;
    return { state: 'unknown', reason: thrown.message };
  }
}

async function configurationIn(
  registry: Registry,
  reference: Reference,
  { rule, hash }: PublishedIdentity,
  platform: Platform,
): Promise<PublishedConfiguration> {
  const digest = `sha256:${hash}`;
  switch (rule) {
    case 'config': {
      const config = parseConfiguration(await registry.blob(reference.repository, digest));
      return config === null
        ? { state: 'unknown', reason: `${registry.name} has no configuration under ${digest}` }
        : { state: 'known', config };
    }
    case 'index': {
      const image = await imageIn(registry, { ...reference, tag: null, digest }, platform);
      return { state: 'known', config: image.config };
    }
    case 'layers': {
      const image = await imageIn(registry, reference, platform);
      return layersHash(image.layerDigests) === hash
        ? { state: 'known', config: image.config }
        : { state: 'unknown', reason: `${registry.name} has another image under this name by now` };
    }
    default:
      return rule satisfies never;
  }
}
