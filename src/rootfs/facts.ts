/**
 * What jcds knows about an unpacked image, read once per real directory and remembered: the directory's name is
 * a hash of its content, so the facts can never be stale. Plain data (JSON) throughout.
 */
export interface ImageFacts {
  /** Version of this shape: a remembered record of another version is read anew. */
  readonly schema: 1;
  /** The real directory, absolute on this host. */
  readonly directory: string;
  readonly config: ImageConfig;
  /** Whether Apptainer silently drops the image's ENV file (unparsable quotes: facts measured with 1.4.5). */
  readonly environmentFileDropped: boolean;
  /**
   * Scripts that set variables besides the ENV file (%environment of a definition), in the order of their names, as far as they
   * hold more than comments. null: the text is too long.
   */
  readonly environmentScripts: readonly { readonly name: string; readonly text: string | null }[];
  /** What `.singularity.d` says the image was made from, or null without such a record. */
  readonly origin: { readonly bootstrap: string; readonly from: string } | null;
  /** OCI name of the architecture of the image's programs (amd64, arm64, …), or null when nothing tells. */
  readonly architecture: string | null;
  /** Whether /bin/sh can be executed in the image. */
  readonly hasShell: boolean;
  /** Which of the parts of `.singularity.d` that a runtime needs are missing; empty when complete, null without the directory. */
  readonly singularityMissing: readonly string[] | null;
  /**
   * Listings needed to build a root where mount points are missing: "/", "/etc", and what `listingsNeeded` in
   * runtimes/skeleton.ts asks for. A directory that cannot be read is an empty list.
   */
  readonly directories: Readonly<Record<string, readonly RootEntry[]>>;
  /** The image's own passwd and group files (at most 64 KiB each), or null when absent. */
  readonly passwd: string | null;
  readonly group: string | null;
}

/** One name in a directory of the image. */
export interface RootEntry {
  readonly name: string;
  readonly kind: 'directory' | 'file' | 'link' | 'other';
  /** Text of a link. */
  readonly target?: string;
}

/** The part of an OCI image's configuration that running needs. */
export interface ImageConfig {
  /** In order; a later value of a name wins. */
  readonly env: readonly (readonly [name: string, value: string])[];
  /** null: the image has none. A custom %runscript of a Singularity image counts as entrypoint `/.singularity.d/runscript`. */
  readonly entrypoint: readonly string[] | null;
  readonly cmd: readonly string[] | null;
  readonly workdir: string | null;
  readonly user: string | null;
  /** Where this was read: the docs and `-v` say it; `none` means the image lost its metadata (cvmfs#4208) or never had any. */
  readonly source: 'singularity.d' | 'config-json' | 'registry' | 'none';
}
