import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

// Faults that were seen with a real CVMFS client and server, by the numbers under which they were told, and where the right value of
// each is a test, by the file and words of it. A test that is renamed or taken away is missed here.

type Row = readonly [fault: string, file: string, words: string];

const AWAY = 'wrap/content-away.host.test.ts';
const NEWEST = 'cli/newest.test.ts';

const ROWS: readonly Row[] = [
  ['1 every script kind, layout and runtime starts', AWAY, '%s: all is well, and it runs'],
  ['2 the file of an image’s variables cannot be read', AWAY, 'the file of its variables cannot be read: 75'],
  ['3 it hangs', AWAY, 'the file of its variables hangs: 75'],
  ['4 a tag of a newer revision', NEWEST, 'resolve and status say both revisions, and 75'],
  ['4 … in a run at a terminal', NEWEST, 'run at a terminal asks once: 75'],
  ['4 … in a job, which asks no server', NEWEST, 'a job asks no server, but its own client'],
  ['4 … in the job wrapper', 'batch/wrapper-revision.test.ts', 'a client that is overdue'],
  ['5 server or proxy down', NEWEST, 'where %s'],
  ['6 nobody is asked for what is published', NEWEST, 'nobody is asked for what the newest revision has'],
  ['6 … by request', NEWEST, 'request tells where it is published'],
  ['7 execute nodes that are behind', 'batch/two-machines.host.test.ts', 'not to those that are behind'],
  ['7 … what is submitted', 'batch/submit.test.ts', 'is what machines must show'],
  ['7 … and told at the release', 'batch/submit.test.ts', 'is told to jobs that wait when they are let go'],
  [
    '8 an image that is remembered, and away',
    'cli/content-away.host.test.ts',
    'cannot be listed now, cannot be seen: 75',
  ],
  ['8 … by every way into it', AWAY, 'its directory cannot be listed: 75'],
  ['9 exec looks under one limit, scripts do at first', AWAY, 'a client that stops to answer somewhere: 75'],
  [
    '10 a machine that lists and does not deliver',
    'batch/machine-ad.test.ts',
    'its counters tell of an error',
  ],
  [
    '10 … by a small object',
    'batch/machine-ad.test.ts',
    'a small file of the repository that cannot be read',
  ],
  ['11 what a proxy keeps', NEWEST, 'a squid that has the revision before is asked to ask the server'],
  ['11 … and its age', NEWEST, 'else its age is told'],
  ['12 CVMFS_ARCH', NEWEST, 'without a mount a link with CVMFS_ARCH'],
  [
    '13 a name that is no UTF-8, a closed directory',
    'cli/list-partly.host.test.ts',
    'what can be read is listed',
  ],
  [
    '13 … that can hold nothing wanted',
    'cli/list-partly.host.test.ts',
    'what cannot hold such names is not opened',
  ],
  ['14 rounded times', 'cvmfs/unreachable.test.ts', 'seconds: 3.99998651'],
  ['14 … in whole processes', AWAY, 'gave no answer within 0'],
  [
    '14 a full disk of the client',
    'cli/content-away.host.test.ts',
    'or the disk of its cache may be at fault',
  ],
  ['14 a mount without an automounter', 'cvmfs/hang.host.test.ts', 'then mount it anew: mount -t cvmfs'],
  ['14 an expired whitelist', NEWEST, 'since its whitelist expired, is not waited for'],
  ['14 what the newest revision has lost', NEWEST, 'an image that the newest revision has lost'],
  ['15 a remount by hand', NEWEST, 'wait notices what a remount by hand shows within seconds'],
  ['16 12 calls and one listing', 'cvmfs/syscalls.host.test.ts', 'an image is found with at most 12 calls'],
];

test('every row of the sixteen is here', () => {
  const numbers = new Set(ROWS.map(([fault]) => Number.parseInt(fault, 10)));
  expect([...numbers].sort((a, b) => a - b)).toEqual(Array.from({ length: 16 }, (_, index) => index + 1));
});

test.each(ROWS)('%s', (_fault, file, words) => {
  expect(readFileSync(resolve(import.meta.dirname, '..', file), 'utf8')).toContain(words);
});
