import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { styleFor } from '../../src/output/style.ts';
import { type TableOptions, table } from '../../src/output/table.ts';
import { wrap } from '../../src/output/wrap-text.ts';

const TERMINAL = { isTerminal: true, columns: 80, write: () => true };
const PIPE = { ...TERMINAL, isTerminal: false };
const ESCAPES = /\u001b\[[0-9;]*m/g;

const IMAGES: Omit<TableOptions, 'width'> = {
  head: ['IMAGE', 'STATE', 'FINDINGS'],
  rows: [
    ['git.jinr.ru:5005/nica/bmn:latest', { text: 'published', meaning: 'good' }, ''],
    ['library/debian:12', { text: 'missing', meaning: 'bad' }, 'stale-client, ambiguous-registry'],
  ],
};

test('a pipe gets every row on one line', async () => {
  expect(await table({ ...IMAGES, width: null })).toBe(
    [
      'IMAGE                             STATE      FINDINGS',
      'git.jinr.ru:5005/nica/bmn:latest  published',
      'library/debian:12                 missing    stale-client, ambiguous-registry',
      '',
    ].join('\n'),
  );
});

test('a terminal of 60 columns gets wrapped cells, one of 20 a paragraph for each row', async () => {
  expect(await table({ ...IMAGES, width: 60 })).toBe(
    [
      'IMAGE                    STATE      FINDINGS',
      'git.jinr.ru:5005/nica/b  published',
      'mn:latest',
      'library/debian:12        missing    stale-client,',
      '                                    ambiguous-registry',
      '',
    ].join('\n'),
  );
  expect(await table({ ...IMAGES, width: 20 })).toBe(
    [
      'IMAGE:',
      'git.jinr.ru:5005/nic',
      'a/bmn:latest',
      'STATE: published',
      '',
      'IMAGE:',
      'library/debian:12',
      'STATE: missing',
      'FINDINGS:',
      'stale-client,',
      'ambiguous-registry',
      '',
    ].join('\n'),
  );
});

test('colour changes no character and no place', async () => {
  const style = await styleFor(PIPE, 'always', {});
  for (const width of [null, 60, 20]) {
    const colored = await table({ ...IMAGES, width, style });
    expect(colored).toMatch(/\u001b\[32m(STATE: )?published\u001b\[39m/);
    expect(colored.replace(ESCAPES, '')).toBe(await table({ ...IMAGES, width }));
  }
});

test('whatever the texts and the width, no line is longer and no letter is lost', async () => {
  const cell = fc.string({ unit: 'grapheme-ascii', maxLength: 60 });
  const rows = fc.array(fc.tuple(cell, cell, cell), { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(rows, fc.integer({ min: 9, max: 120 }), async (texts, width) => {
      const drawn = await table({ head: ['A', 'B', 'C'], rows: texts, width });
      for (const line of drawn.split('\n')) expect(Array.from(line).length).toBeLessThanOrEqual(width);
      const letters = (text: string) => Array.from(text.replace(/\s/g, '')).sort().join('');
      const rest = Array.from(letters(drawn));
      for (const letter of letters(texts.flat().join(''))) {
        const at = rest.indexOf(letter);
        expect(at).toBeGreaterThanOrEqual(0);
        rest.splice(at, 1);
      }
    }),
    { numRuns: 60 },
  );
});

test('control characters in a cell never reach the terminal', async () => {
  const drawn = await table({ head: ['A'], rows: [['x\u001b[2J\u009by\u202ez\n\tw']], width: null });
  expect(drawn).toBe('A\nx?[2J?y?z  w\n');
});

test.each([
  ['auto', TERMINAL, {}, true],
  ['auto', PIPE, {}, false],
  ['auto', TERMINAL, { NO_COLOR: '1' }, false],
  ['auto', TERMINAL, { NO_COLOR: '' }, true],
  ['auto', TERMINAL, { TERM: 'dumb' }, false],
  ['always', PIPE, { NO_COLOR: '1' }, true],
  ['never', TERMINAL, {}, false],
] as const)('--color %s on %j with %j', async (wish, stream, environment, colored) => {
  const style = await styleFor(stream, wish, environment);
  expect(style('good', 'x') !== 'x').toBe(colored);
});

test.each([
  ['', 10, ['']],
  ['one two three', 8, ['one two', '  three']],
  ['abcdefghijklmno', 5, ['abcde', '  fgh', '  ijk', '  lmn', '  o']],
  ['exactly ten', 11, ['exactly ten']],
])('%j in %i columns', (text, width, lines) => {
  expect(wrap(text, width, '  ')).toEqual(lines);
});

test('chalk and cli-table3 are used in output/ only, and only when they are needed', () => {
  const source = resolve(import.meta.dirname, '../../src');
  const users = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .filter(name => /'(?:chalk|cli-table3)'/.test(readFileSync(join(source, name), 'utf8')));
  expect(users.sort()).toEqual(['output/style.ts', 'output/table.ts']);
  for (const name of users)
    expect(readFileSync(join(source, name), 'utf8')).not.toMatch(/^import .*'(?:chalk|cli-table3)'/m);
});
