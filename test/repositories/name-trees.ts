import fc from 'fast-check';
import type { LayoutName } from '../../src/repositories/layouts/index.ts';

// Paths that could stand in a repository of each layout: ordinary ones, users' names that look like registries, registries
// by all their names, digests, and what no name can lead to.

const word = fc.stringMatching(/^[a-z0-9]{1,4}$/);
const part = fc.oneof(
  { weight: 6, arbitrary: word },
  { weight: 2, arbitrary: fc.tuple(word, fc.constantFrom('.', '-', '_', '__'), word).map(x => x.join('')) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'library',
      'all',
      'localhost',
      'oci',
      'docker.io',
      'first.last',
      'Foo',
      'a..b',
      'x_',
    ),
  },
);
const registry = fc.constantFrom(
  ...[
    'registry.hub.docker.com',
    'docker.io',
    'registry-1.docker.io',
    'index.docker.io',
    'gitlab-p4n.aip.de:5005',
  ],
  ...['ghcr.io', 'GHCR.io', 'localhost', 'localhost:5000', '127.0.0.1:80', 'library', 'bad_host.ch'],
);
const tag = fc.oneof(
  { weight: 6, arbitrary: fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,3}$/) },
  { weight: 1, arbitrary: fc.constantFrom(`sha256:${'ab'.repeat(32)}`, '', '-x', 'a:b', 'a@b') },
);
const below = (most: number) =>
  fc.array(part, { minLength: 1, maxLength: most }).map(parts => parts.join('/'));

const BEHIND_REGISTRY = fc
  .tuple(registry, below(3), tag)
  .map(([host, path, end]) => `${host}/${path}:${end}`);
const PATHS: Readonly<Record<LayoutName, fc.Arbitrary<string>>> = {
  osg: fc
    .tuple(
      fc.oneof(
        below(4),
        fc.tuple(registry, below(2)).map(x => x.join('/')),
      ),
      tag,
    )
    .map(x => x.join(':')),
  cern: BEHIND_REGISTRY,
  store: BEHIND_REGISTRY,
  files: fc
    .tuple(fc.oneof({ weight: 5, arbitrary: fc.constant('all') }, part), part, tag)
    .map(([a, b, c]) => `${a}/${b}:${c}`),
};

/** Sets of paths in a layout, some of them neighbours whose names are easily taken for one another. */
export const trees = (layout: LayoutName): fc.Arbitrary<readonly string[]> =>
  fc
    .array(PATHS[layout], { minLength: 1, maxLength: 8 })
    .chain(paths =>
      fc
        .subarray(
          paths.flatMap(path => [path.replace(/^[^/]*\//, ''), `first.last/${path}`, `library/${path}`]),
        )
        .map(more => [
          ...new Set([...paths, ...more].filter(path => path.includes(':', path.lastIndexOf('/')))),
        ]),
    );
