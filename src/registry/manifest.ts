import { JcdsError } from '../errors.ts';
import { sha256Hex } from '../image/digest.ts';
import { safeText } from '../output/safe-text.ts';
import { artifactOf } from './artifacts.ts';
import { objectOf, parseObject } from './json.ts';

const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';
const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
const INDEXES: readonly string[] = [OCI_INDEX, DOCKER_LIST];
const IMAGES: readonly string[] = [OCI_MANIFEST, DOCKER_MANIFEST];
const CONFIGS: ReadonlySet<string> = new Set([
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
]);

/** What jcds can read, for the Accept field. */
export const ACCEPTED = [...INDEXES, ...IMAGES].join(', ');

/** A piece of content in the registry. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** One entry of an index; the platform is null where the index does not say it. */
export interface IndexEntry extends Descriptor {
  readonly platform: {
    readonly os: string;
    readonly architecture: string;
    readonly variant: string | null;
  } | null;
}

/** An OCI index or a docker manifest list, or an OCI or docker (schema 2) manifest of one image. */
export type Manifest =
  | { readonly kind: 'index'; readonly digest: string; readonly entries: readonly IndexEntry[] }
  | {
      readonly kind: 'image';
      readonly digest: string;
      readonly config: Descriptor;
      readonly layers: readonly Descriptor[];
    };

/** A manifest of a kind that names no image, or of docker's first schema. */
export class UnsupportedManifestError extends JcdsError {
  /** @param types that the manifest names, the most telling first */
  constructor(subject: string, types: readonly string[]) {
    const { what, hint } = artifactOf(types);
    const [type = ''] = types;
    super({
      code: 'UNSUPPORTED_MANIFEST',
      message: `${safeText(subject)} is not an image that can be unpacked: it is ${what}${type === '' ? '' : ` (${safeText(type, 100)})`}`,
      hint,
    });
  }
}

/** Of the first schema when its text says so, whatever type it is sent with. */
const SCHEMA_1 = 'application/vnd.docker.distribution.manifest.v1+json';

/** What a media type says: a manifest that jcds reads, one that it does not, or nothing. */
export function kindOf(mediaType: string): 'index' | 'image' | 'other' | 'unsaid' {
  if (INDEXES.includes(mediaType)) return 'index';
  if (IMAGES.includes(mediaType)) return 'image';
  return mediaType.startsWith('application/vnd.') ? 'other' : 'unsaid';
}

/**
 * Reads a manifest. The Content-Type of the answer, `mediaType` in the text and its members must agree (a text that is
 * both an index and an image has two meanings: CVE-2021-41190). Returns null for what is no manifest.
 * Throws UnsupportedManifestError.
 */
export function parseManifest(
  bytes: Buffer,
  contentType: string,
  digest: string,
  subject: string,
): Manifest | null {
  const fields = parseObject(bytes);
  if (fields === null) return null;
  const inside = typeof fields.mediaType === 'string' ? fields.mediaType : '';
  const said = new Set([kindOf(contentType), kindOf(inside)].filter(kind => kind !== 'unsaid'));
  if (said.has('other'))
    throw new UnsupportedManifestError(subject, [kindOf(contentType) === 'other' ? contentType : inside]);
  if (fields.schemaVersion === 1) throw new UnsupportedManifestError(subject, [SCHEMA_1]);
  if (said.size > 1 || ('manifests' in fields && ('layers' in fields || 'config' in fields))) return null;
  const kind = [...said][0] ?? ('manifests' in fields ? 'index' : 'image');
  return kind === 'index' ? indexOf(fields, digest) : imageOf(fields, digest, subject);
}

type Fields = Readonly<Record<string, unknown>>;

function indexOf(fields: Fields, digest: string): Manifest | null {
  const entries = Array.isArray(fields.manifests) ? fields.manifests.map(entryOf) : [null];
  return entries.every(entry => entry !== null) ? { kind: 'index', digest, entries } : null;
}

function entryOf(value: unknown): IndexEntry | null {
  const descriptor = descriptorOf(value);
  const platform = objectOf(objectOf(value)?.platform);
  if (descriptor === null) return null;
  if (typeof platform?.os !== 'string' || typeof platform.architecture !== 'string')
    return { ...descriptor, platform: null };
  const variant = typeof platform.variant === 'string' && platform.variant !== '' ? platform.variant : null;
  return { ...descriptor, platform: { os: platform.os, architecture: platform.architecture, variant } };
}

function imageOf(fields: Fields, digest: string, subject: string): Manifest | null {
  const config = descriptorOf(fields.config);
  const layers = Array.isArray(fields.layers) ? fields.layers.map(descriptorOf) : [null];
  if (config === null || !layers.every(layer => layer !== null)) return null;
  if (!CONFIGS.has(config.mediaType))
    throw new UnsupportedManifestError(subject, [
      config.mediaType,
      ...(typeof fields.artifactType === 'string' ? [fields.artifactType] : []),
      ...layers.map(({ mediaType }) => mediaType),
    ]);
  return { kind: 'image', digest, config, layers };
}

/** Only sha256 is taken: it is what every registry uses and what the layouts on CVMFS can be compared with. */
function descriptorOf(value: unknown): Descriptor | null {
  const { mediaType, digest, size } = objectOf(value) ?? {};
  if (typeof mediaType !== 'string' || typeof digest !== 'string' || sha256Hex(digest) === null) return null;
  return typeof size === 'number' && Number.isSafeInteger(size) && size >= 0
    ? { mediaType, digest, size }
    : null;
}
