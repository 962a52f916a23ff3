import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { proveSituations } from './prove.ts';

const COUNT = 300;
const SEED = 20261129;
/** Scripts of `jcds wrap` still differ in some of a hundred: `npm run prove -- situations` judges them too. */
const WAYS = ['exec apptainer', 'exec unshare', 'exec bubblewrap', 'exec charliecloud'];

// A fault is printed as the command that shows it again.
test(`${COUNT} random situations, always the same (seed ${SEED})`, async () => {
  const said: string[] = [];
  const { judged, lines } = await proveSituations({
    project: resolve(import.meta.dirname, '../..'),
    ...{ count: COUNT, seed: SEED, ways: WAYS, shrink: 'first', without: [] },
    say: line => said.push(line),
  });
  expect([...said, ...lines].join('\n')).toBe('');
  expect(judged).toBe(COUNT);
}, 1_800_000);
