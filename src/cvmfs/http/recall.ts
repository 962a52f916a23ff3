import { isJcdsError } from '../../errors.ts';
import { type Manifest, parseManifest } from './manifest.ts';
import type { RememberedRevision, RevisionMemory } from './revision-memory.ts';
import { type Trust, verifyChain } from './verify-chain.ts';

/** What is remembered, with its manifest read. */
export interface Recalled extends RememberedRevision {
  readonly manifest: Manifest;
}

/** What is remembered and holds under today's keys, be it expired: it still says how far the repository has come. */
export async function recall(
  memory: RevisionMemory | null,
  trust: Omit<Trust, 'now'> | null,
  repository: string,
): Promise<Recalled | null> {
  const remembered = trust && (await memory?.recall());
  if (!trust || !remembered) return null;
  try {
    const manifest = parseManifest(remembered.bytes, repository);
    const { whitelist, certificate } = remembered;
    verifyChain({ manifest, whitelist, certificate }, { ...trust, now: null });
    return { ...remembered, manifest };
  } catch (error) {
    if (isJcdsError(error)) return null;
    throw error;
  }
}

/** Remembers a revision that was verified; where nothing changed, only that a server confirmed it. Throws CacheWriteError. */
export async function keep(
  found: RememberedRevision,
  remembered: RememberedRevision | null,
  memory: RevisionMemory | null,
): Promise<void> {
  if (remembered && isAlike(found, remembered)) await memory?.confirm(found.revision, found.confirmedAt);
  else await memory?.remember(found);
}

function isAlike(one: RememberedRevision, other: RememberedRevision): boolean {
  return (
    one.server === other.server &&
    one.etag === other.etag &&
    one.lastModified === other.lastModified &&
    Buffer.compare(one.bytes, other.bytes) === 0 &&
    Buffer.compare(one.whitelist, other.whitelist) === 0
  );
}
