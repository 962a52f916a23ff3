import { describe, expect, test } from 'vitest';
import { OSG_LAYOUT } from '../../src/service/layout.ts';
import { manifestsText, RECORDS, recordTexts, stateOf } from '../../src/service/records.ts';
import { digestOf, directoryOf, NOW } from './situations.ts';

const NOTHING = { links: new Map(), others: new Set<string>(), directories: new Set<string>() };
const read = (records: readonly (readonly [string, string])[]) =>
  stateOf('directory:/x', { ...NOTHING, records: new Map(records) }, OSG_LAYOUT);

test('what is written is read again', () => {
  const absences = new Map([['a/b:1', { first: NOW, last: NOW, cycles: 2 }]]);
  const failures = new Map([
    ['a/b:2', { digest: digestOf('x'), code: 'LIMIT', text: 'too much', at: NOW, version: '1' }],
  ]);
  const unlinked = new Map([[directoryOf('x'), NOW / 1000]]);
  const manifests = new Map([[digestOf('x'), directoryOf('x')]]);
  const text = manifestsText(manifests, new Set([directoryOf('x')]), 'linux/amd64');
  const state = read([...recordTexts({ absences, failures, unlinked }), [RECORDS.manifests, text]]);
  expect(state).toEqual({
    ...NOTHING,
    ...{ absences, failures, unlinked, manifests, platform: 'linux/amd64', listed: null, told: new Map() },
  });
});

test('the file of OSG’s own software is read, with its fractions of a second', () => {
  const text = JSON.stringify({ missing_links: { [directoryOf('x')]: 1_700_000_000.25 } });
  expect(read([[RECORDS.unlinked, text]]).unlinked).toEqual(new Map([[directoryOf('x'), 1_700_000_000.25]]));
});

test('of the digests of one directory the last are kept, and none of one that is gone', () => {
  const digests = Array.from({ length: 20 }, (_, at) => digestOf(`${at}`));
  const manifests = new Map<string, string>(digests.map(digest => [digest, directoryOf('x')]));
  manifests.set(digestOf('gone'), directoryOf('gone'));
  const text = manifestsText(manifests, new Set([directoryOf('x')]), 'linux/amd64');
  expect([...read([[RECORDS.manifests, text]]).manifests.keys()]).toEqual(digests.slice(-8));
});

describe('a record that nobody here can have written stops the cycle', () => {
  test.each([
    [RECORDS.manifests, ''],
    [RECORDS.manifests, '{"schemaVersion":1'],
    [RECORDS.manifests, '[]'],
    [RECORDS.manifests, '{"platform":"linux/amd64","manifests":{"sha256:x":1}}'],
    [RECORDS.manifests, '{"platform":null,"manifests":{}}'],
    [RECORDS.absences, '{"absences":{"a/b:1":{"first":"yesterday","last":1,"cycles":1}}}'],
    [RECORDS.failures, '{"failures":{"a/b:1":null}}'],
    [RECORDS.status, '{"listed":-1,"images":[]}'],
    [RECORDS.status, '{"listed":1,"images":{}}'],
    [RECORDS.status, '{"listed":1,"images":[{"path":"a/b:1"}]}'],
    [RECORDS.unlinked, '{"missing_links":{"x":null}}'],
  ])('%s with %j', (file, text) => {
    expect(() => read([[file, text]])).toThrow(
      expect.objectContaining({
        code: 'STATE_UNREADABLE',
        message: expect.stringContaining(`${file} in directory:/x cannot be used`),
      }),
    );
  });
});
