import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { generatedFiles } from '../../src/generate/files.ts';

const root = resolve(import.meta.dirname, '../..');
const files = await generatedFiles(root);

describe('generated files are what the source says (`node .ci/generate.mjs` writes them)', () => {
  test.each(Object.entries(files))('%s', (name, text) => {
    expect(readFileSync(join(root, name), 'utf8')).toBe(text);
  });
});
