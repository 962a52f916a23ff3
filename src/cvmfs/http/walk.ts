import type { Mount } from './catalog-rows.ts';
import type { CatalogTree } from './catalog-tree.ts';
import type { Entry } from './entry.ts';
import { parentOf } from './repository-path.ts';
import { VerificationError } from './verification-error.ts';

/** A name that was met, with where it is. */
export interface Found {
  readonly path: string;
  readonly entry: Entry;
}

/** Names that a catalog holds and no directory can; they are left out. */
export interface LeftOut {
  readonly directory: string;
  readonly count: number;
  /** One of them, quoted. */
  readonly example: string;
}

export interface WalkOptions {
  readonly tree: CatalogTree;
  readonly repository: string;
  readonly start: string;
  /** Whether to look below a directory. A layout refuses an image's own directory: its catalog is never loaded. */
  readonly enter: (found: Found) => boolean;
  readonly leftOut: (leftOut: LeftOut) => void;
}

/** More than any repository of images holds; a hostile one may mount the same catalog over and over. */
const MOST_CATALOGS = 10_000;
const MOST_ENTRIES = 5_000_000;

/** Directories that do not begin with a dot; nor, below the first level, those named like a tag (`name:tag`) with a catalog of their own. */
export function holdsNames({ path, entry }: Found): boolean {
  if (entry.name.startsWith('.')) return false;
  return !(entry.mountpoint && entry.name.includes(':') && parentOf(path) !== '');
}

/**
 * Every entry below `start` that `enter` lets be seen, in pages. All directories of one catalog come before those of the
 * catalogs nested in it, so that a catalog is opened once; the next ones are fetched meanwhile.
 */
export async function* walk(options: WalkOptions): AsyncGenerator<Found[]> {
  const { tree, repository, start } = options;
  const budget = { catalogs: MOST_CATALOGS, entries: MOST_ENTRIES };
  const waiting: string[] = [start];
  while (waiting.length > 0) {
    if (--budget.catalogs < 0) throw new EndlessRepositoryError(repository, `${MOST_CATALOGS} catalogs`);
    const top = waiting.pop()!;
    const mount = (await tree.mountsTo(top)).at(-1)!;
    const nested: string[] = [];
    for await (const page of walkCatalog(options, mount, top, nested)) {
      budget.entries -= page.length;
      if (budget.entries < 0) throw new EndlessRepositoryError(repository, `${MOST_ENTRIES} names`);
      yield page;
    }
    await fetchAhead(tree, mount, nested);
    waiting.push(...nested.reverse());
  }
}

/** The directories from `top` on that lie in the catalog of `mount`; where others take over is added to `nested`. */
async function* walkCatalog(
  { tree, enter, leftOut }: WalkOptions,
  mount: Mount,
  top: string,
  nested: string[],
): AsyncGenerator<Found[]> {
  const directories = [top];
  for (let directory = directories.pop(); directory !== undefined; directory = directories.pop()) {
    const here = directory;
    for (let after: number | null = -1; after !== null; ) {
      const from: number = after;
      const { entries, unusable, next } = await tree.within(mount, catalog => catalog.page(here, from));
      if (unusable.count > 0) leftOut({ directory: here, ...unusable });
      const page = entries
        .filter(entry => !entry.isHidden)
        .map(entry => ({ path: `${here}/${entry.name}`, entry }));
      yield page;
      for (const found of page)
        if (found.entry.kind === 'directory' && enter(found))
          (found.entry.mountpoint ? nested : directories).push(found.path);
      after = next;
    }
  }
}

async function fetchAhead(tree: CatalogTree, mount: Mount, nested: readonly string[]): Promise<void> {
  const mounts: Mount[] = [];
  for (const path of nested) {
    const next = await tree.within(mount, catalog => catalog.mountTowards(path));
    if (next) mounts.push(next);
  }
  await tree.prefetch(mounts);
}

/** A repository that has no end. */
export class EndlessRepositoryError extends VerificationError {
  constructor(repository: string, what: string) {
    super({
      step: 'catalog',
      code: 'CATALOG_LOOP',
      message: `${repository} holds more than ${what}: it is taken for endless`,
    });
  }
}
