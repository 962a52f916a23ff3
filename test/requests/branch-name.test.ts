import fc from 'fast-check';
import { expect, test } from 'vitest';
import { branchName, isJcdsBranch } from '../../src/requests/branch-name.ts';

const LIST = { host: 'git.jinr.ru', project: 'sync/registry', path: 'docker_images.txt' };

test.each([
  [LIST, 'git.jinr.ru:5005/nica/docker-images/bmn:24.12', 'jcds/bmn-24-12-8415e217c11a'],
  [LIST, 'https://ghcr.io/a/B_c:1.0@sha256:00', 'jcds/b-c-1-0-sha256-00-24678d9284c0'],
])('%j, %s', (list, entry, name) => {
  // The same on every host and in every version to come: the hash is part of the promise.
  expect(branchName(list, entry)).toBe(name);
});

test('another host, project, path or image is another branch', () => {
  const names = [
    branchName(LIST, 'a/b:1'),
    branchName(LIST, 'c/b:1'),
    branchName({ ...LIST, host: 'github.com' }, 'a/b:1'),
    branchName({ ...LIST, project: 'x/registry' }, 'a/b:1'),
    branchName({ ...LIST, path: 'x' }, 'a/b:1'),
  ];
  expect(new Set(names).size).toBe(names.length);
  expect(branchName({ ...LIST, project: 'Sync/Registry' }, 'a/b:1')).toBe(names[0]);
});

test('whatever the entry, a name that git takes and that is known again', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), entry => {
      const name = branchName(LIST, entry);
      expect(isJcdsBranch(name)).toBe(true);
      expect(name).toMatch(/^jcds\/[a-z0-9][a-z0-9-]*$|^jcds\/-[0-9a-f]{12}$/);
      expect(name.length).toBeLessThan(60);
    }),
  );
});

test.each(['main', 'jcds/x', 'feature/jcds/a-0123456789ab'])('%s was not named by jcds', branch => {
  expect(isJcdsBranch(branch)).toBe(false);
});
