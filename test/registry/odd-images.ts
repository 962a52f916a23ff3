import {
  DOCKER_CONFIG,
  DOCKER_MANIFEST,
  descriptor,
  makeImage,
  makeIndex,
  OCI_CONFIG,
  OCI_INDEX,
  OCI_MANIFEST,
  type Stored,
  stored,
} from './images.ts';
import type { MemoryRegistry } from './memory-registry.ts';

/** Something that a registry has under a tag and no service can make a directory of; NAME is its name, HOST its registry. */
export interface OddImage {
  readonly what: string;
  readonly manifest: Stored;
  /** Everything else that the registry has of it. */
  readonly others: readonly Stored[];
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  /** What it had when it was pushed, and has lost since. */
  readonly lost?: readonly Stored[];
}

const EMPTY = stored({}, 'application/vnd.oci.empty.v1+json');

/** An artifact of one blob, as oras, helm, cosign, notation and syft push them. */
function artifact(
  configType: string,
  layerType: string,
  more: object = {},
): Pick<OddImage, 'manifest' | 'others'> {
  const config =
    configType === EMPTY.mediaType ? EMPTY : stored({ architecture: '', os: '', config: {} }, configType);
  const layer = stored(Buffer.from(`what ${layerType} is`), layerType);
  const manifest = stored(
    {
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      config: descriptor(config),
      layers: [descriptor(layer)],
      ...more,
    },
    OCI_MANIFEST,
  );
  return { manifest, others: [config, layer] };
}

function image(
  name: string,
  options: Parameters<typeof makeImage>[1] & { os?: string },
): Pick<OddImage, 'manifest' | 'others'> {
  const { os = 'linux', architecture = 'amd64' } = options;
  const config = stored(
    { architecture, os, config: {}, rootfs: { type: 'layers', diff_ids: [] } },
    DOCKER_CONFIG,
  );
  const { layers } = makeImage(name, { docker: true });
  const manifest = stored(
    {
      schemaVersion: 2,
      mediaType: DOCKER_MANIFEST,
      config: descriptor(config),
      layers: layers.map(descriptor),
    },
    DOCKER_MANIFEST,
  );
  return { manifest, others: [config, ...layers] };
}

const [amd64, arm64] = [makeImage('amd'), makeImage('arm', { architecture: 'arm64', variant: 'v8' })];
const partsOf = (one: typeof amd64): Stored[] => [one.manifest, one.config, ...one.layers];
const windows = stored(
  {
    schemaVersion: 2,
    mediaType: OCI_INDEX,
    manifests: [{ ...descriptor(amd64.manifest), platform: { os: 'windows', architecture: 'amd64' } }],
  },
  OCI_INDEX,
);
const nested = stored(
  {
    schemaVersion: 2,
    mediaType: OCI_INDEX,
    manifests: [{ ...descriptor(makeIndex([amd64])), platform: { os: 'linux', architecture: 'amd64' } }],
  },
  OCI_INDEX,
);

const UNPACKED = 'NAME is not an image that can be unpacked: it is';
const unsupported = (what: string, hint: string) => ({
  code: 'UNSUPPORTED_MANIFEST',
  message: `${UNPACKED} ${what}`,
  hint,
});
const absent = (offered: string) => ({
  code: 'PLATFORM_NOT_IN_REGISTRY',
  message: 'NAME has no image for linux/amd64',
  hint: `it has images for ${offered}`,
});
const incomplete = (part: string) => ({
  code: 'IMAGE_INCOMPLETE',
  message: `HOST has NAME, but not its ${part}`,
  hint: 'push the image again',
});
const SIF = 'application/vnd.sylabs.sif.config.v1+json';
const HELM = 'application/vnd.cncf.helm.config.v1+json';
const COSIGN = 'application/vnd.dev.cosign.simplesigning.v1+json';
const NOTATION = 'application/vnd.cncf.notary.signature';
const TAR = 'application/vnd.oci.image.layer.v1.tar+gzip';
const SIF_HINT = 'run it with apptainer itself (oras://NAME), or give the image that it was made from';

export const ODD_IMAGES: readonly OddImage[] = [
  {
    what: 'a SIF by oras',
    ...artifact(SIF, 'application/vnd.sylabs.sif.layer.v1.sif'),
    ...unsupported(`a SIF file (${SIF})`, SIF_HINT),
  },
  {
    what: 'a SIF by an older oras',
    ...artifact('application/vnd.unknown.config.v1+json', 'application/vnd.sylabs.sif.layer.v1.sif'),
    ...unsupported('a SIF file (application/vnd.unknown.config.v1+json)', SIF_HINT),
  },
  {
    what: 'a Helm chart',
    ...artifact(HELM, 'application/vnd.cncf.helm.chart.content.v1.tar+gzip'),
    ...unsupported(`a Helm chart (${HELM})`, 'give the name of an image that the chart uses'),
  },
  {
    what: 'an artifact with an empty configuration',
    ...artifact(EMPTY.mediaType, 'text/plain'),
    ...unsupported(
      `an artifact without the configuration of an image (${EMPTY.mediaType})`,
      'give the name of an image',
    ),
  },
  {
    what: 'a signature of cosign, with the configuration of an image',
    ...artifact(OCI_CONFIG, COSIGN),
    ...unsupported(`a signature (${COSIGN})`, 'give the name of the image that it signs'),
  },
  {
    what: 'a signature of notation',
    ...artifact(EMPTY.mediaType, 'application/jose+json', { artifactType: NOTATION }),
    ...unsupported(`a signature (${EMPTY.mediaType})`, 'give the name of the image that it signs'),
  },
  {
    what: 'an attestation of BuildKit',
    ...artifact(OCI_CONFIG, 'application/vnd.in-toto+json'),
    ...unsupported(
      'a statement about an image (application/vnd.in-toto+json)',
      'give the name of the image itself',
    ),
  },
  {
    what: 'encrypted layers',
    ...artifact(OCI_CONFIG, `${TAR}+encrypted`),
    ...unsupported(`an image with encrypted layers (${TAR}+encrypted)`, 'push it without encryption'),
  },
  {
    what: 'layers that stay with their maker',
    ...artifact(OCI_CONFIG, 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip'),
    ...unsupported(
      'an image with layers that no registry holds (application/vnd.docker.image.rootfs.foreign.diff.tar.gzip)',
      'push it with all its layers',
    ),
  },
  { what: 'arm64 only', ...image('arm', { architecture: 'arm64' }), ...absent('linux/arm64') },
  {
    what: 'an index for arm64 only',
    manifest: makeIndex([arm64]),
    others: partsOf(arm64),
    ...absent('linux/arm64/v8'),
  },
  { what: 'Windows only', ...image('windows', { os: 'windows' }), ...absent('windows/amd64') },
  {
    what: 'an index for Windows only',
    manifest: windows,
    others: partsOf(amd64),
    ...absent('windows/amd64'),
  },
  {
    what: 'an index whose image is gone',
    manifest: makeIndex([amd64]),
    others: [amd64.config, ...amd64.layers],
    lost: [amd64.manifest],
    ...incomplete(`manifest ${amd64.manifest.digest}`),
  },
  {
    what: 'a manifest whose configuration is gone',
    manifest: amd64.manifest,
    others: amd64.layers,
    lost: [amd64.config],
    ...incomplete(`configuration ${amd64.config.digest}`),
  },
  {
    what: 'an index within an index',
    manifest: nested,
    others: [makeIndex([amd64]), ...partsOf(amd64)],
    ...unsupported(`an index within an index (${OCI_INDEX})`, 'give the digest of one of its images'),
  },
  {
    what: "docker's first schema as text/plain",
    manifest: stored({ schemaVersion: 1, name: 'a/b', tag: '1', fsLayers: [], history: [] }, 'text/plain'),
    others: [],
    ...unsupported(
      "an image of docker's first schema (application/vnd.docker.distribution.manifest.v1+json)",
      'push it again with a newer docker',
    ),
  },
];

/** Puts it into a registry in memory. */
export function putOdd(
  memory: MemoryRegistry,
  repository: string,
  tag: string,
  { manifest, others }: OddImage,
): void {
  memory.tag(repository, tag, manifest);
  for (const other of others) {
    memory.blobs.set(other.digest, other);
    memory.manifests.set(`${repository} ${other.digest}`, other);
  }
}
