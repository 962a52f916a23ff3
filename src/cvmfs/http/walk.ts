import { CatalogError } from './catalog.ts';
import type { Mount } from './catalog-rows.ts';
import { CatalogLoopError, type CatalogTree, DEEPEST } from './catalog-tree.ts';
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
const MOST_CATALOGS = 2000;
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
  const mounts = await tree.mountsTo(start);
  const waiting: Branch[] = [{ mount: mounts.at(-1)!, top: start, depth: mounts.length }];
  for (let branch = waiting.pop(); branch; branch = waiting.pop()) {
    if (--budget.catalogs < 0) throw new EndlessRepositoryError(repository, `${MOST_CATALOGS} catalogs`);
    if (branch.depth > DEEPEST) throw new CatalogLoopError(repository, branch.top);
    const nested: string[] = [];
    for await (const page of walkCatalog(options, branch, nested)) {
      budget.entries -= page.length;
      if (budget.entries < 0) throw new EndlessRepositoryError(repository, `${MOST_ENTRIES} names`);
      yield page;
    }
    waiting.push(...(await branchesAt(options, branch, nested)).reverse());
  }
}

/** A catalog to be walked from one of its directories on. */
interface Branch {
  readonly mount: Mount;
  readonly top: string;
  /** How many catalogs there are from the root to this one. */
  readonly depth: number;
}

/** The directories that lie in the catalog of a branch; where others take over is added to `nested`. */
async function* walkCatalog(
  { tree, enter, leftOut }: WalkOptions,
  { mount, top }: Branch,
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

/** The catalogs at `nested`, which are fetched at once. */
async function branchesAt(
  { tree, repository }: WalkOptions,
  { mount, depth }: Branch,
  nested: readonly string[],
): Promise<Branch[]> {
  const branches = await tree.within(mount, catalog =>
    nested.map(top => ({
      mount: catalog.mountTowards(top) ?? missing(repository, top),
      top,
      depth: depth + 1,
    })),
  );
  await tree.prefetch(branches.map(branch => branch.mount));
  return branches;
}

function missing(repository: string, mountpoint: string): never {
  throw new CatalogError(repository, mountpoint, 'no catalog is named for it');
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
