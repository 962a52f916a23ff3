import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { REFUSED } from '../../src/wrap/runtimes.ts';

// What scripts leave to `jcds exec` is data, and the page lists it: no more, no less.

const ROOT = resolve(import.meta.dirname, '../..');
const page = readFileSync(join(ROOT, 'docs/wrap.md'), 'utf8');
const [, table = ''] = /\| runtime \| refused \| code \|\n\|---\|---\|---\|\n((?:\|.*\n)+)/.exec(page) ?? [];

test('docs/wrap.md has a line for each', () => {
  const lines = Object.entries(REFUSED).flatMap(([name, refusals]) =>
    refusals.map(({ code, what }) => `| ${name} | ${what} | \`${code}\` |`),
  );
  expect(table.trim().split('\n')).toEqual(lines);
});

describe.each(Object.entries(REFUSED))('%s', (_, refusals) => {
  const sources = ['src/wrap', 'src/runtimes'].flatMap(folder =>
    readdirSync(join(ROOT, folder))
      .filter(name => name.endsWith('.ts') && name !== 'runtimes.ts')
      .map(name => readFileSync(join(ROOT, folder, name), 'utf8')),
  );
  test.each(refusals.map(({ code }) => code))('%s is the code of an error', code => {
    expect(sources.some(text => text.includes(`code: '${code}'`))).toBe(true);
  });
});
