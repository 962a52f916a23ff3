import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Freshness } from '../../src/cvmfs/freshness.ts';
import { durationText, parseDuration } from '../../src/status/duration.ts';
import type { ImageStatus } from '../../src/status/gather.ts';
import { nextLook, waitForImage } from '../../src/status/wait-for-publication.ts';
import { cvmfs, GOOD, JINR, run, setAttributes, stratum } from './setting.ts';

const image: ImageStatus['image'] = { kind: 'place', place: { repository: 'R', relativePath: 'a:1' } };
const nothing = {
  facts: null,
  identity: [],
  unread: null,
  origin: null,
  architecture: null,
  overHttp: false,
  http: null,
  views: [],
  notMounted: null,
  witness: null,
  isLocal: false,
  upstream: null,
  unreadable: [],
  architectures: [],
  findings: [],
  local: { reason: 'none' },
};

function freshness(nextCheck: number | 'never' | null, ttlSeconds: number | null = null): Freshness {
  const client = { revision: 811, rootHash: null, nextCheck, version: null };
  const known = { state: 'known', revision: 812, rootHash: '', publishedAt: null, server: 's' } as const;
  const server = ttlSeconds === null ? null : { ...known, ttlSeconds };
  return {
    repository: 'R',
    client,
    server,
    isServerless: false,
    standing: 'behind',
    sentence: 'server 812, client 811',
    absence: 'not in 811',
    hint: null,
  };
}

function missing(...fresh: Freshness[]): ImageStatus {
  const publication = { state: 'missing', looked: [] } as const;
  return { name: 'a:1', image, publication, freshness: fresh, ...nothing };
}

const reason = { code: 'HUNG', detail: '/cvmfs/R gave no answer', hint: 'wait' } as const;
const unreachable: ImageStatus = {
  ...missing(),
  publication: { state: 'unreachable', repository: 'R', reason },
};
const published: ImageStatus = {
  ...missing(),
  publication: {
    state: 'published',
    repository: 'R',
    layout: 'osg',
    path: '/cvmfs/R/a:1',
    entryPath: 'a:1',
    target: '/cvmfs/R/.images/ab/cd',
    targetPlace: { repository: 'R', relativePath: '.images/ab/cd' },
    kind: 'directory',
  },
};

/** Waits on a clock of its own; answers when each look began, within how many seconds, and what was told. */
async function waited(timeout: number, answers: readonly ImageStatus[], lookTakes = 0) {
  let clock = 0;
  const looks: [at: number, within: number][] = [];
  const told: string[] = [];
  const end = await waitForImage({
    timeout,
    typed: '',
    lookTimeout: 20,
    now: () => clock * 1000,
    async look(seconds) {
      looks.push([clock, seconds]);
      clock += lookTakes;
      return answers[looks.length - 1] ?? answers.at(-1)!;
    },
    async pause(seconds) {
      clock += seconds;
    },
    tell: news => void told.push(news),
  }).then(
    status => status.publication.state,
    (thrown: Error) => thrown.message,
  );
  return { end, looks, told, clock };
}

test('looks shortly after the client itself has looked', async () => {
  const answers = [missing(freshness(3)), missing(freshness(0)), published];
  expect(await waited(1800, answers)).toMatchObject({
    end: 'published',
    looks: [
      [0, 20],
      [190, 20],
      [200, 20],
    ],
    told: ['R: server 812, client 811', 'R: server 812, client 811'],
  });
});

test('gives up when the time is up, after a last look', async () => {
  expect(await waited(60, [missing(freshness(3))])).toEqual({
    end: 'a:1 could not be seen here within 1 min: R: server 812, client 811',
    looks: [
      [0, 20],
      [60, 1],
    ],
    told: ['R: server 812, client 811'],
    clock: 60,
  });
});

test('an image that appears at the very end is seen', async () => {
  expect((await waited(60, [unreachable, missing(freshness(null)), published])).end).toBe('published');
});

test('whatever the looks take, it ends within the timeout and a second', async () => {
  const answer = fc.constantFrom(
    missing(freshness(1)),
    missing(freshness(null, 240)),
    unreachable,
    missing(),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4000 }),
      fc.array(answer, { minLength: 1 }),
      fc.integer({ min: 0, max: 20 }),
      async (timeout, answers, lookTakes) => {
        const { looks, clock } = await waited(timeout, answers, lookTakes);
        const [last, within] = looks.at(-1)!;
        expect(last + Math.min(lookTakes, within)).toBeLessThanOrEqual(timeout + 1);
        expect(clock).toBeLessThanOrEqual(timeout + 20);
      },
    ),
  );
});

test.each([
  [missing(freshness(3)), 190],
  [missing(freshness(0)), 10],
  [missing(freshness(60)), 600],
  [missing(freshness(null, 240)), 60],
  [missing(freshness(null, 8)), 10],
  [missing(freshness(null)), 60],
  [missing(freshness('never', 240)), 60],
  [missing(freshness(5), freshness(1)), 70],
  [missing(), 600],
  [unreachable, 30],
])('%#: the next look is in %j', (status, seconds) => {
  expect(nextLook(status)).toBe(seconds);
});

test.each([
  ['90', 90],
  ['90s', 90],
  ['30m', 1800],
  ['1h30m', 5400],
  ['2d', 172_800],
  ['0', null],
  ['0m', null],
  ['', null],
  ['-5m', null],
  ['1.5h', null],
  ['5 m', null],
  ['1m30', null],
  ['999999999d', null],
  ['25d', null],
])('--timeout %j is %j', (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
});

test.each([
  [0.4, '0 s'],
  [59, '59 s'],
  [60, '1 min'],
  [130, '2 min 10 s'],
  [1799, '29 min'],
  [3600, '1 h'],
  [5400, '1 h 30 min'],
])('%d seconds are %j', (seconds, text) => {
  expect(durationText(seconds)).toBe(text);
});

test('jcds wait prints where the image is, by a path that others can follow, as resolve does', async () => {
  const root = cvmfs({ 'library/debian:12': { files: GOOD } }, { revision: '811' });
  const server = await stratum(811);
  const where = ['--cvmfs-root', root, '--server', server.template];
  const waited = await run(['wait', ...where, 'debian:12']);
  expect(waited).toEqual({
    code: 0,
    stdout: expect.stringMatching(new RegExp(`^${root}/${JINR}/\\.images/[0-9a-f]{2}/[0-9a-f]{62}\n$`)),
    stderr: '',
  });
  expect(existsSync(waited.stdout.trimEnd())).toBe(true);
});

test('jcds wait says what stands in the way, and ends with 75', async () => {
  const root = cvmfs({ 'library/debian:12': { files: GOOD } }, { revision: '811', expires: '2' });
  setAttributes(`${root}/${JINR}`, { expires: '2' });
  const server = await stratum(812);
  const where = ['--cvmfs-root', root, '--server', server.template];
  const sentence = `${JINR}: the server is at revision 812, this client at 811 and looks again in 2 min`;
  expect(await run(['wait', ...where, '--timeout', '5s', 'none:1'])).toEqual({
    code: 75,
    stdout: '',
    stderr: [
      `jcds: waiting for library/none:1: ${sentence}`,
      `jcds: library/none:1 could not be seen here within 5 s: ${sentence}`,
      'hint: see what stands in the way with: jcds status -v library/none:1',
      '',
    ].join('\n'),
  });
});

test('a duration that is none is refused', async () => {
  expect(await run(['wait', '--timeout', 'soon', 'none:1'])).toEqual({
    code: 2,
    stdout: '',
    stderr: 'jcds: --timeout "soon" is no duration\nhint: write 90s, 30m, 2h or 1h30m\n',
  });
});
