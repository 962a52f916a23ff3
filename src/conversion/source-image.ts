import type { ImageConfiguration } from '../registry/image-configuration.ts';

/** A layer as it is stored. */
export interface SourceLayer {
  /** What it is called in messages: its digest, or its file. */
  readonly name: string;
  /** Bytes as they are stored, for progress and limits. */
  readonly size: number;
  /**
   * Makes sure that its bytes are those that its digest and size say, before anything of them is read otherwise. Throws ContentError and what
   * reading throws.
   */
  prove(): Promise<void>;
  /** Its bytes as they are stored. Only after `prove`. */
  content(): AsyncIterable<Buffer>;
}

/** An image of one platform, ready to be converted, wherever it comes from. */
export interface SourceImage {
  /** For people and for the record: `docker.io/library/debian:12`, `oci:dir:name`. */
  readonly name: string;
  /** sha256 of the manifest of this platform, or null where the source has none (docker-archive). */
  readonly manifestDigest: string | null;
  /** Of the index that it was found in. */
  readonly indexDigest: string | null;
  readonly configDigest: string;
  readonly config: ImageConfiguration;
  /** Digests of the layers unpacked, in order: as many as there are layers. */
  readonly diffIds: readonly string[];
  readonly layers: readonly SourceLayer[];
}

/** Lets `use` work on the image that a source holds, and lets go of it then. */
export type WithImage = <T>(use: (image: SourceImage) => Promise<T>) => Promise<T>;
