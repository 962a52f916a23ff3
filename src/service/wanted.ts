import { isJcdsError } from '../errors.ts';
import { safeText } from '../output/safe-text.ts';
import { describeProblem } from '../requests/wishlist/problems.ts';
import type { ProblemKind, WishlistEntry, WishlistFormat } from '../requests/wishlist/wishlist.ts';
import { ListSuspectError } from './errors.ts';
import type { PublishedLayout } from './layout.ts';
import type { ListedImage, UnclearLine, Wanted } from './situation.ts';

/** A line whose tag is a pattern. */
export interface PatternLine extends WishlistEntry {
  readonly tag: string;
}

/** A list as it was read, before any registry was asked. */
export interface ReadList {
  readonly images: readonly ListedImage[];
  readonly patterns: readonly PatternLine[];
  readonly unclear: readonly UnclearLine[];
  /** Lines that name something: to compare with those of last time. */
  readonly length: number;
}

/** Problems that leave no doubt which images are meant. */
const HARMLESS: ReadonlySet<ProblemKind> = new Set(['duplicate', 'key-missing', 'key-unknown']);

/** Reads a list. Throws ListSuspectError for what is none. @param file for messages */
export function readList(
  file: string,
  text: string,
  format: WishlistFormat,
  layout: PublishedLayout,
): ReadList {
  const reason = strangeness(text);
  if (reason !== null) throw new ListSuspectError(file, reason);
  const { entries, problems } = parsed(file, text, format);
  const images: ListedImage[] = [];
  const unclear: UnclearLine[] = [];
  for (const entry of entries.filter(({ wildcard }) => !wildcard)) {
    const image = imageOf(entry, entry.tag, layout);
    if (image === null)
      unclear.push(unclearLine(entry, 'the layout has no name for an image without a tag', () => false));
    else images.push(image);
  }
  for (const problem of problems.filter(({ kind }) => !HARMLESS.has(kind)))
    unclear.push(unclearLine(problem, describeProblem(problem), () => true));
  const patterns = entries.filter((entry): entry is PatternLine => entry.wildcard && entry.tag !== null);
  return { images, patterns, unclear, length: entries.length };
}

function parsed(file: string, text: string, format: WishlistFormat) {
  try {
    return format.parse(text);
  } catch (thrown) {
    if (!isJcdsError(thrown)) throw thrown;
    throw new ListSuspectError(file, thrown.message);
  }
}

/** What is in the place of a list where something went wrong before; null: nothing of that. */
function strangeness(text: string): string | null {
  if (/^\s*(?:<!doctype\b|<html\b|<\?xml\b)/i.test(text)) return 'it is a web page';
  const line = text.split('\n').findIndex(body => /^(?:<{7}|>{7}|\|{7})(?: |\r?$)/.test(body));
  return line < 0 ? null : `line ${line + 1} is a mark of a merge that was not finished`;
}

/** A line that is not clear. */
export function unclearLine(
  { line, text }: Pick<WishlistEntry, 'line' | 'text'>,
  reason: string,
  mayMean: (path: string) => boolean,
): UnclearLine {
  return { line, text, reason: { kind: 'unclear', text: reason }, mayMean };
}

/** The image that an entry names with a tag of its own or, for a pattern, one of those that it means. */
export function imageOf(
  { line, text, registry, repository, digest }: WishlistEntry,
  tag: string | null,
  layout: PublishedLayout,
): ListedImage | null {
  const path = layout.pathOf({ repository, tag });
  if (path === null) return null;
  const reference = { registry, registryTyped: true, repository, tag, digest, tagTyped: tag !== null };
  return { line, text, path, reference };
}

/**
 * The images that a list names, each once, and what is not clear: two images with one path are both not, since whoever
 * comes last would win. The same image on two lines is no matter.
 */
export function wantedOf(images: readonly ListedImage[], unclear: readonly UnclearLine[]): Wanted {
  const byPath = new Map<string, ListedImage[]>();
  for (const image of images) byPath.set(image.path, [...(byPath.get(image.path) ?? []), image]);
  const clear: ListedImage[] = [];
  const collisions = new Map<string, UnclearLine>();
  for (const [path, all] of byPath) {
    const [first] = all;
    const other = all.find(image => !isSame(image, first!));
    if (other === undefined) clear.push(first!);
    else for (const image of all) addCollision(collisions, image, all, path);
  }
  return { images: clear, unclear: [...unclear, ...collisions.values()] };
}

function isSame({ reference: one }: ListedImage, { reference: other }: ListedImage): boolean {
  return (
    one.registry === other.registry && one.repository === other.repository && one.digest === other.digest
  );
}

/** A line that is a pattern may collide at several paths: it is said once, with the first. */
function addCollision(
  found: Map<string, UnclearLine>,
  image: ListedImage,
  all: readonly ListedImage[],
  path: string,
): void {
  const key = `${image.line} ${image.text}`;
  const known = found.get(key);
  const mayMean = (other: string) => other === path || known?.mayMean(other) === true;
  if (known !== undefined) {
    found.set(key, { ...known, mayMean });
    return;
  }
  const others = [...new Set(all.map(({ line, text }) => `line ${line} (${safeText(text, 120)})`))].join(
    ' and ',
  );
  found.set(key, unclearLine(image, `${others} would both be published as ${path}: neither is`, mayMean));
}
