import { expect, test } from 'vitest';
import { proveArchives } from './prove.ts';

test('5,000 random images, as they come: nothing outside of the root changes, and every failure has a name', {
  timeout: 600_000,
}, async () => {
  const { lines, failed, facts } = await proveArchives({ count: 5000, seed: 1, say: () => {} });
  expect({ failed, lines }).toEqual({ failed: 0, lines: [] });
  expect(facts.trees).toBeGreaterThan(250);
});
