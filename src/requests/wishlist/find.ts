import type { Reference } from '../../image/reference.ts';
import { insertLine, insertLineBehind } from './lines.ts';
import { UneditableRecipeError } from './problems.ts';
import type { Collision, Found, ImageName, Wishlist, WishlistEntry, WishlistFormat } from './wishlist.ts';

/**
 * Where an image stands in a list: `listed` by an entry of its own, or `covered` by a pattern of tags; null when
 * neither. An entry with a digest lists its tag; a reference with a digest wants that very digest.
 */
export function findImage(format: WishlistFormat, list: Wishlist, reference: ImageName): Found | null {
  const same = list.entries.filter(
    entry => entry.registry === reference.registry && entry.repository === reference.repository,
  );
  const listed = same.find(
    entry => !entry.wildcard && entry.tag === reference.tag && hasDigest(entry, reference),
  );
  if (listed) return { state: 'listed', line: listed.line, text: listed.text, surprise: null };
  const covering = same.find(entry => reference.digest === null && covers(format, entry, reference.tag));
  if (!covering) return null;
  const surprise = format.surprise?.(covering.tag ?? '', reference.tag ?? '') ?? null;
  return { state: 'covered', line: covering.line, text: covering.text, surprise };
}

function hasDigest(entry: WishlistEntry, { digest }: ImageName): boolean {
  return digest === null || entry.digest === digest;
}

function covers(format: WishlistFormat, entry: WishlistEntry, tag: string | null): boolean {
  return entry.wildcard && tag !== null && entry.tag !== null && format.matches(entry.tag, tag);
}

/** The entries that are published at the same place and are not this image. */
export function findCollisions(format: WishlistFormat, list: Wishlist, reference: ImageName): Collision[] {
  const path = format.publishedPath(reference);
  return list.entries
    .filter(entry => {
      const tag = covers(format, entry, reference.tag) ? reference.tag : entry.tag;
      const isSame =
        entry.registry === reference.registry &&
        entry.repository === reference.repository &&
        entry.digest === reference.digest;
      return !isSame && format.publishedPath({ ...entry, tag }) === path;
    })
    .map(({ line, text }) => ({ line, text }));
}

/** A list with one line more. */
export interface Addition {
  state: 'added';
  /** The whole new file. */
  text: string;
  entry: string;
  /** The new line as it stands in the file, without its end, and its number. */
  line: string;
  lineNumber: number;
  /** Accepted by the user or not: that is for the caller to ask. */
  collisions: readonly Collision[];
}

/**
 * Adds an image, once: `present` when it is there already. Throws what `entryFor` and `place` throw; and
 * UneditableRecipeError when the new text would not read as the old one plus exactly this entry.
 */
export function addImage(
  format: WishlistFormat,
  list: Wishlist,
  reference: Reference,
): Addition | { state: 'present'; found: Found } {
  const found = findImage(format, list, reference);
  if (found) return { state: 'present', found };
  const entry = format.entryFor(reference);
  const { after, strictly, line } = format.place(list, reference);
  const { text, lineNumber } = (strictly ? insertLineBehind : insertLine)(list.text, after, line);
  if (!isOnlyAddition(format, list, text, entry, lineNumber))
    throw new UneditableRecipeError(entry, 'one more line would change the meaning of others');
  return {
    state: 'added',
    text,
    entry,
    line,
    lineNumber,
    collisions: findCollisions(format, list, reference),
  };
}

function isOnlyAddition(
  format: WishlistFormat,
  list: Wishlist,
  text: string,
  entry: string,
  line: number,
): boolean {
  const after = format.parse(text);
  const added = after.entries.find(other => other.line === line);
  const others = after.entries.filter(other => other !== added).map(other => other.text);
  return (
    added?.text === entry &&
    others.length === list.entries.length &&
    others.every((other, index) => other === list.entries[index]?.text)
  );
}
