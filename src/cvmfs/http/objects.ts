import { isJcdsError, type JcdsError } from '../../errors.ts';
import type { Fetcher } from './fetcher.ts';
import { type ContentHash, contentHash, formatContentHash, isSameHash } from './hash.ts';
import { inflate, type SizeBound } from './inflate.ts';
import type { ObjectCache } from './object-cache.ts';
import { alternativePath, type ObjectSuffix, objectPath } from './object-path.ts';
import { VerificationError } from './verification-error.ts';

/** An object that is wanted by its hash. */
export interface ObjectRequest {
  readonly hash: ContentHash;
  readonly suffix: ObjectSuffix;
  /** Its content's size, as far as it is known. */
  readonly size: SizeBound;
  readonly isCompressed: boolean;
  /** For messages: "the catalog of R at "/"". */
  readonly what: string;
  /** Whether it lies outside `data/` too (manifest's `A`), where a guarded repository lets it be fetched. */
  readonly hasAlternativePath?: boolean;
}

/** The content of objects, from the cache or a server; nothing leaves here whose hash does not match. */
export interface Objects {
  content(request: ObjectRequest): Promise<Uint8Array>;
  /** Brings an object into the cache, if there is one that works, without inflating it. */
  prefetch(request: ObjectRequest): Promise<void>;
  /**
   * Begins to download what will be asked for once something else is known; failing shows when it is asked for. Nobody has
   * vouched for it yet: what is large waits for that, and nothing is kept before it is asked for.
   */
  ahead(request: ObjectRequest): Promise<void>;
  /** What went wrong on the side and did not stop the answer: a cache that cannot be written to. */
  readonly notes: readonly JcdsError[];
  /** Waits until everything that was fetched is in the cache. */
  settle(): Promise<void>;
}

/** What compression may add to bytes that do not compress. */
const LEAST_SLACK = 4096;
/** Bytes of content that are fetched on the word of a manifest whose signature is not checked yet. */
const LARGEST_AHEAD = 16 * 1024 * 1024;

export function objectsFrom(fetcher: Fetcher, cache: ObjectCache | null): Objects {
  const notes: JcdsError[] = [];
  const pending = new Set<Promise<void>>();
  const underway = new Map<string, Promise<Uint8Array>>();

  function keep({ hash, suffix }: ObjectRequest, bytes: Uint8Array): void {
    if (!cache || notes.length > 0) return;
    const write = cache.write(hash, suffix, bytes).catch(error => {
      if (!isJcdsError(error)) throw error;
      if (notes.length === 0) notes.push(error);
    });
    pending.add(write);
    void write.finally(() => pending.delete(write)).catch(() => undefined);
  }

  async function fetchStored(request: ObjectRequest): Promise<Uint8Array> {
    const bytes = await fetchVerified(fetcher, request);
    keep(request, bytes);
    return bytes;
  }

  const keyOf = ({ hash, suffix }: ObjectRequest): string => formatContentHash(hash) + suffix;
  const early = new Map<string, Promise<Uint8Array>>();

  /** One download for any number of callers at the same time. */
  function shared(request: ObjectRequest): Promise<Uint8Array> {
    const key = keyOf(request);
    const running = underway.get(key);
    if (running) return running;
    const download = fetchStored(request).finally(() => underway.delete(key));
    underway.set(key, download);
    return download;
  }

  return {
    notes,
    async content(request) {
      const begun = await early.get(keyOf(request));
      if (begun && early.delete(keyOf(request))) keep(request, begun);
      const stored = begun ?? (await cache?.read(request.hash, request.suffix)) ?? (await shared(request));
      return request.isCompressed ? inflate(stored, request.size, request.what) : stored;
    },
    async ahead(request) {
      if (request.size.bytes > LARGEST_AHEAD || (await cache?.has(request.hash, request.suffix))) return;
      const download = fetchVerified(fetcher, request);
      download.catch(() => undefined);
      early.set(keyOf(request), download);
    },
    async prefetch(request) {
      if (!cache || notes.length > 0 || (await cache.has(request.hash, request.suffix))) return;
      await shared(request);
      await settle();
    },
    settle,
  };

  async function settle(): Promise<void> {
    await Promise.all(pending);
  }
}

async function fetchVerified(fetcher: Fetcher, request: ObjectRequest): Promise<Uint8Array> {
  const { hash, suffix, what, size } = request;
  const limit = size.bytes + Math.ceil(size.bytes / 100) + LEAST_SLACK;
  const accept = ({ body }: { readonly body: Uint8Array }): Uint8Array => {
    if (isSameHash(contentHash(hash.algorithm, body), hash)) return body;
    throw new ObjectHashError(what, hash);
  };
  const normal = { path: objectPath(hash, suffix), what, limit, accept };
  if (!request.hasAlternativePath) return fetcher.get(normal);
  return fetcher.get({ ...normal, path: alternativePath(hash, suffix) }).catch(error => {
    if (!isJcdsError(error)) throw error;
    return fetcher.get(normal);
  });
}

/** An object whose bytes are not those that its name says: damaged on the way, or changed. */
export class ObjectHashError extends VerificationError {
  constructor(what: string, hash: ContentHash) {
    const message = `${what} does not match its hash ${formatContentHash(hash)}`;
    super({ step: 'object', code: 'OBJECT_HASH_MISMATCH', message });
  }
}
