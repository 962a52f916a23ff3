import { createHash } from 'node:crypto';
import { sha256Hex } from '../image/digest.ts';

/** What the name of a published directory proves of the image in it. */
export interface PublishedIdentity {
  /**
   * `layers`: sha256 over the joined hex digests of the layers in order, or (`jcds sync`) the digest of the platform's manifest; `index`: the digest of
   * the index (both OSG and JINR, below `.images`); `config`: the digest of the configuration (CERN, below `.flat`).
   */
  readonly rule: 'layers' | 'index' | 'config';
  /** 64 lower-case hexadecimal digits. */
  readonly hash: string;
}

/** What the registry has now, as far as comparing needs it; `image` null where only the top digest was asked for. */
export type Upstream =
  | { readonly state: 'present'; readonly topDigest: string | null; readonly image: UpstreamImage | null }
  | { readonly state: 'absent' | 'private' | 'unknown'; readonly evidence: string };

/** The digests of RegistryImage that the rules need. */
export interface UpstreamImage {
  readonly manifestDigest: string;
  readonly indexDigest: string | null;
  readonly configDigest: string;
  readonly layerDigests: readonly string[];
}

/** How a publication stands to its registry. `unknown` is never a guess at the others. */
export interface Comparison {
  readonly state: 'current' | 'outdated' | 'removed' | 'unknown';
  /** One sentence for people. */
  readonly evidence: string;
}

const DIRECTORY = /(?:^|\/)\.(images|flat)\/(sha256:)?([0-9a-f]{2})\/([0-9a-f]+)\/?$/;

/**
 * What the real directory of a publication (absolute, or the text of its link) proves, or null where its name is no hash
 * of one of the rules. `.images/<2>/<rest>`, `.images/sha256:<2>/<rest>`, `.flat/<2>/<whole hash>`.
 */
export function publishedIdentity(target: string): PublishedIdentity | null {
  const [, room, prefix, two, rest] = DIRECTORY.exec(target) ?? [];
  if (two === undefined || rest === undefined) return null;
  const hash = room === 'images' ? two + rest : rest;
  if (hash.length !== 64 || !hash.startsWith(two)) return null;
  if (room === 'flat') return prefix === undefined ? { rule: 'config', hash } : null;
  return { rule: prefix === undefined ? 'layers' : 'index', hash };
}

/** OSG's name of an image: sha256 over the hex digests of its layers, joined in the manifest's order. */
export function layersHash(layerDigests: readonly string[]): string {
  const hash = createHash('sha256');
  for (const digest of layerDigests) hash.update(digest.slice(digest.indexOf(':') + 1));
  return hash.digest('hex');
}

/** Compares what is published with what the registry has, by the rule of the layout. Pure. */
export function compareWithUpstream(identity: PublishedIdentity | null, upstream: Upstream): Comparison {
  switch (upstream.state) {
    case 'absent':
      return { state: 'removed', evidence: upstream.evidence };
    case 'private':
    case 'unknown':
      return { state: 'unknown', evidence: upstream.evidence };
    case 'present':
      return identity === null ? NO_IDENTITY : compareDigests(identity, upstream);
    default:
      return upstream satisfies never;
  }
}

const NO_IDENTITY: Comparison = {
  state: 'unknown',
  evidence: 'the name of the published directory does not tell which image it was made from',
};

const NOT_TOLD: Comparison = { state: 'unknown', evidence: 'the registry does not tell enough to compare' };

function compareDigests(
  { rule, hash }: PublishedIdentity,
  { topDigest, image }: Extract<Upstream, { state: 'present' }>,
): Comparison {
  const index = image === null ? topDigest : image.indexDigest;
  switch (rule) {
    case 'index':
      if (index !== null) return verdict('index', hash, sha256Hex(index));
      return image === null ? NOT_TOLD : verdict('layers', hash, layersHash(image.layerDigests));
    case 'layers':
      // No sum over layers is equal to the digest of a manifest.
      if ([topDigest, image?.manifestDigest].includes(`sha256:${hash}`))
        return verdict('manifest', hash, hash);
      // An index whose image for this platform has the same layers is the same content under the older name.
      return image === null ? NOT_TOLD : verdict('layers', hash, layersHash(image.layerDigests));
    case 'config':
      return image === null ? NOT_TOLD : verdict('config', hash, sha256Hex(image.configDigest));
    default:
      return rule satisfies never;
  }
}

const NAMES: Readonly<Record<PublishedIdentity['rule'] | 'manifest', string>> = {
  manifest: 'manifest',
  index: 'index',
  layers: 'hash of the layers',
  config: 'configuration',
};

function verdict(rule: keyof typeof NAMES, published: string, now: string | null): Comparison {
  if (now === null) return NOT_TOLD;
  return now === published
    ? { state: 'current', evidence: `the ${NAMES[rule]} is ${now} here and in the registry` }
    : {
        state: 'outdated',
        evidence: `published is ${published}, the ${NAMES[rule]} in the registry is ${now}`,
      };
}
