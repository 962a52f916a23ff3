import type { Platform } from '../../image/platform.ts';
import type { Reference } from '../../image/reference.ts';

export type LayoutName = 'osg' | 'cern' | 'files' | 'store';

/** What a path says of the image at it. All null: a directory of contents that names nothing. */
export interface PathName {
  /** Normalised; null where the layout drops it. */
  registry: string | null;
  repository: string | null;
  tag: string | null;
  /** Of the index or the manifest, as a registry knows it; or of the configuration, in CERN's `.flat`. */
  digest: string | null;
}

/** What a directory of contents is named after: always `sha256:` and 64 digits. */
export interface ContentDigest {
  /**
   * `config`: the image's configuration; `index`: the multi-platform index in the registry;
   * `layers`: OSG's own sum over the layers' digests, which no registry knows; `manifest`: that of the image's own platform.
   */
  kind: 'config' | 'index' | 'layers' | 'manifest';
  digest: string;
}

export type Proof = 'proven' | 'unproven' | 'contradicted';

/** One directory layout. Every path is relative to the repository's root, without `.`, `..` or slashes at its ends. */
export interface Layout {
  readonly name: LayoutName;
  /** Whether equal names from two registries share a path. */
  readonly dropsRegistry: boolean;
  /** Whether its links are absolute, so that they lead below /cvmfs wherever the repository is mounted. */
  readonly hasAbsoluteLinks: boolean;
  /**
   * The path that is spelled as the reference is, where the layout makes another one of it; null: it makes the same. A
   * name that `list` prints leads to its own path, so this one goes before what the layout makes of it.
   */
  asSpelled(reference: Reference): string | null;
  /**
   * Where the image may stand, best first, `asSpelled` among them. A platform is given only when one was asked for; a path that does not
   * carry it still stands last, so that the image's own architecture decides.
   */
  candidates(reference: Reference, platform: Platform | null): string[];
  /** What a path to an image says of it; null when no image stands there by this layout's rules. */
  parsePath(relativePath: string): PathName | null;
  /** What the place where a link ends is named after; null when nothing. */
  digestOf(targetRelativePath: string): ContentDigest | null;
  /**
   * Whether the place where a link ends holds the digest that the reference asks for. Without a digest there is
   * nothing to prove. Another digest there contradicts nothing: one image has several (index, manifest,
   * configuration). `entryRelativePath` is where the search began; CERN's entries may name a digest.
   */
  proves(reference: Reference, targetRelativePath: string, entryRelativePath?: string): Proof;
  /** Whether a directory entry is an image, and so never descended into; depth 0 is the repository's root. */
  isImageName(name: string, depth: number): boolean;
}
