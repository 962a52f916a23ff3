import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { HTTP_OPTIONS } from '../../../src/commands/common-options.ts';

const page = readFileSync(resolve(import.meta.dirname, '../../../docs/no-mount.md'), 'utf8');

test.each(HTTP_OPTIONS.map(({ flags }) => flags.split(' ')[0]!))('docs/no-mount.md explains %s', option => {
  expect(page).toContain(`\`${option}`);
});
