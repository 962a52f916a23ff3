import { isJcdsError } from '../errors.ts';
import type { Ask } from './ask.ts';

/** Takes a blob as it comes. What it throws ends the download. */
export interface BlobSink {
  /** Everything that came so far is void: it comes again from its beginning. */
  restart(): void;
  take(piece: Uint8Array): void;
}

/** How often a download that brought nothing new is begun again. */
const MOST_VAIN = 4;

/** What passes: the connection broke off or the registry failed, and it may go on where it stopped. */
const PASSING: ReadonlySet<string> = new Set(['REGISTRY_UNREACHABLE', 'REGISTRY_FAILED']);

/**
 * Fetches a blob of any size. One that breaks off goes on where it stopped (Range), as long as each further request brings something; a
 * server that knows no ranges sends it from its beginning. At most one byte more than `size` is read. The bytes are not proved
 * here. Throws as `Registry` does.
 */
export async function download(
  ask: Ask,
  repository: string,
  { digest, size }: { readonly digest: string; readonly size: number },
  sink: BlobSink,
): Promise<void> {
  let done = 0;
  for (let vain = 0; done < size; ) {
    const from = done;
    try {
      await ask({
        method: 'GET',
        repository,
        at: `blobs/${digest}`,
        accept: '*/*',
        place: digest,
        isTolerated: ({ status }) => status === 206,
        stream: {
          range: from === 0 ? null : `bytes=${from}-`,
          limit: size,
          sink: {
            begin(status) {
              if (status === 206 || done === 0) return;
              done = 0;
              sink.restart();
            },
            take(piece) {
              done += piece.length;
              sink.take(piece);
            },
          },
        },
      });
      // Whole by its own account; whether it is what was wanted its digest tells.
      return;
    } catch (thrown) {
      if (!isJcdsError(thrown) || !PASSING.has(thrown.code)) throw thrown;
      vain = done > from ? 0 : vain + 1;
      if (vain > MOST_VAIN) throw thrown;
    }
  }
}
