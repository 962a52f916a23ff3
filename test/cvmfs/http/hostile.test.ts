import { deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { catalogFile, FLAG, type MountRow } from './catalog-file.ts';
import { directory, link, type Publication, Store } from './generator.ts';
import { failure, laboratory } from './laboratory.ts';

const { serve, open } = laboratory();
const R = 'test.example.org';
const ROOT = directory('');
const CHILD = directory('/child', FLAG.nestedMountpoint);

/** A repository whose signature holds and whose catalogs do not: what `list('/child')` says. */
const DAMAGED: [string, () => Publication, string, string][] = [
  [
    'a catalog that is no SQLite file',
    () => withChild(Buffer.from('PK\u0003\u0004'.repeat(400))),
    'CATALOG_MALFORMED',
    `the catalog of ${R} at "/child" cannot be used: it is no whole SQLite file of plain tables`,
  ],
  [
    'a SQLite file cut in half',
    () => withChild(catalogFile({ rootPrefix: '/child', rows: many('/child') }).subarray(0, 20_480)),
    'CATALOG_MALFORMED',
    `the catalog of ${R} at "/child" cannot be used: it is no whole SQLite file of plain tables`,
  ],
  [
    'a SQLite file without tables',
    () => withChild(catalogFile({ rows: [], sql: 'DROP TABLE catalog' })),
    'CATALOG_MALFORMED',
    `the catalog of ${R} at "/child" cannot be used: its tables are damaged or missing`,
  ],
  [
    'a view that never ends in place of the table',
    () =>
      withChild(
        catalogFile({
          rows: [],
          sql: 'DROP TABLE catalog; CREATE VIEW catalog AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x AS md5path_1 FROM n',
        }),
      ),
    'CATALOG_MALFORMED',
    `the catalog of ${R} at "/child" cannot be used: it is no whole SQLite file of plain tables`,
  ],
  [
    'a column that is computed',
    () =>
      withChild(
        catalogFile({
          rows: [],
          sql: "ALTER TABLE catalog ADD COLUMN big TEXT AS (printf('%.*c', 900000000, 'x'))",
        }),
      ),
    'CATALOG_MALFORMED',
    `the catalog of ${R} at "/child" cannot be used: it is no whole SQLite file of plain tables`,
  ],
  [
    'a size that is too small',
    () => withChild(catalogFile({ rows: [directory('/child')], rootPrefix: '/child' }), 4096),
    'OBJECT_SIZE_MISMATCH',
    `the catalog of ${R} at "/child" is larger than the 4096 bytes announced`,
  ],
  [
    'a size that is too large',
    () => withChild(catalogFile({ rows: [directory('/child')], rootPrefix: '/child' }), 100_000_000),
    'OBJECT_SIZE_MISMATCH',
    `the catalog of ${R} at "/child" is smaller than the 100000000 bytes announced`,
  ],
  [
    'a size beyond all bounds',
    () => withChild(Buffer.alloc(4096), 10_000_000_000),
    'CATALOG_TOO_LARGE',
    `the catalog of ${R} at "/child" is 10000000000 bytes large, more than is ever read`,
  ],
  [
    'a compressed bomb',
    () => withChild(Buffer.alloc(4_000_000), 8192),
    'OBJECT_SIZE_MISMATCH',
    `the catalog of ${R} at "/child" is larger than the 8192 bytes announced`,
  ],
  [
    'a hash that is a path',
    () => ({
      root: { rows: [ROOT, CHILD], nested: [{ path: '/child', hash: '../../../../etc/passwd', size: 1 }] },
    }),
    'CATALOG_MALFORMED',
    `the catalog of ${R} at "/" cannot be used: its link to the catalog at "/child" is malformed`,
  ],
  [
    'flags that contradict each other',
    () =>
      withChild(
        catalogFile({
          rootPrefix: '/child',
          rows: [directory('/child'), { path: '/child/x', flags: FLAG.directory | FLAG.link }],
        }),
      ),
    'CATALOG_MALFORMED',
    `the catalog of ${R} at "/child" cannot be used: its entries below "/child" are malformed`,
  ],
  [
    'a size below nothing',
    () =>
      withChild(
        catalogFile({
          rootPrefix: '/child',
          rows: [directory('/child'), { path: '/child/x', flags: FLAG.file, size: -1 }],
        }),
      ),
    'CATALOG_MALFORMED',
    `the catalog of ${R} at "/child" cannot be used: its entries below "/child" are malformed`,
  ],
];

function many(path: string) {
  return [
    directory(path),
    ...Array.from({ length: 2000 }, (_, index) => link(`${path}/tag:${index}`, 'x'.repeat(50))),
  ];
}

function withChild(bytes: Uint8Array, size = bytes.length): Publication {
  const store = new Store();
  const nested = [{ path: '/child', hash: store.put(deflateSync(bytes), 'C'), size }];
  return { store, root: { rows: [ROOT, CHILD], nested } };
}

test.each(DAMAGED)('%s', async (_, publication, code, message) => {
  const repository = await open(await serve(publication()));
  expect(await failure(repository.list('/child'))).toEqual({ code, message, exitCode: 75 });
});

test('names that no directory can hold are left out, and said so without a control character', async () => {
  const bad = [
    'a/b',
    '..',
    '.',
    '',
    'nul\u0000',
    'esc\u001b[2J',
    'csi\u009b2J',
    'line\nfeed',
    'x'.repeat(256),
  ];
  const rows = bad.map((name, index) => ({ ...link(`/bad${index}`, 't'), name }));
  const repository = await open(await serve({ root: { rows: [ROOT, ...rows, link('/good:1', 't')] } }));
  expect((await repository.list('/'))?.map(entry => entry.name)).toEqual(['good:1']);
  expect(repository.leftOut).toEqual([{ directory: '', count: bad.length, example: '"a/b"' }]);
});

test('a name that belongs elsewhere is not taken for what was asked', async () => {
  const rows = [ROOT, { ...link('/library', '/etc'), name: 'other' }];
  const repository = await open(await serve({ root: { rows } }));
  expect(await failure(repository.stat('/library'))).toEqual({
    code: 'CATALOG_MALFORMED',
    message: `the catalog of ${R} at "/" cannot be used: it has "other" at "/library"`,
    exitCode: 75,
  });
});

test.each(['/../x', '/a/../../x', '/a\u0000b', '/a\nb', `/${'x'.repeat(256)}`, `/${'x/'.repeat(2049)}`])(
  'the path %j is refused',
  async path => {
    const repository = await open(await serve());
    expect(await failure(repository.stat(path))).toMatchObject({ code: 'INVALID_PATH', exitCode: 2 });
  },
);

/** Catalogs mounted in each other, `depth` deep, `width` times each: width ** depth directories from a few objects. */
function tower(depth: number, width: number): Publication {
  const store = new Store();
  const at = (index: number): string => `/d${index}`;
  let below: MountRow | null = null;
  for (let level = 0; level < depth; level++) {
    const inner: MountRow | null = below;
    const children = inner ? Array.from({ length: width }, (_, index) => at(index)) : [];
    below = store.catalog('', {
      rows: [ROOT, ...children.map(path => directory(path, FLAG.bind))],
      binds: children.map(path => ({ ...inner!, path })),
    });
  }
  const mounts = Array.from({ length: width }, (_, index) => ({ ...below!, path: at(index) }));
  return {
    store,
    root: { rows: [ROOT, ...mounts.map(({ path }) => directory(path, FLAG.bind))], binds: mounts },
  };
}

test('catalogs nested without end stop at a depth', async () => {
  const repository = await open(await serve(tower(40, 1)));
  const walking = async () => {
    for await (const _ of repository.walk('/'));
  };
  expect(await failure(walking())).toEqual({
    code: 'CATALOG_LOOP',
    message: `the catalogs of ${R} are nested more than 32 deep at "${'/d0'.repeat(32)}"`,
    exitCode: 75,
  });
});

test('a few catalogs mounted over and over stop at a number', async () => {
  const repository = await open(await serve(tower(20, 2)));
  const walking = async () => {
    for await (const _ of repository.walk('/'));
  };
  expect(await failure(walking())).toEqual({
    code: 'CATALOG_LOOP',
    message: `${R} holds more than 2000 catalogs: it is taken for endless`,
    exitCode: 75,
  });
});
