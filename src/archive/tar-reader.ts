import type { Entry } from './entry.ts';
import { type Extensions, entryOf, isOfEntryBehind, NO_EXTENSIONS, withExtension } from './extensions.ts';
import { ArchiveFault } from './fault.ts';
import { checkRuns, type MapReader, mapReader, type Run } from './sparse.ts';
import { BLOCK, hasRightChecksum, isZeroBlock, parseHeader } from './tar-header.ts';

/** Is told what stands in an archive, in its order. What it throws ends the reading. */
export interface EntrySink {
  entry(entry: Entry): void;
  /** Data of the last entry, a file: these bytes stand at `position` in it. Valid until the call ends. */
  data(bytes: Buffer, position: number): void;
  /** The last entry is whole. */
  end(): void;
}

/** Takes an archive in pieces of any length. Both throw ArchiveFault, and what the sink throws. */
export interface TarReader {
  push(bytes: Buffer): void;
  /** There is no more. */
  finish(): void;
}

/** The longest name or PAX header, and how many headers may stand before one entry. */
const LONGEST_EXTENSION = 1024 * 1024;
const MOST_EXTENSIONS = 8;

/** What the next bytes are. Sizes count what is still to come. */
type State =
  | { kind: 'header' }
  | { kind: 'extension'; type: string; size: number; pieces: Buffer[]; left: number }
  | { kind: 'map'; entry: Entry; size: number; read: MapReader }
  | { kind: 'data'; entry: Entry; left: number; padding: number; position: number; runs: Run[] | null }
  | { kind: 'skip'; left: number }
  | { kind: 'over' };

/**
 * Reads a tar: v7, ustar, PAX and GNU, with PAX-sparse files. It ends at two zero blocks; what follows them is no part of it, and an
 * archive without them is whole when it ends between two entries, or in the padding of the last.
 */
export function tarReader(sink: EntrySink): TarReader {
  const block = Buffer.alloc(BLOCK);
  let filled = 0;
  let consumed = 0;
  let state: State = { kind: 'header' };
  let extensions: Extensions = NO_EXTENSIONS;
  let count = 0;
  let sawZeros = false;
  /** A size where no data is meant: old tars write it beside data that is not there, others with data. */
  let doubtful = 0;

  const header = (bytes: Buffer): State => {
    if (isZeroBlock(bytes)) {
      if (count > 0) throw new ArchiveFault('ends behind the header of an entry that does not come');
      doubtful = 0;
      if (sawZeros) return { kind: 'over' };
      sawZeros = true;
      return state;
    }
    if (sawZeros) throw new ArchiveFault('has an entry behind its end');
    const skipped = doubtful;
    doubtful = 0;
    if (skipped > 0 && !hasRightChecksum(bytes)) return { kind: 'skip', left: padded(skipped) - BLOCK };
    const head = parseHeader(bytes);
    if (isOfEntryBehind(head.type)) {
      count += 1;
      if (count > MOST_EXTENSIONS) throw new ArchiveFault('has too many headers before one entry');
      if (head.size > LONGEST_EXTENSION) throw new ArchiveFault('has a name or header above 1 MiB');
      const pending: State = {
        kind: 'extension',
        type: head.type,
        size: head.size,
        pieces: [],
        left: padded(head.size),
      };
      return pending.left === 0 ? extension(pending) : pending;
    }
    const { entry, size, runs } = entryOf(head, extensions, consumed);
    [extensions, count] = [NO_EXTENSIONS, 0];
    if (entry.type !== 'file') {
      doubtful = size;
      sink.entry(entry);
      sink.end();
      return { kind: 'header' };
    }
    if (runs === 'first') return { kind: 'map', entry, size, read: mapReader() };
    return data(entry, size, runs);
  };

  const data = (entry: Entry, size: number, runs: Run[] | null): State => {
    if (runs !== null) checkRuns(runs, entry.size, size);
    sink.entry(entry);
    if (size > 0) return { kind: 'data', entry, left: size, padding: padded(size) - size, position: 0, runs };
    sink.end();
    return { kind: 'header' };
  };

  const extension = ({ type, size, pieces }: Extract<State, { kind: 'extension' }>): State => {
    extensions = withExtension(extensions, type, Buffer.concat(pieces).subarray(0, size));
    return { kind: 'header' };
  };

  const map = (now: Extract<State, { kind: 'map' }>, bytes: Buffer): State => {
    now.size -= BLOCK;
    const runs = now.read(bytes);
    if (now.size < 0) throw new ArchiveFault('has a sparse file whose map is wrong', now.entry.path);
    return runs === null ? now : data(now.entry, now.size, runs);
  };

  /** Gives as much of `bytes` as belongs to the file and answers how much that is. */
  const give = (now: Extract<State, { kind: 'data' }>, bytes: Buffer): number => {
    const run = now.runs?.[0];
    if (run !== undefined && run.length === 0) {
      now.runs!.shift();
      return 0;
    }
    const length = Math.min(bytes.length, now.left, run?.length ?? now.left);
    sink.data(bytes.subarray(0, length), run?.offset ?? now.position);
    now.position += length;
    now.left -= length;
    if (run !== undefined) now.runs![0] = { offset: run.offset + length, length: run.length - length };
    if (now.left === 0) {
      sink.end();
      state = now.padding === 0 ? { kind: 'header' } : { kind: 'skip', left: now.padding };
    }
    return length;
  };

  /** Takes something from the beginning of `bytes`; answers how much. */
  const take = (bytes: Buffer): number => {
    switch (state.kind) {
      case 'over':
        return bytes.length;
      case 'data':
        return give(state, bytes);
      case 'skip':
      case 'extension': {
        const length = Math.min(bytes.length, state.left);
        state.left -= length;
        if (state.kind === 'extension') state.pieces.push(Buffer.from(bytes.subarray(0, length)));
        if (state.left === 0) state = state.kind === 'extension' ? extension(state) : { kind: 'header' };
        return length;
      }
      case 'header':
      case 'map': {
        const length = Math.min(BLOCK - filled, bytes.length);
        const isWhole = length === BLOCK;
        if (!isWhole) bytes.copy(block, filled, 0, length);
        filled = isWhole ? 0 : filled + length;
        if (!isWhole && filled < BLOCK) return length;
        filled = 0;
        const whole = isWhole ? bytes.subarray(0, BLOCK) : block;
        consumed += length;
        state = state.kind === 'map' ? map(state, whole) : header(whole);
        consumed -= length;
        return length;
      }
      default:
        return state satisfies never;
    }
  };

  return {
    push(bytes) {
      for (let at = 0; at < bytes.length; ) {
        const length = take(at === 0 ? bytes : bytes.subarray(at));
        at += length;
        consumed += length;
      }
    },
    finish() {
      if (state.kind === 'data') throw new ArchiveFault('ends inside a file', state.entry.path);
      if (state.kind === 'map') throw new ArchiveFault('ends inside a file', state.entry.path);
      if (filled > 0 || state.kind === 'extension') throw new ArchiveFault('ends inside a header');
      if (count > 0) throw new ArchiveFault('ends behind the header of an entry that does not come');
    },
  };
}

function padded(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK;
}
