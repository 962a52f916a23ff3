import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { directory, STRANGER } from './generator.ts';
import { failure, laboratory } from './laboratory.ts';

// The root catalog is asked for before the signature of the manifest that names it is checked. Whoever sits between must not
// fill memory and cache by that.
const { serve, open, directory: cache } = laboratory();
const kept = () => readdirSync(cache(), { recursive: true }).filter(name => String(name).endsWith('C'));
const asked = (server: { requests: readonly string[] }) =>
  server.requests.filter(path => /\/data\/.*C$/.test(path));

test('of a manifest that nobody vouches for nothing is kept', async () => {
  const server = await serve({ manifest: { key: STRANGER } });
  expect(await failure(open(server))).toMatchObject({ code: expect.stringContaining('SIGNATURE') });
  expect(asked(server)).toHaveLength(1);
  expect(kept()).toEqual([]);
});

test('a catalog that is larger than 16 MiB waits until somebody does', async () => {
  const server = await serve({ rootBytes: randomBytes(17 * 1024 * 1024), manifest: { key: STRANGER } });
  await failure(open(server));
  expect(asked(server)).toEqual([]);
});

test('of one that is signed it is asked for once, and kept', async () => {
  const server = await serve({ root: { rows: [directory('')] } });
  const repository = await open(server);
  expect(await repository.list('')).toEqual([]);
  await repository.close();
  expect(asked(server)).toHaveLength(1);
  expect(kept()).toHaveLength(1);
});
