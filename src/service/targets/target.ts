import type { Contents } from '../records.ts';

/** A change of a published name: where its link leads from now on; null: it is taken away. */
export interface LinkChange {
  readonly path: string;
  readonly directory: string | null;
}

/** A name that could not be changed. */
export interface LinkFailure {
  readonly path: string;
  readonly text: string;
}

/**
 * Where a service publishes. A target knows directories of content, links and files of records; it knows no list, no registry and no plan. It throws
 * TargetUnusableError, and what the system says.
 */
export interface Target {
  /** For people, as it was named: `directory:/srv/repository`. */
  readonly shown: string;
  /** What is there now; an empty one where nothing was published yet. Changes nothing. */
  look(): Promise<Contents>;
  /**
   * Lets `use` change the repository, alone. What one that was killed has left is removed first. Throws SyncRunningError.
   * @param patience milliseconds to wait for another one
   */
  alone<T>(patience: number, use: (repository: OpenTarget) => Promise<T>): Promise<T>;
}

/** A target that nobody else changes meanwhile. */
export interface OpenTarget {
  look(): Promise<Contents>;
  /** Lets `make` work in a directory of this process alone, which is gone afterwards. */
  inWorkplace<T>(make: (workplace: string) => Promise<T>): Promise<T>;
  hasImage(directory: string): Promise<boolean>;
  /**
   * Puts a finished root filesystem, which was made in a workplace, into its place: all of it at once. Nothing is ever put into
   * a directory that is there already.
   */
  addImage(directory: string, rootfs: string): Promise<void>;
  /** Each change is whole or is not; one that fails stops no other. */
  changeLinks(changes: readonly LinkChange[]): Promise<readonly LinkFailure[]>;
  removeImages(directories: readonly string[]): Promise<void>;
  /** Writes files of records: each is the old one or the new one at any moment, and everybody may read it. */
  writeRecords(records: Iterable<readonly [file: string, text: string]>): Promise<void>;
}
