import { createHash } from 'node:crypto';
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { openRegularFile } from '../../files/regular-file.ts';
import type { Registry } from '../../registry/client.ts';
import type { Descriptor } from '../../registry/manifest.ts';
import { ContentError } from '../errors.ts';
import type { SourceLayer } from '../source-image.ts';

/** Blobs that are fetched at the same time. */
const AT_ONCE = 3;

/** Blobs that are on their way, in the order in which they are wanted. */
export interface FetchedBlobs {
  layerOf(descriptor: Descriptor): SourceLayer;
  /** When nothing is on its way any more, well or not. */
  ended(): Promise<void>;
}

/**
 * Begins to fetch blobs, three at a time, into files of `workplace`. One that fails makes those behind it fail too: nobody wants them without it.
 */
export function fetchBlobs(
  image: string,
  registry: Registry,
  repository: string,
  descriptors: readonly Descriptor[],
  workplace: string,
): FetchedBlobs {
  const wanted = new Map(descriptors.map(descriptor => [descriptor.digest, descriptor]));
  const arrivals = new Map<string, Promise<void>>();
  const fileOf = (digest: string) => `${workplace}/${digest.replace(':', '-')}`;
  const lanes: Promise<void>[] = Array.from({ length: AT_ONCE }, () => Promise.resolve());
  for (const [at, descriptor] of [...wanted.values()].entries()) {
    const lane = at % AT_ONCE;
    const arrival = lanes[lane]!.then(() =>
      fetchOne(image, registry, repository, descriptor, fileOf(descriptor.digest)),
    );
    // Who wants it hears of it.
    arrival.catch(() => {});
    lanes[lane] = arrival;
    arrivals.set(descriptor.digest, arrival);
  }
  return {
    layerOf: ({ digest, size }) => ({
      name: digest,
      size,
      prove: () => arrivals.get(digest)!,
      async *content() {
        const file = openRegularFile('image-source', fileOf(digest));
        try {
          yield* file.pieces(0, size);
        } finally {
          file.close();
        }
      },
    }),
    ended: async () => {
      await Promise.allSettled(arrivals.values());
    },
  };
}

async function fetchOne(
  image: string,
  registry: Registry,
  repository: string,
  descriptor: Descriptor,
  path: string,
): Promise<void> {
  const { digest, size } = descriptor;
  const file = openSync(path, 'wx', 0o600);
  let hash = createHash('sha256');
  let length = 0;
  try {
    await registry.download(repository, descriptor, {
      restart() {
        hash = createHash('sha256');
        length = 0;
        ftruncateSync(file, 0);
      },
      take(piece) {
        hash.update(piece);
        for (let at = 0; at < piece.length; )
          at += writeSync(file, piece, at, piece.length - at, length + at);
        length += piece.length;
      },
    });
  } finally {
    closeSync(file);
  }
  if (length !== size)
    throw new ContentError(image, `layer ${digest}`, `is ${length} bytes long, not ${size}`);
  if (`sha256:${hash.digest('hex')}` !== digest)
    throw new ContentError(image, `layer ${digest}`, 'is not what its digest says');
}
