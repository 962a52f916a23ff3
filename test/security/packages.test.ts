import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { builtFrom, Setting } from '../cli/setting.ts';

// Node.js looks for a package in every directory above the program, and in the home: where a job that is shown the home, or another user of
// the host, can put one. A standalone has no packages.
const setting = new Setting();
afterAll(() => setting.remove());
setting.publish({ 'library/small:1': builtFrom('small:1') });
const PACKAGE = '@napi-rs/xattr';

/** Puts a package there that leaves a file when it runs; answers that file. */
function plant(modules: string): string {
  const ran = join(setting.folder, 'ran');
  rmSync(ran, { force: true });
  mkdirSync(join(modules, PACKAGE), { recursive: true });
  writeFileSync(
    join(modules, PACKAGE, 'index.js'),
    `require('node:fs').writeFileSync(${JSON.stringify(ran)}, '')\n`,
  );
  return ran;
}

test.each([
  ['in the home', () => join(setting.home, '.node_modules')],
  ['in the home, by its other name', () => join(setting.home, '.node_libraries')],
  ['above the program', () => join(setting.folder, 'node_modules')],
  ['in the caller’s directory', () => join(setting.work, 'node_modules')],
])('no package that lies %s is code of jcds', (_where, place) => {
  const modules = place();
  const ran = plant(modules);
  setting.jcds(['status', 'small:1']);
  rmSync(modules, { recursive: true });
  expect(existsSync(ran)).toBe(false);
});

test('no module looks for a package by its name at run time', () => {
  const src = resolve(import.meta.dirname, '../../src');
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.ts'));
  const asking = files.filter(name =>
    /\bcreateRequire\b|\brequire\.resolve\b/.test(readFileSync(join(src, name), 'utf8')),
  );
  expect(asking).toEqual([]);
});
