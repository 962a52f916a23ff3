import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { ERROR_EXITS } from '../../src/error-codes.ts';
import { ERROR_CHAPTERS } from '../../src/help/errors/index.ts';

const SRC = resolve(import.meta.dirname, '../../src');

/** The source without comments, and without the two halves of the table. */
const text = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.ts') && name !== 'error-codes.ts' && !name.startsWith('help/errors/'))
  .map(name => readFileSync(join(SRC, name), 'utf8').replace(/^\s*(\/\/|\*|\/\*\*).*$/gm, ''))
  .join('\n');

/** What every `super({ … })` says of its error. */
const thrown = text
  .split(/\bsuper\(\s*\{/)
  .slice(1)
  .map(part => part.slice(0, part.indexOf('});')));
const written = Object.entries(ERROR_EXITS).map(([code, exits]) => ({
  code,
  exits: [exits].flat() as string[],
}));

test('every code that is thrown stands in the table', () => {
  const codes = thrown.flatMap(facts =>
    [...facts.matchAll(/\bcode: [^\n]*?'([A-Z][A-Z_0-9]+)'/g)].map(([, code]) => code),
  );
  expect(codes.length).toBeGreaterThan(130);
  expect(codes.filter(code => !Object.hasOwn(ERROR_EXITS, code!))).toEqual([]);
});

test.each(written)('$code is thrown somewhere', ({ code }) => expect(text).toMatch(new RegExp(`'${code}'`)));

test('an error chooses its exit code where its row leaves a choice, and only there', () => {
  for (const { code, exits } of written) {
    for (const facts of thrown.filter(text => text.includes(`'${code}'`)))
      expect([code, /\bexitCode\b/.test(facts)]).toEqual([code, exits.length > 1]);
  }
});

test('each code stands in one chapter, in the order of the alphabet', () => {
  const chapters = Object.values(ERROR_CHAPTERS).map(rows => Object.keys(rows));
  expect(chapters.flat().sort()).toEqual(Object.keys(ERROR_EXITS).sort());
  for (const codes of chapters) expect(codes).toEqual(codes.toSorted((a, b) => a.localeCompare(b, 'en')));
});

test('no text of the table ends in a full stop or needs a second line', () => {
  for (const words of Object.values(ERROR_CHAPTERS).flatMap(rows => Object.values(rows).flat()))
    expect(words).toMatch(/^[^\n]+[^\n.]$/);
});
