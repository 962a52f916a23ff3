import { createHash } from 'node:crypto';
import type { SqlValue } from 'sql.js';
import initialise from 'sql.js/dist/sql-wasm-inline.js';

const SQL = await initialise();

export const FLAG = {
  directory: 1,
  nestedMountpoint: 2,
  file: 4,
  link: 8,
  special: 16,
  nestedRoot: 32,
  chunked: 64,
  external: 128,
  plain: 1 << 11,
  bind: 0x4000,
  hidden: 0x8000,
} as const;

/** One row of `catalog`. */
export interface CatalogRow {
  /** As the catalog itself counts paths; "" for the root. */
  readonly path: string;
  readonly flags: number;
  /** Where it differs from the last part of `path`. */
  readonly name?: string;
  readonly size?: number;
  readonly mode?: number;
  readonly hash?: string | null;
  readonly link?: string;
}

export interface MountRow {
  readonly path: string;
  readonly hash: string;
  readonly size: number;
}

export interface CatalogContent {
  readonly rows: readonly CatalogRow[];
  readonly nested?: readonly MountRow[];
  readonly binds?: readonly MountRow[];
  readonly rootPrefix?: string;
  readonly chunks?: readonly { path: string; offset: number; size: number; hash: string }[];
  readonly counters?: Readonly<Record<string, number>>;
  /** SQL to run at the end, to spoil the file. */
  readonly sql?: string;
}

/** The tables of CernVM-FS 2.12.0, schema 2.5 revision 7. */
const SCHEMA = `
CREATE TABLE properties (key TEXT, value TEXT, CONSTRAINT pk_properties PRIMARY KEY (key));
CREATE TABLE catalog (md5path_1 INTEGER, md5path_2 INTEGER, parent_1 INTEGER, parent_2 INTEGER, hardlinks INTEGER, hash BLOB, size INTEGER, mode INTEGER, mtime INTEGER, mtimens INTEGER, flags INTEGER, name TEXT, symlink TEXT, uid INTEGER, gid INTEGER, xattr BLOB, CONSTRAINT pk_catalog PRIMARY KEY (md5path_1, md5path_2));
CREATE INDEX idx_catalog_parent ON catalog (parent_1, parent_2);
CREATE TABLE chunks (md5path_1 INTEGER, md5path_2 INTEGER, offset INTEGER, size INTEGER, hash BLOB, CONSTRAINT pk_chunks PRIMARY KEY (md5path_1, md5path_2, offset, size));
CREATE TABLE nested_catalogs (path TEXT, sha1 TEXT, size INTEGER, CONSTRAINT pk_nested_catalogs PRIMARY KEY (path));
CREATE TABLE bind_mountpoints (path TEXT, sha1 TEXT, size INTEGER, CONSTRAINT pk_bind_mountpoints PRIMARY KEY (path));
CREATE TABLE statistics (counter TEXT, value INTEGER, CONSTRAINT pk_statistics PRIMARY KEY (counter));
`;

/** A catalog as SQLite file. */
export function catalogFile(content: CatalogContent): Uint8Array {
  const database = new SQL.Database();
  try {
    database.exec(SCHEMA);
    database.exec('BEGIN');
    const insert = (sql: string, rows: readonly (readonly SqlValue[])[]): void => {
      const statement = database.prepare(sql);
      for (const row of rows) statement.run([...row]);
      statement.free();
    };
    insert(
      'INSERT INTO catalog VALUES (?,?,?,?,1,?,?,?,1795368702,0,?,?,?,0,0,NULL)',
      content.rows.map(catalogRow),
    );
    insert('INSERT INTO nested_catalogs VALUES (?,?,?)', (content.nested ?? []).map(mountRow));
    insert('INSERT INTO bind_mountpoints VALUES (?,?,?)', (content.binds ?? []).map(mountRow));
    insert(
      'INSERT INTO chunks VALUES (?,?,?,?,?)',
      (content.chunks ?? []).map(chunk => [
        ...pathHash(chunk.path),
        chunk.offset,
        chunk.size,
        Buffer.from(chunk.hash, 'hex'),
      ]),
    );
    insert('INSERT INTO statistics VALUES (?,?)', Object.entries(content.counters ?? {}));
    if (content.rootPrefix)
      insert("INSERT INTO properties VALUES ('root_prefix', ?)", [[content.rootPrefix]]);
    database.exec('COMMIT');
    if (content.sql) database.exec(content.sql);
    return database.export();
  } finally {
    database.close();
  }
}

function catalogRow(row: CatalogRow): SqlValue[] {
  const slash = row.path.lastIndexOf('/');
  const parent = row.path === '' ? ['0', '0'] : pathHash(row.path.slice(0, slash));
  const mode =
    row.mode ?? (row.flags & FLAG.directory ? 0o40755 : row.flags & FLAG.link ? 0o120777 : 0o100644);
  const hash = row.hash ? Buffer.from(row.hash, 'hex') : null;
  const size = row.size ?? row.link?.length ?? 4096;
  return [
    ...pathHash(row.path),
    ...parent,
    hash,
    size,
    mode,
    row.flags,
    row.name ?? row.path.slice(slash + 1),
    row.link ?? '',
  ];
}

function mountRow({ path, hash, size }: MountRow): SqlValue[] {
  return [path, hash, size];
}

/** MD5 of the path as two little-endian signed integers; text, which the column turns into an integer. */
function pathHash(path: string): string[] {
  const digest = createHash('md5').update(path).digest();
  return [digest.readBigInt64LE(0).toString(), digest.readBigInt64LE(8).toString()];
}
