import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { proveNames } from './prove.ts';

// `npm run prove -- names` does the same with as many names as are wanted.

test('every line of list, typed back, leads to its own path: whole processes over random repositories', async () => {
  const said: string[] = [];
  const result = await proveNames({
    project: resolve(import.meta.dirname, '../..'),
    ...{ count: 60, seed: 13, shrink: 'none', without: [] },
    say: line => said.push(line),
  });
  expect(said).toEqual([]);
  expect(result.judged).toBeGreaterThan(1000);
});
