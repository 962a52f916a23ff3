import fc from 'fast-check';
import { expect, test } from 'vitest';
import { imagePath } from '../../src/repositories/image-path.ts';

const cvmfsRoots = ['/srv/x/cvmfs', '/cvmfs'];

test.each<[string, [string, string] | null]>([
  ['/cvmfs/containers.jinr.ru/nica/bmn:1', ['containers.jinr.ru', 'nica/bmn:1']],
  ['/srv/x/cvmfs/containers.jinr.ru/nica/bmn:1', ['containers.jinr.ru', 'nica/bmn:1']],
  ['//cvmfs/./containers.jinr.ru//nica/bmn:1//', ['containers.jinr.ru', 'nica/bmn:1']],
  ['/cvmfs/a.org/x/../y/./z:1', ['a.org', 'y/z:1']],
  ['/cvmfs/a.org/.images/sha256:ab/cd', ['a.org', '.images/sha256:ab/cd']],
  ['/cvmfs/a.org', ['a.org', '']],
  ['/cvmfs/a.org/', ['a.org', '']],
  ['/cvmfs/a.org/x/..', ['a.org', '']],
  ['/data/../cvmfs/a.org/x', ['a.org', 'x']],
  ['/srv/x/y/../cvmfs/a.org/x', ['a.org', 'x']],
  // out of the repository
  ['/cvmfs/a.org/..', null],
  ['/cvmfs/a.org/../b.org/x', null],
  ['/cvmfs/a.org/../a.org/x', null],
  ['/cvmfs/a.org/x/../../../etc/passwd', null],
  // below no root, or no repository
  ['/cvmfs', null],
  ['/', null],
  ['/cvmfsx/a.org/x', null],
  ['/srv/x/a.org/x', null],
  ['/home/me/image.sif', null],
  ['cvmfs/a.org/x', null],
  ['./cvmfs/a.org/x', null],
  ['', null],
  ['/cvmfs/no-domain/x', null],
  ['/cvmfs/.hidden/x', null],
  ['/cvmfs/a.org/x\0y', null],
])('%j', (text, expected) => {
  const place = expected && { repository: expected[0], relativePath: expected[1] };
  expect(imagePath(text, { cvmfsRoots })).toEqual(place);
});

test('a root may be written with slashes to spare', () => {
  expect(imagePath('/mnt/a.org/x:1', { cvmfsRoots: ['//mnt/./'] })).toEqual({
    repository: 'a.org',
    relativePath: 'x:1',
  });
});

test('what is found is normalised, and reading it again finds the same', () => {
  const pieces = fc.constantFrom('..', '.', '', 'a.org', 'b.org', 'x', 'y:1', 'cvmfs', 'srv');
  const paths = fc.array(pieces, { maxLength: 8 }).map(parts => `/cvmfs/${parts.join('/')}`);
  fc.assert(
    fc.property(paths, text => {
      const place = imagePath(text, { cvmfsRoots });
      if (place === null) return;
      const parts = place.relativePath.split('/');
      expect(parts).not.toContain('..');
      expect(parts).not.toContain('.');
      if (place.relativePath !== '') expect(parts).not.toContain('');
      expect(imagePath(`/cvmfs/${place.repository}/${place.relativePath}`, { cvmfsRoots })).toEqual(place);
    }),
    { numRuns: 1000 },
  );
});
