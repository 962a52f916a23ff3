import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { BMN } from '../requests/setup.ts';
import { Program, World } from './request-setting.ts';

const program = new Program();
afterAll(() => program.remove());

let world: World;
beforeEach(async () => {
  world = await World.make(program);
});
afterEach(() => world.remove());

const page = (iid: number) => `${world.forge.origin}/cvmfs-container-sync/registry/-/merge_requests/${iid}`;

test('asking opens the request; asking again reports it', async () => {
  expect(await world.jcds(['request', BMN])).toEqual({
    code: 0,
    stdout: `${BMN}: merge request !1 opened: ${page(1)}\n`,
    stderr: '',
  });
  expect(await world.jcds(['request', BMN])).toEqual({
    code: 0,
    stdout: `${BMN}: asked for already by you: merge request !1 ${page(1)}\n`,
    stderr: '',
  });
  expect(world.forge.requests).toHaveLength(1);
});
