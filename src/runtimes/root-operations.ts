/** What has to be put into the new root itself, before anything is mounted on it. Parents come first. */
export type RootOperation =
  | { readonly kind: 'directory' | 'file'; readonly at: string }
  | { readonly kind: 'link'; readonly at: string; readonly target: string }
  /** An entry of the image, shown read-only; `from`: another place in the image, which a link at this one leads to. */
  | {
      readonly kind: 'entry';
      readonly at: string;
      readonly of: 'directory' | 'file';
      readonly from?: string;
    }
  /** A directory of the image with very many entries: as a whole, with a layer over it in which places are made. */
  | { readonly kind: 'layer'; readonly at: string; readonly from?: string; readonly entries: number };

/** All that is made or mounted at and below one place, shown once more at a link's. */
export interface Again {
  readonly kind: 'again';
  readonly at: string;
  readonly as: string;
  readonly of: 'directory' | 'file';
}

/** Where a path leads in the image. */
export interface RealPlace {
  readonly at: string;
  /** What was placed above it decides what is there; null: the image does. */
  readonly below: string | null;
}
