import { expect, test } from 'vitest';
import { FLAG } from './catalog-file.ts';
import { directory, link, Store } from './generator.ts';
import { laboratory } from './laboratory.ts';

const { serve, open } = laboratory();

test('100,000 names come in order of pages, each once, from two catalogs in memory at most', async () => {
  const store = new Store();
  const tags = Array.from({ length: 100_000 }, (_, index) => `/library/image${index >> 4}:v${index & 15}`);
  const library = store.catalog('/library', {
    rootPrefix: '/library',
    rows: [
      directory('/library', FLAG.nestedRoot),
      ...tags.map(path => link(path, `../.images/${path.length}/x`)),
    ],
  });
  const images = Array.from({ length: 3 }, (_, index) => ({ ...library, path: `/.images/${index}` }));
  const root = {
    rows: [
      directory(''),
      directory('/library', FLAG.nestedMountpoint),
      directory('/.images'),
      ...images.map(({ path }) => directory(path, FLAG.nestedMountpoint)),
    ],
    nested: [library, ...images],
  };
  const server = await serve({ store, root });
  const repository = await open(server);
  const found: string[] = [];
  for await (const page of repository.walk('/library')) {
    expect(page.length).toBeLessThanOrEqual(2000);
    for (const { path } of page) found.push(path);
  }
  expect(new Set(found)).toEqual(new Set(tags));
  expect(found).toHaveLength(tags.length);
  expect(repository.catalogs).toEqual({ opened: 2, open: 2, most: 2 });
  expect((await repository.list('/library'))?.length).toBe(tags.length);
});
