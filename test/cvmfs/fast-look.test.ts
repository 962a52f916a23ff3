import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { carefulLook } from '../../src/cvmfs/careful-look.ts';
import { lookFast } from '../../src/cvmfs/fast-look.ts';
import { plant, temporaryDirectory } from '../rootfs/tree-on-disk.ts';
import { row } from './look-setting.ts';

const REPOSITORY = 'r.cern.ch';

test('what the fast look finds, the careful one finds too, whatever the links say', () => {
  const name = fc.constantFrom('a', 'b', 'a/b', 'c', 'x:1', '..');
  const inside = ['', '', '../', '../', `/cvmfs/${REPOSITORY}/`, `/cvmfs/${REPOSITORY}/`];
  const target = fc
    .tuple(
      fc.constantFrom(...inside, '/cvmfs/', '/', '../../'),
      fc.array(name, { minLength: 1, maxLength: 2 }),
    )
    .map(([start, names]) => start + names.join('/'));
  let agreed = 0;
  fc.assert(
    fc.property(
      fc.array(target, { minLength: 2, maxLength: 5 }),
      fc.constantFrom('a/x:1', 'a/b/c', 'a/b/c/x:1'),
      (targets, candidate) => {
        const places = ['a/x:1', 'a/b/c', 'c', 'x:1', 'b/a'];
        const root = realpathSync(temporaryDirectory());
        plant(join(root, REPOSITORY), { '.images/x': 'x', a: null, 'a/b': null, b: null });
        plant(
          join(root, REPOSITORY),
          Object.fromEntries(targets.map((link, index) => [places[index]!, { link }])),
        );
        const candidates = { osg: candidate, cern: null, files: null, store: null };
        const fast = lookFast({
          root,
          repository: REPOSITORY,
          layout: 'detect',
          candidates,
          spelled: null,
          timeout: 10_000,
        });
        if (fast === null) return;
        agreed++;
        const place = { repository: REPOSITORY, relativePath: candidate };
        expect(carefulLook(root, [row(REPOSITORY)], () => {}).find({ kind: 'place', place })).toEqual({
          state: 'published',
          repository: REPOSITORY,
          path: `${root}/${REPOSITORY}/${candidate}`,
          ...fast,
        });
      },
    ),
    { numRuns: 150, seed: 20261122 },
  );
  // An empty directory, which no image is, is left to the careful look.
  expect(agreed).toBeGreaterThan(7);
});

test.each([
  ['a name with blanks and quotes', `a b'"$(touch x)/c:1`],
  ['a name with a backslash and a glob', 'a\\nb*[x]/c:1'],
  ['a name that looks like an option', '-P/-L:1'],
  ['a name with a line end', 'a\nb/c:1'],
])('%s is no more than a name', (_what, candidate) => {
  const root = realpathSync(temporaryDirectory());
  plant(join(root, REPOSITORY), {
    '.images/3f/x': 'x',
    [candidate]: { link: `/cvmfs/${REPOSITORY}/.images/3f` },
  });
  const candidates = { osg: candidate, cern: null, files: null, store: null };
  const found = lookFast({
    root,
    repository: REPOSITORY,
    layout: 'osg',
    candidates,
    spelled: null,
    timeout: 10_000,
  });
  expect(found?.target).toBe(`${root}/${REPOSITORY}/.images/3f`);
});

test('a place that cannot be named in one line is left to the careful look', () => {
  const root = realpathSync(temporaryDirectory());
  plant(join(root, REPOSITORY), {
    '.images/3f\nx/x': 'x',
    'a:1': { link: '.images/3f\nx' },
    'b:1': { link: '.images/3f\n' },
    '.images/3f/x': 'x',
  });
  const at = (osg: string) =>
    lookFast({
      root,
      repository: REPOSITORY,
      layout: 'osg',
      candidates: { osg, cern: null, files: null, store: null },
      spelled: null,
      timeout: 10_000,
    });
  expect(at('a:1')).toBeNull();
  expect(at('b:1')).toBeNull();
});
