import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { provePool } from './prove.ts';

const COUNT = 24;
const SEED = 20261130;

// `npm run prove -- pool --count 200` is the same with more jobs, some of them by hand.
test(`${COUNT} jobs over two machines, one of which loses its runtime, its mount and its user namespaces`, async () => {
  const { judged, failed, lines } = await provePool({
    project: resolve(import.meta.dirname, '../..'),
    ...{ count: COUNT, seed: SEED, shrink: 'none', without: [] },
    say: () => undefined,
  });
  console.log(lines.join('\n'));
  expect({ judged, failed }, lines.join('\n')).toEqual({ judged: COUNT, failed: 0 });
}, 600_000);
