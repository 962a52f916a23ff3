import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseReference } from '../../src/image/reference.ts';
import { LAYOUTS, type LayoutName } from '../../src/repositories/layouts/index.ts';
import { listedName } from '../../src/repositories/listed-name.ts';
import { trees } from './name-trees.ts';

test.each<[LayoutName, string, string | null]>([
  ['osg', 'library/debian:12', 'library/debian:12'],
  ['osg', 'nica/docker-images/bmn:24.12', 'nica/docker-images/bmn:24.12'],
  ['osg', 'first.last/tgr/img:latest', 'first.last/tgr/img:latest'],
  ['osg', 'first.last/img:latest', 'first.last/img:latest'],
  ['osg', 'debian:12', null],
  ['osg', 'Some/image:1', 'Some/image:1'],
  ['osg', 'some/Image:1', null],
  ['osg', 'localhost/x:1', 'localhost/x:1'],
  ['cern', 'registry.hub.docker.com/library/centos:7', 'registry.hub.docker.com/library/centos:7'],
  ['cern', 'registry-1.docker.io/a/b:1', 'registry-1.docker.io/a/b:1'],
  ['cern', 'docker.io/a/b:1', 'docker.io/a/b:1'],
  ['cern', `docker.io/a/b:sha256:${'ab'.repeat(32)}`, `docker.io/a/b@sha256:${'ab'.repeat(32)}`],
  ['cern', 'GHCR.io/a/b:1', null],
  ['cern', `ghcr.io/a/b:sha256:${'ab'.repeat(32)}`, `ghcr.io/a/b@sha256:${'ab'.repeat(32)}`],
  ['cern', 'library/b:1', null],
  ['files', 'all/kraken2:2.1.3--pl5321', 'all/kraken2:2.1.3--pl5321'],
  ['files', 'other/kraken2:1', null],
])('in layout %s the image at %s is typed as %s', (layout, path, name) => {
  expect(listedName(path, LAYOUTS[layout])).toBe(name);
});

test.each(Object.values(LAYOUTS))(
  '$name: what is listed leads to its own path, whatever stands beside it',
  layout => {
    let named = 0;
    fc.assert(
      fc.property(trees(layout.name), paths => {
        for (const path of paths) {
          const name = listedName(path, layout);
          if (name === null) continue;
          named += 1;
          const found = layout
            .candidates(parseReference(name), null)
            .find(candidate => paths.includes(candidate));
          expect(found).toBe(path);
        }
      }),
      { numRuns: 3000 },
    );
    expect(named).toBeGreaterThan(1000);
  },
);
