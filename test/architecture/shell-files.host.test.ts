import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

// Shell text of the program stands in .sh files beside their room, so that shellcheck and a person can read it.

const SRC = resolve(import.meta.dirname, '../../src');
const FILES = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.sh'));

describe.each(FILES)('%s', name => {
  const file = join(SRC, name);

  test('shellcheck finds nothing', () => {
    const { stdout, status } = spawnSync('shellcheck', [file], { encoding: 'utf8' });
    expect([stdout, status]).toEqual(['', 0]);
  });

  test('it begins with comments and an empty line, and all shells can hold its bytes', () => {
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(/^# shellcheck shell=sh.*\n(#.*\n)+\n[^\n#]/);
    expect(text).toMatch(/^[\t\n -~]*\n$/);
  });
});
