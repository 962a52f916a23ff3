import { resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { BARE } from './commands.ts';
import { differences } from './compare.ts';
import { ORDINARY, type Situation } from './situation.ts';
import { Stage } from './stage.ts';

const stage = new Stage({ project: resolve(import.meta.dirname, '../..'), variables: {} });
afterAll(() => stage.close());

/** What the judge must notice: the same command by hand, where one thing is different. */
const NOTICED: readonly (readonly [what: string, change: Partial<Situation>, fields: readonly string[]])[] = [
  ['nothing is different', {}, []],
  ['another exit code', { exit: 7 }, ['exit code']],
  ['another directory', { cwd: '/home/me/sub' }, ['variable PWD', 'cwd', 'cwd-names']],
  ['another home', { homeOption: '/lustre/home:/home/me' }, ['cwd-names', 'place /home/me']],
  ['a bind that is not writable', { binds: [{ source: '/tmp', place: '/tmp', mode: 'ro' }] }, ['place /tmp']],
  ['another account', { account: 'ordinary', home: '/lustre/home' }, ['variable HOME', 'passwd']],
  ['a variable', { environment: [['OTHER', 'x']] }, ['variable OTHER']],
  ['the zone of the host', { zone: 'Asia/Tokyo' }, ['zone', 'place /etc/localtime']],
  [
    'something left on the host',
    { binds: [{ source: '/data/a', place: '/home/me/new' }] },
    ['left on the host'],
  ],
];

describe('the judge notices', () => {
  test.each(NOTICED)('%s', async (_, change, fields) => {
    const bare = await stage.observe(ORDINARY, BARE);
    const here = await stage.observe({ ...ORDINARY, ...change }, BARE);
    expect(bare.ran).toBe(true);
    const found = differences(ORDINARY, BARE, bare, here).map(({ field }) => field);
    expect(found).toEqual(expect.arrayContaining([...fields]));
    if (fields.length === 0) expect(found).toEqual([]);
  });
});

test('a job that does not start is a difference, with what it said', async () => {
  const bare = await stage.observe(ORDINARY, BARE);
  const here = await stage.observe({ ...ORDINARY, workdir: '/gone' }, BARE);
  const [difference, ...others] = differences(ORDINARY, BARE, bare, here);
  expect(difference).toMatchObject({ field: 'start', bare: 'runs', here: expect.stringContaining('/gone') });
  expect(others).toEqual([]);
});
