/** What lies below a directory that has a catalog of its own, all nested catalogs included. */
export interface Statistics {
  readonly files: number;
  readonly directories: number;
  readonly links: number;
  readonly specials: number;
  /** Bytes of all files, unpacked. */
  readonly bytes: number;
  /** Catalogs nested below. */
  readonly catalogs: number;
}

/** From the counters of a catalog; null where an old server kept none. */
export function statisticsOf(counters: ReadonlyMap<string, number>): Statistics | null {
  if (!counters.has('self_regular') || !counters.has('self_dir')) return null;
  const sum = (name: string): number =>
    (counters.get(`self_${name}`) ?? 0) + (counters.get(`subtree_${name}`) ?? 0);
  return {
    files: sum('regular'),
    directories: sum('dir'),
    links: sum('symlink'),
    specials: sum('special'),
    bytes: sum('file_size'),
    catalogs: sum('nested'),
  };
}
