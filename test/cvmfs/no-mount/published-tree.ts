import { deflateSync } from 'node:zlib';
import { type CatalogRow, FLAG } from '../http/catalog-file.ts';
import { directory, link, type Publication, publish, Store } from '../http/generator.ts';

/** What stands at a path of a test repository. Directories on the way are made. */
export type TreeEntry =
  | { readonly link: string }
  | { readonly file: string | Uint8Array }
  | { readonly directory: true; readonly flags?: number }
  | { readonly special: true };

/** Paths below the repository, without a slash at the beginning. */
export type Tree = Readonly<Record<string, TreeEntry>>;

/**
 * Publishes a repository that holds a tree. Each path of `nested` gets a catalog of its own, with counters of what
 * is in it.
 */
export function publishTree(
  name: string,
  tree: Tree,
  { nested = [], ...publication }: { readonly nested?: readonly string[] } & Omit<Publication, 'root'> = {},
): Map<string, Uint8Array> {
  const store = new Store();
  const all = withParents(tree);
  const placeOf = (path: string): string =>
    nested.find(mountpoint => path.startsWith(`${mountpoint}/`)) ?? '';
  const rowsIn = (mountpoint: string): CatalogRow[] =>
    Object.entries(all)
      .filter(([path]) => placeOf(path) === mountpoint)
      .map(([path, entry]) => rowOf(`/${path}`, entry, store, nested.includes(path)));
  const mounts = nested.map(mountpoint => {
    const rows = rowsIn(mountpoint);
    const files = rows.filter(({ flags }) => flags & FLAG.file && !(flags & FLAG.link));
    return store.catalog(`/${mountpoint}`, {
      rootPrefix: `/${mountpoint}`,
      rows: [directory(`/${mountpoint}`, FLAG.nestedRoot), ...rows],
      counters: {
        self_regular: files.length,
        self_dir: 1 + rows.filter(({ flags }) => flags & FLAG.directory).length,
        self_symlink: rows.filter(({ flags }) => flags & FLAG.link).length,
        self_file_size: files.reduce((sum, { size = 0 }) => sum + size, 0),
      },
    });
  });
  const root = { rows: [directory(''), ...rowsIn('')], nested: mounts };
  return publish({ ...publication, name, store, root });
}

function withParents(tree: Tree): Tree {
  const all: Record<string, TreeEntry> = { ...tree };
  for (const path of Object.keys(tree)) {
    const names = path.split('/');
    for (let depth = 1; depth < names.length; depth++)
      all[names.slice(0, depth).join('/')] ??= { directory: true };
  }
  return all;
}

function rowOf(path: string, entry: TreeEntry, store: Store, isMountpoint: boolean): CatalogRow {
  if ('link' in entry) return link(path, entry.link);
  if ('special' in entry) return { path, flags: FLAG.special | FLAG.file };
  if ('directory' in entry)
    return directory(path, (entry.flags ?? 0) | (isMountpoint ? FLAG.nestedMountpoint : 0));
  const bytes = Buffer.from(entry.file);
  return { path, flags: FLAG.file, size: bytes.length, hash: store.put(deflateSync(bytes), '') };
}
