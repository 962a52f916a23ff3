import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

// How long a script for an ordinary image may be: no longer than it is. The aim of issue 11 is 400 lines and 20 kB.

const GOLDEN = resolve(import.meta.dirname, 'golden');

describe.each([
  ['apptainer-osg', 532, 23_680],
  ['apptainer-cern', 532, 23_680],
  ['bubblewrap-osg', 842, 35_610],
  ['bubblewrap-cern', 842, 35_610],
])('%s', (name, lines, bytes) => {
  const text = readFileSync(join(GOLDEN, `${name}.sh`), 'latin1');

  test('lines and bytes', () => {
    expect(text.split('\n').length).toBeLessThanOrEqual(lines);
    expect(text.length).toBeLessThanOrEqual(bytes);
  });

  test('no line is too long for a page', () => {
    expect(text.split('\n').filter(line => line.length > 120)).toEqual([]);
  });
});
