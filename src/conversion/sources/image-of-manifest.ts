import { sha256Hex } from '../../image/digest.ts';
import { isTreeLayer } from '../../registry/artifacts.ts';
import { type ImageConfiguration, parseConfiguration } from '../../registry/image-configuration.ts';
import { objectOf, parseObject } from '../../registry/json.ts';
import { type Manifest, UnsupportedManifestError } from '../../registry/manifest.ts';
import { ContentError, SourceError } from '../errors.ts';

type ImageManifest = Extract<Manifest, { kind: 'image' }>;

/** Throws UnsupportedManifestError for layers that are no trees of files: encrypted ones, foreign ones, other artifacts. */
export function checkLayerTypes(subject: string, { layers }: ImageManifest): void {
  const odd = layers.filter(({ mediaType }) => !isTreeLayer(mediaType));
  if (odd.length === 0) return;
  throw new UnsupportedManifestError(
    subject,
    odd.map(({ mediaType }) => mediaType),
  );
}

/** What a configuration says, and what its layers unpack to. */
export interface ReadConfiguration {
  readonly config: ImageConfiguration;
  readonly diffIds: readonly string[];
}

/**
 * Reads the configuration of an image with so many layers; `empty_layer` lines of its history count for nothing. Throws SourceError for
 * what is none, ContentError where it speaks of more or fewer layers.
 */
export function readConfiguration(subject: string, bytes: Buffer, layers: number): ReadConfiguration {
  const config = parseConfiguration(bytes);
  const diffIds = objectOf(parseObject(bytes)?.rootfs)?.diff_ids;
  const areDigests =
    Array.isArray(diffIds) && diffIds.every(id => typeof id === 'string' && sha256Hex(id) !== null);
  if (config === null || !areDigests)
    throw new SourceError(subject, 'has a configuration that is not that of an image');
  if (diffIds.length !== layers)
    throw new ContentError(
      subject,
      'the configuration',
      `speaks of ${diffIds.length} layers, and there are ${layers}`,
    );
  return { config, diffIds };
}
