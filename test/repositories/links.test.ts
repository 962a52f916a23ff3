import { resolve } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isJcdsError } from '../../src/errors.ts';
import { expandVariant, followLink } from '../../src/repositories/links.ts';

const allowed = ['other.org'];
const at = { root: '/srv/x/cvmfs', repository: 'a.org', linkRelativePath: 'nica/bmn:1', allowed };

test.each<[string, string, string]>([
  ['/cvmfs/a.org/.images/ab/cd', 'a.org', '.images/ab/cd'],
  ['/srv/x/cvmfs/a.org/.images/ab/cd', 'a.org', '.images/ab/cd'],
  ['//cvmfs/./a.org//.images/ab/cd/', 'a.org', '.images/ab/cd'],
  ['../.flat/ab/cd', 'a.org', '.flat/ab/cd'],
  ['bmn:2', 'a.org', 'nica/bmn:2'],
  ['./bmn:2', 'a.org', 'nica/bmn:2'],
  ['../../a.org/x', 'a.org', 'x'],
  ['..', 'a.org', ''],
  ['/cvmfs/other.org/x', 'other.org', 'x'],
  ['../../other.org/x', 'other.org', 'x'],
])('%s leads to %s, %s', (target, repository, relativePath) => {
  expect(followLink({ ...at, target })).toEqual({ repository, relativePath });
});

test.each([
  '/etc/passwd',
  '/cvmfs',
  '/cvmfs/',
  '/cvmfs/a.orgx/x',
  '/cvmfs/other.org.evil/x',
  '/cvmfs/third.org/x',
  '/cvmfs/a.org/../../etc',
  '/cvmfs/a.org/../third.org/x',
  '/cvmfsx/a.org/x',
  '/srv/x/cvmfsx/a.org/x',
  '/srv/x',
  '/a.org/x',
  '../..',
  '../../third.org/x',
  '../../../../etc/passwd',
  '../../../cvmfs/a.org/x',
  '',
  'x\0y',
  '/x\u001b[31m',
])('%j escapes', target => {
  const shown = target.replace(/[\0\u001b]/g, '?');
  expect(failure(() => followLink({ ...at, target }))).toEqual({
    name: 'LinkEscapesError',
    code: 'LINK_ESCAPES',
    message: `the link nica/bmn:1 in a.org leads out of the repository, to ${shown}`,
    hint: 'tell the people who run a.org; a repository that is meant is named in allowedLinkTargets',
    exitCode: 1,
  });
});

test('a link at the top of the repository has no directory above it', () => {
  const top = { ...at, linkRelativePath: 'latest' };
  expect(followLink({ ...top, target: 'x/y' })).toEqual({ repository: 'a.org', relativePath: 'x/y' });
  expect(failure(() => followLink({ ...top, target: '../third.org' }))).toMatchObject({
    code: 'LINK_ESCAPES',
  });
});

test('where a link leads is where the path leads as text, below the root in use', () => {
  const pieces = fc.constantFrom('..', '.', '', 'a.org', 'other.org', 'x', 'cvmfs', 'srv');
  const targets = fc
    .tuple(fc.constantFrom('', '/cvmfs/', '/srv/x/cvmfs/', '/', '../'), fc.array(pieces, { maxLength: 6 }))
    .map(([start, parts]) => start + parts.join('/'));
  fc.assert(
    fc.property(targets, target => {
      const result = failure(() => followLink({ ...at, target })) as {
        result?: { repository: string; relativePath: string };
      };
      if (!result.result) return;
      const { repository, relativePath } = result.result;
      expect(['a.org', 'other.org']).toContain(repository);
      const rewritten = target.replace(/^\/+(?:\.\/+)*cvmfs(?=\/|$)/, '/srv/x/cvmfs');
      expect(`/srv/x/cvmfs/${repository}${relativePath && `/${relativePath}`}`).toBe(
        resolve('/srv/x/cvmfs/a.org/nica', rewritten),
      );
    }),
    { numRuns: 2000 },
  );
});

test.each<[string, Record<string, string | undefined>, string]>([
  ['.multiarch/$(CVMFS_ARCH:-amd64)/a.ch/b:1', {}, '.multiarch/amd64/a.ch/b:1'],
  ['.multiarch/$(CVMFS_ARCH:-amd64)/a.ch/b:1', { CVMFS_ARCH: 'arm64:v8' }, '.multiarch/arm64:v8/a.ch/b:1'],
  ['$(A:-x)$(A:-y)', { A: '' }, ''],
  ['$(A)$(B)', { B: 'b' }, 'b'],
  ['$(A:-)', {}, ''],
  ['$(A:-b:-c)', {}, 'b:-c'],
  ['$(toString:-x)', {}, 'x'],
  ['$(A', { A: 'a' }, '$(A'],
  ['$A ${A} $(A)', { A: '$(A)' }, '$A ${A} $(A)'],
  ['plain', {}, 'plain'],
])('%j with %j is %j', (text, variables, expected) => {
  expect(expandVariant(text, variables)).toBe(expected);
});

test('a variable cannot lead a link out', () => {
  const target = expandVariant('../$(X:-y)/z', { X: '../../../../etc' });
  expect(failure(() => followLink({ ...at, target }))).toMatchObject({ code: 'LINK_ESCAPES' });
});

function failure(act: () => unknown): object {
  try {
    return { result: act() };
  } catch (error) {
    if (!isJcdsError(error)) throw error;
    const { name, code, message, hint, exitCode } = error;
    return { name, code, message, hint, exitCode };
  }
}
