import { describe, expect, test } from 'vitest';
import { checkList, checkPlatform, checkRemovals } from '../../src/service/guards.ts';
import type { Step } from '../../src/service/situation.ts';

/** The code of what is thrown, or null. */
function codeOf(act: () => void): string | null {
  try {
    act();
    return null;
  } catch (thrown) {
    return (thrown as { code: string }).code;
  }
}

describe('a list', () => {
  test.each([
    [0, null, 'LIST_SUSPECT'],
    [0, 10, 'LIST_SUSPECT'],
    [4, 10, 'LIST_SUSPECT'],
    [5, 10, null],
    [1, null, null],
    [1, 2, null],
    [100, 10, null],
  ])('of %i lines, and %j last time', (length, listed, code) => {
    expect(codeOf(() => checkList('list', { length }, { listed }, false))).toBe(code);
    expect(codeOf(() => checkList('list', { length }, { listed }, true))).toBe(null);
  });
});

describe('a plan that removes', () => {
  test.each([
    [1, 1, 'MASS_REMOVAL'],
    [3, 3, 'MASS_REMOVAL'],
    [1, 2, null],
    [5, 6, null],
    [6, 7, 'MASS_REMOVAL'],
    [6, 59, 'MASS_REMOVAL'],
    [6, 60, null],
    [100, 1000, null],
    [101, 1000, 'MASS_REMOVAL'],
    [0, 0, null],
  ])('%i of %i names', (removed, all, code) => {
    const steps = Array.from(
      { length: removed },
      (_, at): Step => ({ kind: 'unlink', path: `a/b:${at}`, image: null }),
    );
    const links = new Map(Array.from({ length: all }, (_, at) => [`a/b:${at}`, null]));
    expect(codeOf(() => checkRemovals(steps, { links }, false))).toBe(code);
    expect(codeOf(() => checkRemovals(steps, { links }, true))).toBe(null);
  });
});

test.each([
  [null, null],
  ['linux/amd64', null],
  ['linux/arm64/v8', 'OTHER_PLATFORM'],
])('a repository of %j', (platform, code) => {
  expect(codeOf(() => checkPlatform('directory:/x', { platform }, 'linux/amd64'))).toBe(code);
});
