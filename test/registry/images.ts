import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';

export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const OCI_CONFIG = 'application/vnd.oci.image.config.v1+json';
export const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';
export const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
export const DOCKER_CONFIG = 'application/vnd.docker.container.image.v1+json';

/** Bytes with their type and digest, as a registry stores them. */
export interface Stored {
  readonly bytes: Buffer;
  readonly mediaType: string;
  readonly digest: string;
}

export function sha256(bytes: Buffer | string): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

export function stored(content: unknown, mediaType: string): Stored {
  const bytes = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content));
  return { bytes, mediaType, digest: sha256(bytes) };
}

export function descriptor({ bytes, mediaType, digest }: Stored): {
  mediaType: string;
  digest: string;
  size: number;
} {
  return { mediaType, digest, size: bytes.length };
}

/** An image of small layers; `name` makes its digests its own. */
export function makeImage(
  name: string,
  options: { docker?: boolean; architecture?: string; variant?: string; config?: unknown } = {},
) {
  const { docker = false, architecture = 'amd64', variant } = options;
  const layers = ['base', 'top'].map(part =>
    stored(
      gzipSync(`${name} ${part}`),
      docker
        ? 'application/vnd.docker.image.rootfs.diff.tar.gzip'
        : 'application/vnd.oci.image.layer.v1.tar+gzip',
    ),
  );
  const config = stored(
    {
      architecture,
      os: 'linux',
      ...(variant === undefined ? {} : { variant }),
      config: options.config ?? { Env: ['PATH=/usr/bin', `NAME=${name}`], Cmd: ['sh'] },
      rootfs: { type: 'layers', diff_ids: layers.map(layer => layer.digest) },
    },
    docker ? DOCKER_CONFIG : OCI_CONFIG,
  );
  const mediaType = docker ? DOCKER_MANIFEST : OCI_MANIFEST;
  const manifest = stored(
    { schemaVersion: 2, mediaType, config: descriptor(config), layers: layers.map(descriptor) },
    mediaType,
  );
  return {
    manifest,
    config,
    layers,
    platform: { os: 'linux', architecture, ...(variant === undefined ? {} : { variant }) },
  };
}

export type TestImage = ReturnType<typeof makeImage>;

export function makeIndex(images: readonly TestImage[], docker = false): Stored {
  const mediaType = docker ? DOCKER_LIST : OCI_INDEX;
  const manifests = images.map(({ manifest, platform }) => ({ ...descriptor(manifest), platform }));
  return stored({ schemaVersion: 2, mediaType, manifests }, mediaType);
}
