/** What is left out of an image, or made otherwise than it says, each with the words for it. */
export const REMARKS = {
  device: ['left out', 'device files, which only root can make'],
  attribute: ['left out', 'extended attributes, which no image on CVMFS has'],
  aufs: ['left out', 'leavings of AUFS'],
  fifo: ['left out', 'named pipes, which this host cannot make'],
  'upward-name': ['repaired', 'names with "..", which lead no further than the root'],
  'special-bits': ['repaired', 'setuid and setgid bits, which would give the rights of whoever unpacks'],
  'closed-mode': ['repaired', 'modes that would not even let their owner read, write or remove'],
  'file-as-directory': ['repaired', 'files that had to become directories'],
  'copied-link': ['repaired', 'hard links that this file system does not take, copied'],
  variable: ['left out', 'environment variables that no shell can set'],
} as const satisfies Record<string, readonly ['left out' | 'repaired', string]>;

export type Remark = keyof typeof REMARKS;

/** How often, and the first paths, one character a byte. */
export interface Remarked {
  count: number;
  readonly examples: string[];
}

/** Counts what was left out and repaired. */
export interface Tally {
  note(remark: Remark, path: string, times?: number): void;
  readonly counts: ReadonlyMap<Remark, Remarked>;
}

const MOST_EXAMPLES = 10;

export function newTally(): Tally {
  const counts = new Map<Remark, Remarked>();
  return {
    counts,
    note(remark, path, times = 1) {
      const known = counts.get(remark) ?? { count: 0, examples: [] };
      counts.set(remark, known);
      known.count += times;
      if (known.examples.length < MOST_EXAMPLES) known.examples.push(path);
    },
  };
}
