import { posix } from 'node:path';
import type { FoundImage, Search } from '../cvmfs/find-publication.ts';
import { findImage, type ImageContext } from '../cvmfs/look-at-image.ts';
import type { ImageName } from '../cvmfs/look-question.ts';
import type { Published } from '../cvmfs/publication.ts';
import type { StorePlaces } from '../store-directory.ts';
import { LocalCopyBrokenError, LocalCopyOpenError, StoreUnusableError } from './errors.ts';
import { identityOf, isOpen, isStore } from './places.ts';
import { RULE, readRecord } from './record.ts';

/** A copy in a store. */
export interface FoundCopy extends FoundImage {
  readonly publication: Published;
  /** The store that it is in. */
  readonly store: string;
  readonly isOwn: boolean;
}

/** What is looked for. */
export interface CopyQuestion {
  /** For messages. */
  readonly name: string;
  readonly image: ImageName;
  readonly stores: StorePlaces;
  /** Directories of the image whose names are needed. */
  readonly listings: readonly string[];
  /** Seconds for the look at one store. */
  readonly timeout: number;
  /** Whether the copy is the one that is meant; one that is not is passed over. */
  isMeant(found: FoundImage & { readonly publication: Published }): boolean;
}

/** The row of a store, which is looked at as a repository of its parent directory is. */
export function storeSearch(store: string, timeout: number): Search {
  const { dir, base } = posix.parse(store);
  return { root: dir, repositories: [{ name: base, layout: 'store', allowedLinkTargets: [] }], timeout };
}

/**
 * Finds the copy of an image: in the stores that others keep first, then in the user's own. null: none has it. Throws
 * StoreUnusableError where a store could not be seen, LocalCopyBrokenError, LocalCopyOpenError.
 */
export async function findCopy(question: CopyQuestion, context: ImageContext): Promise<FoundCopy | null> {
  const { own, shared } = question.stores;
  for (const store of [...shared, own]) {
    const isOwn = store === own;
    if (!isStore(store, isOwn ? context.uid : null)) continue;
    const found = await findIn(store, question, context);
    if (found === null || !question.isMeant(found)) continue;
    if (isOwn) checkClosed(question.name, store, found.publication, context.uid);
    return { ...found, store, isOwn };
  }
  return null;
}

/** Throws LocalCopyOpenError where others come to a copy that was not made to keep them from writing. */
function checkClosed(name: string, store: string, { path, targetPlace }: Published, uid: number): void {
  if (!isOpen(store)) return;
  const hex = identityOf(targetPlace.relativePath);
  const record = hex === null ? null : readRecord(store, hex, uid);
  if (record?.rule !== RULE) throw new LocalCopyOpenError(name, path, record?.source ?? null);
}

async function findIn(
  store: string,
  { name, image, listings, timeout }: CopyQuestion,
  context: ImageContext,
): Promise<(FoundImage & { readonly publication: Published }) | null> {
  const found = await findImage(image, storeSearch(store, timeout), listings, context);
  const { publication, unread } = found;
  switch (publication.state) {
    case 'missing':
      return null;
    case 'unreachable':
      throw new StoreUnusableError(store, publication.reason.detail);
    case 'broken': {
      const { why, path, target } = publication.entry;
      // Its content was removed, and the name is left.
      if (why === 'dangling') return null;
      throw new LocalCopyBrokenError(name, path, why === 'content' ? target : `it leads to ${target}`);
    }
    case 'published':
      if (unread !== null) throw new LocalCopyBrokenError(name, publication.path, unread.detail);
      return { ...found, publication };
    default:
      return publication satisfies never;
  }
}
