import { isJcdsError } from '../errors.ts';
import { openRegistry, type Registry, type RegistryOptions } from '../registry/client.ts';
import type { WishlistFormat } from '../requests/wishlist/wishlist.ts';
import { grouped } from './grouped.ts';
import type { PublishedLayout } from './layout.ts';
import type { ListedImage, UnclearLine } from './situation.ts';
import { imageOf, type PatternLine, unclearLine } from './wanted.ts';

/** A pattern that means more tags than this was not meant so: each is one request a cycle, and a copy. */
const MOST_TAGS = 1000;
/** Milliseconds for all lists of tags of one registry. */
const LONGEST = 5 * 60_000;

/** What patterns mean now. */
export interface Expanded {
  readonly images: readonly ListedImage[];
  /** Those whose registry did not say: what is published of them stays. */
  readonly unclear: readonly UnclearLine[];
}

/** Asks the registries which tags the patterns of a list mean: each repository once. */
export async function expandPatterns(
  patterns: readonly PatternLine[],
  format: WishlistFormat,
  layout: PublishedLayout,
  options: RegistryOptions,
): Promise<Expanded> {
  const images: ListedImage[] = [];
  const unclear: UnclearLine[] = [];
  const byRegistry = grouped(patterns, ({ registry }) => registry);
  await Promise.all(
    [...byRegistry].map(async ([name, ofRegistry]) => {
      for (const [repository, lines] of grouped(ofRegistry, line => line.repository)) {
        const tags = await tagsOf(name, repository, options);
        for (const line of lines) {
          const chosen = typeof tags === 'string' ? tags : chosenTags(line, tags, format);
          if (typeof chosen === 'string') unclear.push(unclearPattern(line, chosen, format, layout));
          else for (const tag of chosen) images.push(imageOf(line, tag, layout)!);
        }
      }
    }),
  );
  const inOrder = (one: { line: number }, other: { line: number }) => one.line - other.line;
  return { images: images.sort(inOrder), unclear: unclear.sort(inOrder) };
}

/** The tags of a repository, or why they are not known. */
async function tagsOf(
  name: string,
  repository: string,
  options: RegistryOptions,
): Promise<readonly string[] | string> {
  let registry: Registry | null = null;
  try {
    registry = openRegistry(name, { ...options, timeout: LONGEST });
    const tags: string[] = [];
    for await (const tag of registry.tags(repository)) tags.push(tag);
    return tags;
  } catch (thrown) {
    if (!isJcdsError(thrown)) throw thrown;
    return `its tags are not known: ${thrown.message}`;
  } finally {
    await registry?.close();
  }
}

function chosenTags(
  { tag: pattern }: PatternLine,
  tags: readonly string[],
  format: WishlistFormat,
): readonly string[] | string {
  const chosen = [...new Set(tags.filter(tag => format.matches(pattern, tag)))].sort();
  return chosen.length <= MOST_TAGS
    ? chosen
    : `it means ${chosen.length} tags, and ${MOST_TAGS} are the most that one line may`;
}

function unclearPattern(
  line: PatternLine,
  reason: string,
  format: WishlistFormat,
  layout: PublishedLayout,
): UnclearLine {
  return unclearLine(line, reason, path => {
    const tag = path.slice(path.lastIndexOf(':') + 1);
    return layout.pathOf({ repository: line.repository, tag }) === path && format.matches(line.tag, tag);
  });
}
