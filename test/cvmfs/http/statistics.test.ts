import { expect, test } from 'vitest';
import { statisticsOf } from '../../../src/cvmfs/http/statistics.ts';

const counters = (counted: Record<string, number>) => new Map(Object.entries(counted));

test('the counters of this catalog and of those below are added', () => {
  const counted = { self_regular: 1, subtree_regular: 2, self_dir: 3, self_file_size: 10, subtree_nested: 4 };
  expect(statisticsOf(counters(counted))).toEqual({
    files: 3,
    directories: 3,
    links: 0,
    specials: 0,
    bytes: 10,
    catalogs: 4,
  });
});

test.each([
  ['no counter at all', {}],
  ['no counter of files', { self_dir: 1 }],
  ['no counter of directories', { self_regular: 1 }],
])('%s: nothing is known, and 0 would be a guess', (_, counted) => {
  expect(statisticsOf(counters(counted))).toBeNull();
});
