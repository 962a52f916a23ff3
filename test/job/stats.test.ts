import { expect, test } from 'vitest';
import { statsText } from '../../src/job/stats.ts';
import type { StatsRequest } from '../../src/launch/stats-plan.ts';
import { largestMemory } from '../../src/launch/tree-memory.ts';

const REQUEST: StatsRequest = {
  state: { openFiles: null, addressSpace: null, ignored: [], descriptors: [] },
  image: 'library/debian:12',
  mount: '/cvmfs/containers.jinr.ru',
  repository: 'containers.jinr.ru',
  json: false,
};
const END = { code: 0, signal: null, wall: 3210, peak: 512_000_000 } as const;
const line = (text: string, word: string) => text.split('\n').find(one => one.includes(word));

test('what is told of a job is labelled by whose it is', () => {
  expect(statsText(REQUEST, END, 12_000_000)).toBe(
    [
      'jcds: stats of library/debian:12',
      'jcds:   wall time    3.21 s',
      'jcds:   exit code    0',
      'jcds:   peak memory  at least 512 MB, by its largest process',
      'jcds:   downloaded   12 MB by this host from containers.jinr.ru meanwhile, whoever read it',
      '',
    ].join('\n'),
  );
});

test.each([
  ['downloaded', null, 'not known: the CVMFS client of containers.jinr.ru does not tell'],
  ['downloaded', -5, 'not known: containers.jinr.ru was mounted anew meanwhile'],
  ['downloaded', 0, '0 B by this host from containers.jinr.ru meanwhile, whoever read it'],
])('%s, %j: %s', (word, downloaded, expected) => {
  expect(line(statsText(REQUEST, END, downloaded), word)).toBe(`jcds:   downloaded   ${expected}`);
});

test('a job that a signal has ended, whose memory nobody saw', () => {
  const text = statsText(REQUEST, { code: 143, signal: 'SIGTERM', wall: 12_340, peak: null }, 0);
  expect(line(text, 'exit code')).toBe('jcds:   exit code    143 (SIGTERM)');
  expect(line(text, 'peak')).toBe('jcds:   peak memory  not known');
  expect(line(text, 'wall')).toBe('jcds:   wall time    12.3 s');
});

test('JSON holds the same as numbers', () => {
  const end = { code: 143, signal: 'SIGTERM', wall: 12_340, peak: null } as const;
  expect(JSON.parse(statsText({ ...REQUEST, json: true }, end, 2048))).toEqual({
    stats: {
      image: 'library/debian:12',
      repository: 'containers.jinr.ru',
      wallSeconds: 12.34,
      exitCode: 143,
      signal: 'SIGTERM',
      largestProcessBytes: null,
      hostDownloadedBytes: 2048,
    },
  });
});

test('the kernel tells the memory of a process, and nothing of one that is gone', () => {
  expect(largestMemory(process.pid)).toBeGreaterThan(10_000_000);
  expect(largestMemory(2 ** 30)).toBeNull();
});
