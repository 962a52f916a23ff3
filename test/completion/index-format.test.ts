import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BLOCK, indexText, readIndexText, segmentEnd } from '../../src/completion/index-format.ts';
import { beginnings, manyNames, NAMES, offered } from './names.ts';

test('a short list is its names behind a header', () => {
  expect(indexText(['a/b:1', 'a/c:1'])).toBe('jcds-completion 1 2 1 3\na/b:1\na/c:1\n');
  expect(indexText([])).toBe('jcds-completion 1 0 1 1\n');
});

test('a long list has blocks in front of the names, by segment, or by character where a segment is too wide', () => {
  const names = ['a/b:1', 'a/b:10', 'a/b:11', 'a/b:2', 'b/c:x', 'b/d:y'];
  expect(indexText(names, 2).split('\n')).toEqual([
    'jcds-completion 1 2 9 15',
    'a/\t3\t1',
    'b/\t13\t2',
    'a/b:\t4\t2',
    'a/b:1\t6\t3',
    'a/b:2',
    'a/b:1',
    'a/b:10',
    'a/b:11',
    ...names,
    '',
  ]);
});

describe('segments', () => {
  test.each([
    ['git.jinr.ru:5005/nica/bmn:1', 0, 'git.jinr.ru:5005/'],
    ['nica/bmn:1', 0, 'nica/'],
    ['nica/bmn:1', 5, 'nica/bmn:'],
    ['nica/bmn:1', 9, 'nica/bmn:1'],
    ['nica/bmn:1', 10, 'nica/bmn:1'],
    ['nica/bmn@sha256:ab', 5, 'nica/bmn@'],
    ['nica/bmn@sha256:ab', 9, 'nica/bmn@sha256:'],
  ])('%s from %i: %s', (name, from, end) => {
    expect(name.slice(0, segmentEnd(name, from))).toBe(end);
  });
});

/** Reads an index as the shells do: forward, block by block. */
function lookUp(text: string, word: string, block: number): string[] {
  const lines = text.split('\n');
  let [start, count, after] = [1, Number(lines[0]?.split(' ')[2]), 1];
  for (;;) {
    expect(count).toBeLessThanOrEqual(block);
    expect(start).toBeGreaterThanOrEqual(after);
    const entries = lines.slice(start, start + count).map(line => line.split('\t'));
    const child = entries.find(([prefix, to]) => to !== undefined && word.startsWith(prefix!));
    if (child === undefined) return entries.map(([prefix]) => prefix!).filter(text => text.startsWith(word));
    [after, start, count] = [start + count, Number(child[1]), Number(child[2])];
  }
}

test('law: however it is cut into blocks, a reader finds what every name begins with, and all names come back', () => {
  fc.assert(
    fc.property(manyNames, fc.integer({ min: 4, max: 20 }), (names, size) => {
      // Characters of this alphabet: a block cannot be shorter than there are ways to go on.
      const block = Math.max(size, 12);
      const text = indexText(names, block);
      expect(readIndexText(text)).toEqual(names);
      for (const word of beginnings(names)) {
        const found = lookUp(text, word, block);
        const expected = offered(names, word);
        expect(
          found.every(entry => expected.some(one => one.startsWith(entry) || entry.startsWith(one))),
        ).toBe(true);
        expect(found.length === 0).toBe(expected.length === 0);
      }
    }),
    { numRuns: 60 },
  );
});

test('a hundred thousand tags of one repository are found in blocks that stay small', () => {
  const names = Array.from({ length: 100_000 }, (_, tag) => `one/repository:v${tag}`).sort();
  const text = indexText(names);
  for (const word of [
    '',
    'one/',
    'one/repository:',
    'one/repository:v1',
    'one/repository:v9999',
    'one/repository:v99999',
  ])
    expect(lookUp(text, word, BLOCK).length).toBeGreaterThan(0);
});

describe('what is no whole index of this version is not read', () => {
  const text = indexText(NAMES);
  test.each([
    ['empty', ''],
    ['cut', text.slice(0, -1)],
    ['cut at a line', text.slice(0, text.lastIndexOf('\n', text.length - 2) + 1)],
    ['longer', `${text}x/y:1\n`],
    ['another version', text.replace(' 1 ', ' 2 ')],
    ['another kind', text.replace('jcds', 'zzzz')],
    ['binary', text.replaceAll('\n', '\0')],
  ])('%s', (_, damaged) => {
    expect(readIndexText(damaged)).toBeNull();
  });
});
