import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { PLANTED } from './planted-faults.ts';

const project = resolve(import.meta.dirname, '../..');

test('there are twenty, by twenty names', () => {
  expect(new Set(PLANTED.map(({ name }) => name)).size).toBe(20);
});

test.each(PLANTED)('what $name takes back stands once in $file', ({ file, right, wrong }) => {
  expect(readFileSync(join(project, file), 'utf8').split(right)).toHaveLength(2);
  expect(wrong).not.toBe(right);
});
