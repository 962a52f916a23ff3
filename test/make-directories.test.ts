import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeDirectories } from '../src/make-directories.ts';

const base = mkdtempSync(join(tmpdir(), 'jcds-make-'));
afterAll(() => rmSync(base, { recursive: true }));

test('makes the last names, for this user alone, and takes what is there', () => {
  mkdirSync(join(base, 'home'));
  for (let time = 0; time < 2; time++) makeDirectories(join(base, 'home/.cache/jcds/code'), 3);
  for (const name of ['.cache', '.cache/jcds', '.cache/jcds/code'])
    expect(statSync(join(base, 'home', name)).mode & 0o777).toBe(0o700);
});

test('never makes a home', () => {
  const inHome = join(base, 'nobody/.cache/jcds/code');
  expect(() => makeDirectories(inHome, 3)).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  expect(readdirSync(base)).toEqual(['home']);
});

test('ends where the file system answers ENOENT to everything', () => {
  expect(() => makeDirectories('/proc/nobody/.cache/jcds', 2)).toThrow(
    expect.objectContaining({ code: 'ENOENT' }),
  );
  expect(() => makeDirectories('/proc/nobody', 1)).toThrow(expect.objectContaining({ code: 'ENOENT' }));
});
