import { expect, test } from 'vitest';
import { viewOf } from '../../../src/cvmfs/no-mount/http-view.ts';
import { MASTER_KEY, NOW } from '../http/generator.ts';
import { laboratory } from '../http/laboratory.ts';

const { serve, open } = laboratory();

test.each<[proxies: (string | null)[], notes: string[]]>([
  [[null], []],
  [['http://squid:3128', null], []],
  [
    ['auto', null],
    [
      'the CVMFS client of this host takes its proxies from a PAC file (CVMFS_HTTP_PROXY is "auto"), which jcds cannot read: the servers were asked without them',
    ],
  ],
])('with the proxies %j there are the notes %j', async (proxies, notes) => {
  const repository = await open(await serve());
  expect(viewOf(repository, { keys: [MASTER_KEY], proxies }, NOW).notes).toEqual(notes);
});
