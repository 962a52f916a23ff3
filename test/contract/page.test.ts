import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { RUNTIME_NAMES, RUNTIMES } from '../../src/runtimes/index.ts';
import { MATRIX } from './matrix.ts';
import { runtimesPage } from './page.ts';

const root = resolve(import.meta.dirname, '../..');
const page = runtimesPage()['docs/runtimes.md']!;

test('the page is what matrix and rows say (`node .ci/generate.mjs` writes it)', () => {
  expect(readFileSync(join(root, 'docs/runtimes.md'), 'utf8')).toBe(page);
});

test('no cell is empty or unknown, and every runtime is there', () => {
  const cells = page
    .split('\n')
    .filter(line => line.startsWith('| '))
    .flatMap(line => line.slice(2, -2).split(' | ').slice(1));
  expect(cells.filter(cell => /^\s*$|unknown|undefined|\?/.test(cell))).toEqual([]);
  for (const name of RUNTIME_NAMES) expect(page).toMatch(RegExp(`^\\| ${name} \\|`, 'm'));
});

test('those whose job outlives its starter are in the line that excludes them', () => {
  const { enforced } = JSON.parse(/^\{.*\}$/m.exec(page)![0]);
  expect(enforced.batchExcludes).toEqual(RUNTIME_NAMES.filter(name => !RUNTIMES[name].diesWithParent));
  expect(enforced.batchExcludes).toEqual(['podman', 'docker', 'containerd']);
});

describe('every cell is checked by the suite', () => {
  const suite = readdirSync(import.meta.dirname)
    .filter(file => file.endsWith('.host.test.ts'))
    .map(file => readFileSync(join(import.meta.dirname, file), 'utf8'))
    .join('\n');
  test.each(Object.keys(MATRIX.apptainer))('%s', cell => {
    expect(suite).toMatch(RegExp(`\\bcells\\.${cell}\\b`));
  });
});
