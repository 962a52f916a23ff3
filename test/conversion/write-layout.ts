import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a layout is to hold that an ordinary one would not; by default it is right. */
export interface LayoutChanges {
  readonly architecture?: string;
  /** In place of those of the layers. */
  readonly diffIds?: readonly string[];
  readonly mediaTypes?: readonly string[];
  readonly config?: Readonly<Record<string, unknown>>;
  readonly name?: string | null;
  readonly platform?: Readonly<Record<string, string>>;
  /** Archives that the layers unpack to, where they are compressed. */
  readonly unpacked?: readonly Buffer[];
}

const sum = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** Puts a blob into a layout; answers its descriptor. */
export function writeBlob(layout: string, bytes: Buffer, mediaType: string) {
  const hex = sum(bytes);
  mkdirSync(join(layout, 'blobs/sha256'), { recursive: true });
  writeFileSync(join(layout, 'blobs/sha256', hex), bytes);
  return { mediaType, digest: `sha256:${hex}`, size: bytes.length };
}

/** Writes manifest and configuration of an image; answers the descriptor of its manifest. */
export function writeImage(layout: string, layers: readonly Buffer[], changes: LayoutChanges = {}) {
  const { architecture = 'amd64', unpacked = layers, mediaTypes = [], name = 'latest', platform } = changes;
  const config = {
    architecture,
    os: 'linux',
    config: changes.config ?? {},
    rootfs: { type: 'layers', diff_ids: changes.diffIds ?? unpacked.map(bytes => `sha256:${sum(bytes)}`) },
  };
  const manifest = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: writeBlob(
      layout,
      Buffer.from(JSON.stringify(config)),
      'application/vnd.oci.image.config.v1+json',
    ),
    layers: layers.map((bytes, at) =>
      writeBlob(layout, bytes, mediaTypes[at] ?? 'application/vnd.oci.image.layer.v1.tar'),
    ),
  };
  return {
    ...writeBlob(layout, Buffer.from(JSON.stringify(manifest)), manifest.mediaType),
    ...(name === null ? {} : { annotations: { 'org.opencontainers.image.ref.name': name } }),
    ...(platform === undefined ? {} : { platform }),
  };
}

/** Writes index.json of a layout. */
export function writeIndex(layout: string, manifests: readonly object[]): void {
  mkdirSync(layout, { recursive: true });
  writeFileSync(join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  writeFileSync(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
}

/** A layout of one image with these layers. */
export function writeLayout(layout: string, layers: readonly Buffer[], changes: LayoutChanges = {}): void {
  writeIndex(layout, [writeImage(layout, layers, changes)]);
}
