/** What makes an archive one that cannot be unpacked: a sentence's end, such as `ends inside a file`. Whoever reads it says of which. */
export class ArchiveFault extends Error {
  /** The path of the entry that is at fault, one character a byte, or null before the first. */
  readonly entry: string | null;

  constructor(reason: string, entry: string | null = null) {
    super(reason);
    this.entry = entry;
  }
}

/** By its shape: each bundle may carry a class of its own. */
export function isArchiveFault(thrown: unknown): thrown is ArchiveFault {
  return thrown instanceof Error && 'entry' in thrown;
}
