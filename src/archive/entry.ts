/** What an entry of an archive is. */
export type EntryType = 'file' | 'hard-link' | 'symlink' | 'directory' | 'fifo' | 'device';

/** One entry of an archive as it is meant. Texts have one character a byte, and are as hostile as whoever made it. */
export interface Entry {
  readonly type: EntryType;
  readonly path: string;
  /** Of a link. */
  readonly target: string;
  /** Permissions with setuid, setgid and sticky. */
  readonly mode: number;
  /** Seconds since 1970, with their fraction. */
  readonly mtime: number;
  /** Bytes of a file, its holes included; 0 for everything else. */
  readonly size: number;
  /** How many extended attributes it has; none of them is read. */
  readonly attributes: number;
  /** Where its data begins in the archive. */
  readonly dataAt: number;
}
