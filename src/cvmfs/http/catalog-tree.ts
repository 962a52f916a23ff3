import { type Catalog, openCatalog } from './catalog.ts';
import type { Mount } from './catalog-rows.ts';
import type { ObjectRequest, Objects } from './objects.ts';
import { quoted } from './quoted.ts';
import { VerificationError } from './verification-error.ts';

/** The catalogs of one revision, opened as paths ask for them; never more than two in memory. */
export interface CatalogTree {
  /** Runs `look` on the catalog that holds the entries of `directory`. It must not keep the catalog. */
  inside<Value>(directory: string, look: (catalog: Catalog) => Value): Promise<Value>;
  /** The chain of catalogs from the root to the one that holds the entries of `directory`. */
  mountsTo(directory: string): Promise<readonly Mount[]>;
  /** Runs `look` on the catalog of `mount`. */
  within<Value>(mount: Mount, look: (catalog: Catalog) => Value): Promise<Value>;
  /** Brings catalogs into the cache, without opening them. */
  prefetch(mounts: readonly Mount[]): Promise<void>;
  /** How many catalogs were opened, and how many are open. */
  readonly counts: { readonly opened: number; readonly open: number; readonly most: number };
  close(): void;
}

export interface TreeOptions {
  readonly repository: string;
  readonly root: Mount;
  readonly hasAlternativePath: boolean;
  readonly objects: Objects;
}

const MOST_OPEN = 2;
/** Catalogs within catalogs: real repositories have a handful; more is a hostile one that has no end. */
export const DEEPEST = 32;
/** Largest catalog that is read, in bytes: several times what CVMFS itself warns of. */
const LARGEST_CATALOG = 512 * 1024 * 1024;
const PARALLEL_DOWNLOADS = 4;

export function catalogTree(options: TreeOptions): CatalogTree {
  const { repository, root, objects } = options;
  /** Most recently used last. */
  const open = new Map<string, Catalog>();
  const counts = { opened: 0, open: 0, most: 0 };
  let queue: Promise<unknown> = Promise.resolve();

  const request = (mount: Mount): ObjectRequest =>
    catalogRequest(mount, repository, mount === root && options.hasAlternativePath);

  function closeOldest(): void {
    const [key, catalog] = open.entries().next().value!;
    open.delete(key);
    catalog.close();
    counts.open--;
  }

  /** Loads are queued, so that a third catalog is never inflated beside two open ones. */
  function load(mount: Mount): Promise<void> {
    const loading = queue.then(async () => {
      if (open.has(keyOf(mount))) return;
      while (open.size >= MOST_OPEN) closeOldest();
      const catalog = await openCatalog(await objects.content(request(mount)), mount, repository);
      open.set(keyOf(mount), catalog);
      counts.opened++;
      counts.open++;
      counts.most = Math.max(counts.most, counts.open);
    });
    queue = loading.catch(() => undefined);
    return loading;
  }

  async function within<Value>(mount: Mount, look: (catalog: Catalog) => Value): Promise<Value> {
    const key = keyOf(mount);
    while (!open.has(key)) await load(mount);
    const catalog = open.get(key)!;
    open.delete(key);
    open.set(key, catalog);
    return look(catalog);
  }

  async function mountsTo(directory: string): Promise<Mount[]> {
    const mounts = [root];
    for (;;) {
      const next = await within(mounts.at(-1)!, catalog => catalog.mountTowards(directory));
      if (!next) return mounts;
      if (mounts.length >= DEEPEST) throw new CatalogLoopError(repository, next.mountpoint);
      mounts.push(next);
    }
  }

  return {
    counts,
    within,
    mountsTo,
    async inside(directory, look) {
      const mounts = await mountsTo(directory);
      return within(mounts.at(-1)!, look);
    },
    async prefetch(mounts) {
      const waiting = [...mounts];
      const work = async (): Promise<void> => {
        for (let mount = waiting.shift(); mount; mount = waiting.shift())
          await objects.prefetch(request(mount));
      };
      await Promise.all(Array.from({ length: PARALLEL_DOWNLOADS }, work));
    },
    close() {
      while (open.size > 0) closeOldest();
    },
  };
}

/** How the catalog of `mount` is asked for. Throws CatalogTooLargeError. */
export function catalogRequest(mount: Mount, repository: string, hasAlternativePath: boolean): ObjectRequest {
  const { hash, mountpoint } = mount;
  const what = `the catalog of ${repository} at ${quoted(mountpoint || '/')}`;
  return { hash, suffix: 'C', size: sizeOf(mount, repository), isCompressed: true, what, hasAlternativePath };
}

function keyOf(mount: Mount): string {
  return `${mount.hash.algorithm} ${mount.hash.hex} ${mount.mountpoint}`;
}

function sizeOf({ size, mountpoint }: Mount, repository: string): { bytes: number; isExact: boolean } {
  if (size !== null && size > LARGEST_CATALOG) throw new CatalogTooLargeError(repository, mountpoint, size);
  return { bytes: size ?? LARGEST_CATALOG, isExact: size !== null };
}

/** Catalogs that are mounted within each other without end. */
export class CatalogLoopError extends VerificationError {
  constructor(repository: string, mountpoint: string) {
    const message = `the catalogs of ${repository} are nested more than ${DEEPEST} deep at ${quoted(mountpoint)}`;
    super({ step: 'catalog', code: 'CATALOG_LOOP', message });
  }
}

/** A catalog larger than any that can be meant. */
export class CatalogTooLargeError extends VerificationError {
  constructor(repository: string, mountpoint: string, size: number) {
    const message = `the catalog of ${repository} at ${quoted(mountpoint || '/')} is ${size} bytes large, more than is ever read`;
    super({ step: 'catalog', code: 'CATALOG_TOO_LARGE', message });
  }
}
