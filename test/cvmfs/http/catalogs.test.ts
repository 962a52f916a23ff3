import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type CatalogRow, FLAG } from './catalog-file.ts';
import { directory, link, type Publication, Store } from './generator.ts';
import { failure, laboratory } from './laboratory.ts';

const { serve, open } = laboratory();
const R = 'test.example.org';
const ROOT = directory('');

async function names(listing: Promise<readonly { name: string }[] | null>): Promise<string[] | undefined> {
  return (await listing)?.map(entry => entry.name).sort();
}

describe('nested catalogs', () => {
  function publication(): Publication {
    const store = new Store();
    const deep = store.catalog('/a/b/c', {
      rootPrefix: '/a/b/c',
      rows: [directory('/a/b/c', FLAG.nestedRoot), link('/a/b/c/tag:1', '../x')],
    });
    const middle = store.catalog('/a', {
      rootPrefix: '/a',
      rows: [directory('/a', FLAG.nestedRoot), directory('/a/b'), directory('/a/b/c', FLAG.nestedMountpoint)],
      nested: [deep],
      counters: {
        self_dir: 2,
        self_regular: 0,
        subtree_dir: 1,
        subtree_symlink: 1,
        self_nested: 1,
        subtree_file_size: 9,
      },
    });
    return {
      store,
      root: { rows: [ROOT, directory('/a', FLAG.nestedMountpoint), directory('/ab')], nested: [middle] },
    };
  }

  test('are followed down the path, two in memory at most', async () => {
    const server = await serve(publication());
    const repository = await open(server);
    expect(await repository.readlink('/a/b/c/tag:1')).toBe('../x');
    expect(await names(repository.list('/a/b'))).toEqual(['c']);
    expect(await names(repository.list('/a/b/c'))).toEqual(['tag:1']);
    expect(await names(repository.list('/ab'))).toEqual([]);
    expect(repository.catalogs.most).toBe(2);
    expect(server.requests.filter(path => path.endsWith('C'))).toHaveLength(3);
  });

  test('are not loaded for the directory itself, nor for what is beside it', async () => {
    const server = await serve(publication());
    const repository = await open(server);
    expect(await repository.stat('/a')).toMatchObject({ kind: 'directory', mountpoint: 'nested' });
    expect(await repository.stat('/ab/none')).toBeNull();
    expect(server.requests.filter(path => path.endsWith('C'))).toHaveLength(1);
  });

  test('are walked one after the other, and at once when asked from many places', async () => {
    const repository = await open(await serve(publication()));
    const paths: string[] = [];
    for await (const page of repository.walk('/')) paths.push(...page.map(({ path }) => path));
    expect(paths).toEqual(['/a', '/ab', '/a/b', '/a/b/c', '/a/b/c/tag:1']);
    const all = await Promise.all(
      ['/a', '/a/b', '/a/b/c', '/a/b/c/tag:1', '/x'].map(path => repository.stat(path)),
    );
    expect(all.map(entry => entry?.kind)).toEqual(['directory', 'directory', 'directory', 'link', undefined]);
    expect(repository.catalogs.most).toBe(2);
  });

  test('say how much lies below', async () => {
    const repository = await open(await serve(publication()));
    expect(await repository.statistics('/a')).toEqual({
      files: 0,
      directories: 3,
      links: 1,
      specials: 0,
      bytes: 9,
      catalogs: 1,
    });
    expect(await repository.statistics('/a/b/c')).toBeNull();
  });
});

test('a catalog mounted elsewhere answers by the paths of where it was published', async () => {
  const store = new Store('rmd160');
  const leaf = store.catalog('/2025/x/deep', {
    rootPrefix: '/2025/x/deep',
    rows: [directory('/2025/x/deep'), link('/2025/x/deep/l', 't')],
  });
  const old = store.catalog('/now', {
    rootPrefix: '/2025',
    rows: [
      directory('/2025', FLAG.nestedRoot),
      directory('/2025/x'),
      directory('/2025/x/deep', FLAG.nestedMountpoint),
    ],
    nested: [leaf],
  });
  const root = { rows: [ROOT, directory('/now', FLAG.bind)], binds: [old] };
  const repository = await open(await serve({ algorithm: 'rmd160', store, root }));
  expect(await repository.stat('/now')).toMatchObject({ mountpoint: 'bind' });
  expect(await repository.stat('/now/x')).toMatchObject({ kind: 'directory', name: 'x' });
  expect(await repository.readlink('/now/x/deep/l')).toBe('t');
});

test('a hidden entry is there and not listed', async () => {
  const rows = [ROOT, directory('/seen'), directory('/unseen', FLAG.hidden)];
  const repository = await open(await serve({ root: { rows } }));
  expect(await names(repository.list('/'))).toEqual(['seen']);
  expect(await repository.stat('/unseen')).toMatchObject({ isHidden: true });
});

describe('links', () => {
  const rows = [
    ROOT,
    directory('/amd64'),
    directory('/amd64/lib'),
    directory('/arm64'),
    link('/variant', '$(CVMFS_ARCH:-amd64)/lib'),
    link('/bare', '/cvmfs/test.example.org/$(NONE)amd64'),
    link('/up', '../outside'),
    link('/abs', '/etc/passwd'),
    link('/sibling', '/cvmfs/test.example.org.evil/x'),
    link('/amd64/back', '../arm64/./../amd64/lib'),
    link('/one', 'two'),
    link('/two', 'one'),
    link('/odd', 'a\u001b[2Jb'),
    link('/empty', ''),
  ];
  test.each([
    ['/variant', {}, { state: 'found', path: '/amd64/lib' }],
    ['/variant', { CVMFS_ARCH: 'arm64' }, { state: 'missing', path: '/arm64/lib' }],
    ['/bare/lib', {}, { state: 'found', path: '/amd64/lib' }],
    ['/amd64/back', {}, { state: 'found', path: '/amd64/lib' }],
    ['/up', {}, { state: 'outside', link: '/up', target: '../outside' }],
    ['/abs', {}, { state: 'outside', link: '/abs', target: '/etc/passwd' }],
    ['/sibling', {}, { state: 'outside', link: '/sibling', target: '/cvmfs/test.example.org.evil/x' }],
    ['/one/x', {}, { state: 'loop', link: '/one' }],
    ['/odd', {}, { state: 'outside', link: '/odd', target: 'a\u001b[2Jb' }],
    ['/empty', {}, { state: 'outside', link: '/empty', target: '' }],
    ['/', {}, { state: 'found', path: '' }],
    ['/amd64/none/x', {}, { state: 'missing', path: '/amd64/none' }],
  ])('%s with %j leads to %j', async (path, variables, expected) => {
    const repository = await open(await serve({ root: { rows } }), { variables });
    expect(await repository.follow(path)).toMatchObject(expected);
  });

  test('readlink expands variables too, and is null for what is no link', async () => {
    const repository = await open(await serve({ root: { rows } }));
    expect(await repository.readlink('/variant')).toBe('amd64/lib');
    expect(await repository.readlink('/amd64')).toBeNull();
    expect(await repository.readlink('/none')).toBeNull();
  });
});

describe('content', () => {
  const TEXT = Buffer.from('hello, '.repeat(20));
  const sizes = { size: TEXT.length };

  function publication(): Publication {
    const store = new Store();
    const halves = [TEXT.subarray(0, 60), TEXT.subarray(60)].map((part, index) => ({
      path: '/chunked',
      offset: index * 60,
      size: part.length,
      hash: store.put(deflateSync(part), 'P'),
    }));
    const bomb = deflateSync(Buffer.alloc(2_000_000));
    const rows: CatalogRow[] = [
      ROOT,
      { path: '/packed', flags: FLAG.file, hash: store.put(deflateSync(TEXT), ''), ...sizes },
      { path: '/plain', flags: FLAG.file | FLAG.plain, hash: store.put(TEXT, ''), ...sizes },
      {
        path: '/shake',
        flags: FLAG.file | (2 << 8),
        hash: store.put(deflateSync(TEXT), '', 'shake128').slice(0, 40),
        ...sizes,
      },
      {
        path: '/rmd',
        flags: FLAG.file | (1 << 8),
        hash: store.put(deflateSync(TEXT), '', 'rmd160').slice(0, 40),
        ...sizes,
      },
      { path: '/chunked', flags: FLAG.file | FLAG.chunked, hash: null, ...sizes },
      { path: '/holey', flags: FLAG.file | FLAG.chunked, hash: null, ...sizes },
      { path: '/bomb', flags: FLAG.file, hash: store.put(bomb, ''), size: 100 },
      { path: '/liar', flags: FLAG.file, hash: store.put(deflateSync(TEXT), ''), size: 100_000 },
      { path: '/liar-plain', flags: FLAG.file | FLAG.plain, hash: store.put(TEXT, ''), size: 5 },
      { path: '/not-packed', flags: FLAG.file, hash: store.put(TEXT.subarray(1), ''), size: 5 },
      { path: '/external', flags: FLAG.file | FLAG.external, hash: null, ...sizes },
      { path: '/nowhere', flags: FLAG.file, hash: null, ...sizes },
    ];
    return { store, root: { rows, chunks: [...halves, { ...halves[1]!, path: '/holey' }] } };
  }

  test.each(['/packed', '/plain', '/shake', '/rmd', '/chunked'])('of %s is read', async path => {
    const repository = await open(await serve(publication()));
    expect(Buffer.from(await repository.read(path, 1000))).toEqual(TEXT);
  });

  test.each([
    [
      '/bomb',
      'OBJECT_SIZE_MISMATCH',
      `the content of "/bomb" in ${R} is larger than the 100 bytes announced`,
    ],
    [
      '/liar',
      'OBJECT_SIZE_MISMATCH',
      `the content of "/liar" in ${R} is smaller than the 100000 bytes announced`,
    ],
    [
      '/liar-plain',
      'FILE_UNREADABLE',
      `"/liar-plain" in ${R} cannot be read: it has 140 bytes and not the 5 announced`,
    ],
    [
      '/not-packed',
      'OBJECT_NOT_COMPRESSED',
      `the content of "/not-packed" in ${R} is not a whole zlib stream`,
    ],
    ['/external', 'FILE_UNREADABLE', `"/external" in ${R} cannot be read: its content is stored elsewhere`],
    [
      '/nowhere',
      'FILE_UNREADABLE',
      `"/nowhere" in ${R} cannot be read: the catalog does not say where its content is`,
    ],
    ['/holey', 'FILE_UNREADABLE', `"/holey" in ${R} cannot be read: its pieces do not make up the whole`],
    ['/', 'FILE_UNREADABLE', `"/" in ${R} cannot be read: it is no regular file`],
    ['/none', 'FILE_UNREADABLE', `"/none" in ${R} cannot be read: it does not exist`],
  ])('of %s is %s', async (path, code, message) => {
    const repository = await open(await serve(publication()));
    expect(await failure(repository.read(path, 1_000_000))).toEqual({ code, message, exitCode: 75 });
  });

  test('longer than asked for is not even fetched', async () => {
    const server = await serve(publication());
    const repository = await open(server);
    expect(await failure(repository.read('/packed', 10))).toMatchObject({
      message: `"/packed" in ${R} cannot be read: it has 140 bytes, more than the 10 to be read`,
    });
    expect(server.requests).toHaveLength(4);
  });
});
