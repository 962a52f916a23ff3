import { sha256Hex } from '../../image/digest.ts';
import type { Reference } from '../../image/reference.ts';
import { hasTag, parseEntryOfRegistry } from './entry.ts';
import type { ContentDigest, Layout } from './layout.ts';

/**
 * The layout of jcds' own store of local copies: `<registry>/<repository>:<tag>`, port included, or `…:sha256:<hex>` where
 * a digest was asked for; a relative link to `.images/<2>/<62>`, named after the manifest of the copy's platform. Two
 * registries with one name are two entries.
 */
const CONTENT = /^\.images\/([0-9a-f]{2})\/([0-9a-f]{62})$/;

function contentDigest(path: string): ContentDigest | null {
  const match = CONTENT.exec(path);
  return match && { kind: 'manifest', digest: `sha256:${match[1]}${match[2]}` };
}

/** The names of an image in a store, the one that says more first. */
export function storeNames({ registry, repository, tag, digest }: Reference): string[] {
  return [digest !== null && sha256Hex(digest) !== null ? digest : null, tag]
    .filter(end => end !== null)
    .map(end => `${registry}/${repository}:${end}`);
}

/** Where the content of a manifest's digest stands; `hex` has 64 digits. */
export function storeContent(hex: string): string {
  return `.images/${hex.slice(0, 2)}/${hex.slice(2)}`;
}

export const store: Layout = {
  name: 'store',
  dropsRegistry: false,
  hasAbsoluteLinks: false,
  asSpelled: () => null,
  candidates(reference) {
    const hex = reference.digest === null ? null : sha256Hex(reference.digest);
    return [...(hex === null ? [] : [storeContent(hex)]), ...storeNames(reference)];
  },
  parsePath(relativePath) {
    const content = contentDigest(relativePath);
    if (content) return { registry: null, repository: null, tag: null, digest: content.digest };
    return parseEntryOfRegistry(relativePath);
  },
  digestOf: contentDigest,
  proves({ digest }, targetRelativePath, entryRelativePath) {
    if (digest === null || contentDigest(targetRelativePath)?.digest === digest) return 'proven';
    const entry = entryRelativePath === undefined ? null : parseEntryOfRegistry(entryRelativePath);
    return entry?.digest === digest ? 'proven' : 'unproven';
  },
  // A colon in the root is a registry's port.
  isImageName: (name, depth) => depth > 0 && hasTag(name),
};
