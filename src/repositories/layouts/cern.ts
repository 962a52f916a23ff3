import { sha256Hex } from '../../image/digest.ts';
import type { Platform } from '../../image/platform.ts';
import { type Reference, spelledName } from '../../image/reference.ts';
import { DOCKER_HUB } from '../../image/registry.ts';
import { hasTag, parseEntryOfRegistry } from './entry.ts';
import type { ContentDigest, Layout, PathName } from './layout.ts';

/**
 * CERN's layout (DUCC): `<registry>/<repository>:<tag>` or `…:sha256:<hex>`, the registry as the wishlist
 * spells it, port included; a relative link to `.flat/<2>/<64>`, named after the image's configuration.
 * An image for several platforms stands under `.multiarch/<architecture>/` too.
 */
const CONTENT = /^\.flat\/([0-9a-f]{2})\/(\1[0-9a-f]{62})$/;
const MULTIARCH = /^\.multiarch\/[a-z0-9_]+(?::v[0-9]+)?\//;
/** How the wishlist spells Docker Hub. */
const HUB_DIRECTORY = 'registry.hub.docker.com';

function contentDigest(path: string): ContentDigest | null {
  const hex = CONTENT.exec(path)?.[2];
  return hex === undefined ? null : { kind: 'config', digest: `sha256:${hex}` };
}

/** `.multiarch`'s word for a platform: `amd64`, `arm64:v8`. */
function architectureDirectory({ architecture, variant }: Platform): string {
  return variant === null ? architecture : `${architecture}:${variant}`;
}

/** The name by another of Docker Hub's, where that was typed: an old list may have spelled it so. null: it is no such name. */
function otherHubName(reference: Reference): string | null {
  const { registry, registryTyped, registrySpelled } = reference;
  const isOther = registry === DOCKER_HUB && registryTyped && registrySpelled !== HUB_DIRECTORY;
  return isOther ? spelledName(reference) : null;
}

/** What stands behind a name: the digest, which says more, before the tag. */
function endsOf({ tag, digest }: Reference): string[] {
  return [digest !== null && sha256Hex(digest) !== null ? digest : null, tag].filter(end => end !== null);
}

function publicNames(reference: Reference): string[] {
  const { registry, repository } = reference;
  const image = `${registry === DOCKER_HUB ? HUB_DIRECTORY : registry}/${repository}`;
  const spelled = cern.asSpelled(reference);
  return endsOf(reference).flatMap(end => [
    ...(spelled?.endsWith(`:${end}`) === true ? [spelled] : []),
    `${image}:${end}`,
  ]);
}

function parseName(relativePath: string): PathName | null {
  return parseEntryOfRegistry(relativePath.replace(MULTIARCH, ''));
}

export const cern: Layout = {
  name: 'cern',
  dropsRegistry: false,
  hasAbsoluteLinks: false,
  asSpelled: reference => {
    const [name, end] = [otherHubName(reference), endsOf(reference).at(-1)];
    return name === null || end === undefined ? null : `${name}:${end}`;
  },
  candidates(reference, platform) {
    const names = publicNames(reference);
    const architecture = platform && architectureDirectory(platform);
    const hex = reference.digest === null ? null : sha256Hex(reference.digest);
    return [
      // A configuration's digest is of one platform already.
      ...(hex === null ? [] : [`.flat/${hex.slice(0, 2)}/${hex}`]),
      ...(architecture === null ? [] : names.map(name => `.multiarch/${architecture}/${name}`)),
      ...names,
    ];
  },
  parsePath(relativePath) {
    const content = contentDigest(relativePath);
    if (content) return { registry: null, repository: null, tag: null, digest: content.digest };
    return parseName(relativePath);
  },
  digestOf: contentDigest,
  proves({ digest }, targetRelativePath, entryRelativePath) {
    if (digest === null) return 'proven';
    if (contentDigest(targetRelativePath)?.digest === digest) return 'proven';
    const entry = entryRelativePath === undefined ? null : parseName(entryRelativePath);
    if (!entry || entry.digest === null) return 'unproven';
    return entry.digest === digest ? 'proven' : 'contradicted';
  },
  // A colon in the root is a registry's port: gitlab-p4n.aip.de:5005.
  isImageName: (name, depth) => depth > 0 && hasTag(name),
};
