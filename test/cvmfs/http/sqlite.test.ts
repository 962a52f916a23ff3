import initialise from 'sql.js/dist/sql-wasm-inline.js';
import { describe, expect, test } from 'vitest';
import { openDatabase } from '../../../src/cvmfs/http/sqlite.ts';

const SQL = await initialise();

/** A database of SQLite itself, with pages of the smallest size that there is. */
function databaseFile(...statements: string[]): Uint8Array {
  const database = new SQL.Database();
  try {
    for (const sql of ['PRAGMA page_size=512', ...statements]) database.exec(sql);
    return database.export();
  } finally {
    database.close();
  }
}

async function isOpened(bytes: Uint8Array, tables: readonly string[] = []): Promise<boolean> {
  const database = await openDatabase(bytes, tables);
  database?.close();
  return database !== null;
}

describe('what is opened as a database', () => {
  test('the smallest file that SQLite writes: one page of 512 bytes', async () => {
    const smallest = databaseFile('CREATE VIEW v AS SELECT 1');
    expect(smallest.length).toBe(512);
    expect(await isOpened(smallest)).toBe(true);
    expect(await isOpened(smallest.slice(0, 511))).toBe(false);
  });

  test('a view in the place of a table is not', async () => {
    const file = databaseFile('CREATE VIEW catalog AS SELECT 1', 'CREATE TABLE chunks (a)');
    expect(await isOpened(file, ['chunks', 'absent'])).toBe(true);
    expect(await isOpened(file, ['catalog'])).toBe(false);
  });
});
