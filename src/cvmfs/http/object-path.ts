import { type ContentHash, formatContentHash } from './hash.ts';

/** What an object is: part of its name on the server, so that a catalog can never pass for a certificate. */
export type ObjectSuffix = 'C' | 'H' | 'X' | 'M' | 'P' | '';

/** Where an object lies under the repository's URL: `data/<2 hex>/<rest><-algorithm><suffix>`. */
export function objectPath(hash: ContentHash, suffix: ObjectSuffix): string {
  return `data/${objectName(hash, suffix)}`;
}

/** The part below `data/`, also the object's name in the cache. */
export function objectName(hash: ContentHash, suffix: ObjectSuffix): string {
  const text = formatContentHash(hash);
  return `${text.slice(0, 2)}/${text.slice(2)}${suffix}`;
}

/** Where the root catalog and the certificate lie too, when the manifest says `A` yes: outside the guarded `data/`. */
export function alternativePath(hash: ContentHash, suffix: ObjectSuffix): string {
  return `.cvmfsalt-${formatContentHash(hash)}${suffix}`;
}
