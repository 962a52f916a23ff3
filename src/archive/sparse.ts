import { ArchiveFault } from './fault.ts';
import { BLOCK } from './tar-header.ts';

/** So many bytes of data at this place of the file; between the runs are holes. */
export interface Run {
  readonly offset: number;
  readonly length: number;
}

/** The most runs of one file: what 1 MiB of headers can hold. */
const MOST_RUNS = 200_000;

/** Runs out of offset, length, offset, length, …. Throws ArchiveFault. */
export function pairs(words: readonly string[]): Run[] {
  if (words.length % 2 !== 0 || words.length / 2 > MOST_RUNS) throw badMap();
  const numbers = words.map(wholeNumber);
  return Array.from({ length: numbers.length / 2 }, (_, index) => ({
    offset: numbers[2 * index]!,
    length: numbers[2 * index + 1]!,
  }));
}

/**
 * Throws ArchiveFault unless the runs go forward, end within the file, and hold exactly the data that follows.
 * @param realSize of the file with its holes
 * @param size of the data
 */
export function checkRuns(runs: readonly Run[], realSize: number, size: number): void {
  let [end, data] = [0, 0];
  for (const { offset, length } of runs) {
    if (offset < end) throw badMap();
    end = offset + length;
    data += length;
    if (end > realSize) throw badMap();
  }
  if (data !== size) throw badMap();
}

/** Takes the blocks of a map that stands before the data; answers the runs with the last of them, and null until then. */
export type MapReader = (block: Buffer) => Run[] | null;

/**
 * Reads the map of form 1.0: the number of runs, then offset and length of each, a line each, padded with NULs to whole blocks. What it
 * gives throws ArchiveFault.
 */
export function mapReader(): MapReader {
  const words: string[] = [];
  let wanted: number | null = null;
  let rest = '';
  return block => {
    const lines = (rest + block.toString('latin1')).split('\n');
    rest = lines.pop()!;
    if (rest.length > 2 * BLOCK) throw badMap();
    for (const line of lines) {
      if (wanted === null) wanted = 2 * wholeNumber(line);
      else if (words.length < wanted) words.push(line);
      if (wanted > 2 * MOST_RUNS) throw badMap();
      if (words.length === wanted) return pairs(words);
    }
    return null;
  };
}

function wholeNumber(word: string): number {
  if (!/^[0-9]{1,16}$/.test(word) || !Number.isSafeInteger(Number(word))) throw badMap();
  return Number(word);
}

function badMap(): ArchiveFault {
  return new ArchiveFault('has a sparse file whose map is wrong');
}
