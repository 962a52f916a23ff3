import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const SRC = resolve(import.meta.dirname, '../../../src');

/** What a file imports as soon as it is loaded. */
function staticImports(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const found = [
    ...text.matchAll(
      /(?:^|\n)(?:import|export)\s+(?!type\b)[^'";]*?from\s+'(\.[^']+)'|(?:^|\n)import '(\.[^']+)'/g,
    ),
  ];
  return found.map(match => resolve(dirname(file), (match[1] ?? match[2])!));
}

test('the reader over HTTP is not among what every start of jcds loads', () => {
  const reached = new Set<string>();
  const waiting = [join(SRC, 'entry.ts')];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    waiting.push(...staticImports(file));
  }
  const names = [...reached].map(file => relative(SRC, file));
  expect(names).toContain('cvmfs/find-anywhere.ts');
  expect(names.filter(name => name.startsWith('cvmfs/http/'))).toEqual([]);
  expect(names.filter(name => name.startsWith('cvmfs/no-mount/')).sort()).toEqual([
    'cvmfs/no-mount/http-options.ts',
    'cvmfs/no-mount/tell-http.ts',
  ]);
});
