import { createHash } from 'node:crypto';
import type { Database, SqlValue } from 'sql.js';
import {
  type Chunk,
  chunkOf,
  ENTRY_COLUMNS,
  entryOf,
  type Mount,
  mountOf,
  type Page,
  pageOf,
} from './catalog-rows.ts';
import type { Entry } from './entry.ts';
import { quoted } from './quoted.ts';
import { openDatabase } from './sqlite.ts';
import { VerificationError } from './verification-error.ts';

/**
 * One SQLite file that describes a part of the repository's tree. Paths are those of the repository. A catalog that is
 * mounted elsewhere than where it was published (a bind mountpoint) keeps its own paths inside: they are
 * translated here. Everything throws CatalogError for what is damaged.
 */
export interface Catalog {
  readonly mount: Mount;
  find(path: string): Entry | null;
  page(directory: string, after?: number): Page;
  /** The catalog that takes over at `path` or on the way to it; null when this one answers. */
  mountTowards(path: string): Mount | null;
  chunks(path: string): Chunk[];
  /** The counters kept for this catalog (`self_…`) and for those below (`subtree_…`). */
  counters(): ReadonlyMap<string, number>;
  close(): void;
}

const TABLES = [
  'catalog',
  'nested_catalogs',
  'bind_mountpoints',
  'chunks',
  'statistics',
  'properties',
] as const;
const PAGE_ROWS = 2000;
const MOST_CHUNKS = 100_000;

/** Opens an inflated catalog. */
export async function openCatalog(bytes: Uint8Array, mount: Mount, repository: string): Promise<Catalog> {
  const database = await openDatabase(bytes, TABLES);
  if (!database)
    throw new CatalogError(repository, mount.mountpoint, 'it is no whole SQLite file of plain tables');
  try {
    return new SqliteCatalog(database, mount, repository);
  } catch (error) {
    database.close();
    throw error;
  }
}

class SqliteCatalog implements Catalog {
  readonly mount: Mount;
  readonly #database: Database;
  readonly #repository: string;
  readonly #tables: ReadonlySet<SqlValue | undefined>;
  readonly #rootPrefix: string;

  constructor(database: Database, mount: Mount, repository: string) {
    this.mount = mount;
    this.#database = database;
    this.#repository = repository;
    const tables = this.#query("SELECT name FROM sqlite_schema WHERE type = 'table' LIMIT 1000", []);
    this.#tables = new Set(tables.map(([name]) => name));
    const [prefix] = this.#queryIn(
      'properties',
      "SELECT value FROM properties WHERE key = 'root_prefix' LIMIT 1",
      [],
    );
    this.#rootPrefix = typeof prefix?.[0] === 'string' ? prefix[0] : '';
  }

  find(path: string): Entry | null {
    const sql = `SELECT ${ENTRY_COLUMNS} FROM catalog WHERE md5path_1 = ? AND md5path_2 = ? LIMIT 1`;
    const [row] = this.#query(sql, this.#pathHash(path));
    if (!row) return null;
    const entry = entryOf(row) ?? this.#fail(`its entry for ${quoted(path)} is malformed`);
    const name = path.slice(path.lastIndexOf('/') + 1);
    // The root of a catalog goes by whatever name it was published under.
    if (entry.name !== name && path !== this.mount.mountpoint)
      this.#fail(`it has ${quoted(entry.name)} at ${quoted(path)}`);
    return entry;
  }

  page(directory: string, after = -1): Page {
    const sql = `SELECT ${ENTRY_COLUMNS} FROM catalog WHERE parent_1 = ? AND parent_2 = ? AND rowid > ? ORDER BY rowid LIMIT ?`;
    const rows = this.#query(sql, [...this.#pathHash(directory), after, PAGE_ROWS]);
    return (
      pageOf(rows, after, PAGE_ROWS) ??
      this.#fail(`its entries below ${quoted(directory || '/')} are malformed`)
    );
  }

  mountTowards(path: string): Mount | null {
    for (const candidate of pathsBetween(this.mount.mountpoint, path)) {
      const [row] = (['nested_catalogs', 'bind_mountpoints'] as const).flatMap(table =>
        this.#queryIn(table, `SELECT sha1, size FROM ${table} WHERE path = ? LIMIT 1`, [
          this.#inner(candidate),
        ]),
      );
      if (row)
        return (
          mountOf(row, candidate) ??
          this.#fail(`its link to the catalog at ${quoted(candidate)} is malformed`)
        );
    }
    return null;
  }

  chunks(path: string): Chunk[] {
    const sql =
      'SELECT offset, size, hash FROM chunks WHERE md5path_1 = ? AND md5path_2 = ? ORDER BY offset LIMIT ?';
    const rows = this.#queryIn('chunks', sql, [...this.#pathHash(path), MOST_CHUNKS]);
    return rows.map(row => chunkOf(row) ?? this.#fail(`its chunks of ${quoted(path)} are malformed`));
  }

  counters(): ReadonlyMap<string, number> {
    const rows = this.#queryIn('statistics', 'SELECT counter, value FROM statistics LIMIT 1000', []);
    return new Map(rows.map(([counter, value]) => [String(counter), Number(value)]));
  }

  close(): void {
    this.#database.close();
  }

  /** The path by which the catalog itself goes. */
  #inner(path: string): string {
    return this.#rootPrefix + path.slice(this.mount.mountpoint.length);
  }

  /** Two little-endian signed 64-bit integers, as decimal text: a JavaScript number cannot hold them. */
  #pathHash(path: string): string[] {
    const digest = createHash('md5').update(this.#inner(path)).digest();
    return [digest.readBigInt64LE(0).toString(), digest.readBigInt64LE(8).toString()];
  }

  /** Rows of a table that catalogs of old servers may lack. */
  #queryIn(table: (typeof TABLES)[number], sql: string, parameters: SqlValue[]): SqlValue[][] {
    return this.#tables.has(table) ? this.#query(sql, parameters) : [];
  }

  #query(sql: string, parameters: SqlValue[]): SqlValue[][] {
    try {
      const statement = this.#database.prepare(sql, parameters);
      const rows: SqlValue[][] = [];
      try {
        while (statement.step()) rows.push(statement.get());
        return rows;
      } finally {
        statement.free();
      }
    } catch (cause) {
      return this.#fail('its tables are damaged or missing', cause);
    }
  }

  #fail(what: string, cause?: unknown): never {
    throw new CatalogError(this.#repository, this.mount.mountpoint, what, cause);
  }
}

/** "/a" and "/a/b" for mountpoint "" and path "/a/b": where another catalog may take over, nearest first. */
function pathsBetween(mountpoint: string, path: string): string[] {
  const names = path.slice(mountpoint.length).split('/').slice(1);
  return names.map((_, index) => `${mountpoint}/${names.slice(0, index + 1).join('/')}`);
}

/** An object that is a catalog by its hash and cannot be read as one. */
export class CatalogError extends VerificationError {
  constructor(repository: string, mountpoint: string, what: string, cause?: unknown) {
    const message = `the catalog of ${repository} at ${quoted(mountpoint || '/')} cannot be used: ${what}`;
    super({ step: 'catalog', code: 'CATALOG_MALFORMED', message, cause });
  }
}
