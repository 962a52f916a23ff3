import { makeTar, type TestEntry } from '../archive/make-tar.ts';
import { descriptor, OCI_CONFIG, OCI_MANIFEST, stored, type TestImage } from '../registry/images.ts';

const LAYER = 'application/vnd.oci.image.layer.v1.tar';

/** An image of one layer that can be unpacked, with these entries. */
export function treeImage(entries: readonly TestEntry[], architecture = 'amd64'): TestImage {
  const layers = [stored(makeTar(entries), LAYER)];
  const rootfs = { type: 'layers', diff_ids: layers.map(({ digest }) => digest) };
  const config = stored({ architecture, os: 'linux', config: {}, rootfs }, OCI_CONFIG);
  const content = {
    ...{ schemaVersion: 2, mediaType: OCI_MANIFEST },
    ...{ config: descriptor(config), layers: layers.map(descriptor) },
  };
  return { manifest: stored(content, OCI_MANIFEST), config, layers, platform: { os: 'linux', architecture } };
}

/** One that holds a file with this content. */
export const fileImage = (content: string) => treeImage([{ name: 'file', content }]);
