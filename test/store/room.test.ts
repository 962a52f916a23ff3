import { existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { Setting } from '../cli/setting.ts';
import { dockerArchive } from '../conversion/docker-archive.ts';

// What a pull removes before it writes, what it leaves free, and what an image may cost: by the settings.
const setting = new Setting();
const store = join(setting.home, '.local/share/jcds/store');
afterAll(() => setting.remove());
const MEGABYTE = 1_000_000;
const env = { JCDS_STORE_FREE: '0' };

const pull = (name: string, more: Record<string, string> = {}, ...options: string[]) => {
  writeFileSync(join(setting.work, 'x.tar'), dockerArchive([{ name, content: 'x'.repeat(MEGABYTE) }]));
  const words = ['pull', ...options, 'docker-archive:x.tar', '--as', `a.example/${name}:1`];
  return setting.jcds(words, { env: { ...env, ...more } });
};
const isThere = (name: string) => existsSync(join(store, `a.example/${name}:1`));

beforeEach(() => {
  rmSync(store, { recursive: true, force: true });
  for (const name of ['old', 'older']) expect(pull(name).code).toBe(0);
  age('old', 3);
  age('older', 4);
});

/** Lets a copy be made, and used last, so many days ago. */
function age(name: string, days: number): void {
  const own = join(store, '.jcds');
  const then = Date.now() - days * 86_400_000;
  for (const record of readdirSync(join(own, 'images'))) {
    const file = join(own, 'images', record);
    const said = JSON.parse(readFileSync(file, 'utf8')) as { source: string };
    const path = join(store, '.images', record.slice(0, 2), record.slice(2, 64), name);
    if (!existsSync(path)) continue;
    writeFileSync(file, JSON.stringify({ ...said, madeAt: then }));
    utimesSync(join(own, 'used', record.slice(0, 64)), then / 1000, then / 1000);
  }
}

describe('the bound', () => {
  test('takes the copy that was used least recently, and says so', () => {
    const { code, stderr } = pull('new', { JCDS_STORE_BYTES: String(2.5 * MEGABYTE) });
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining(
        'removed local copies that were not used for long (storeBytes): a.example/older:1\n',
      ),
    ]);
    expect(['new', 'old', 'older'].map(isThere)).toEqual([true, true, false]);
    expect(readdirSync(join(store, '.jcds/listings'))).toHaveLength(2);
  });

  test('takes none that is to be kept, and none that was used in the last 48 hours', () => {
    age('old', 1);
    const more = { JCDS_STORE_BYTES: '0', JCDS_STORE_KEEP: 'a.example/older:1,no name at all:' };
    expect(pull('new', more)).toMatchObject({ code: 0, stderr: expect.not.stringContaining('removed') });
    expect(setting.jcds(['store', 'prune'], { env: more }).stdout).toContain('removed: nothing');
    expect(['new', 'old', 'older'].map(isThere)).toEqual([true, true, true]);
  });

  test('takes not the one that is made anew', () => {
    expect(pull('older', { JCDS_STORE_BYTES: '0' }, '--again').code).toBe(0);
    expect(['old', 'older'].map(isThere)).toEqual([false, true]);
  });
});

test('a pull that would leave too little free stops before it writes, with the figures', () => {
  const before = readdirSync(join(store, '.images'));
  const { code, stdout, stderr } = pull('new', { JCDS_STORE_FREE: '900000000000000' });
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(
    /are free at the store \S+; a pull needs 1\.0 MB at least, and leaves 900(?:\.0)? TB free \(storeFree\)\n/,
  );
  expect(stderr).toContain('jcds config set store DIRECTORY');
  expect(readdirSync(join(store, '.images'))).toEqual(before);
  expect(readdirSync(join(store, '.jcds/tmp'))).toEqual([]);
});

test('limits of images are settings, and options beat them', () => {
  const more = { JCDS_IMAGE_LIMITS: 'bytes=1000,layers=3' };
  expect(pull('new', more)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('more than 1.0 kB unpacked'),
  });
  expect(pull('new', more, '--limit', 'bytes=2000000').code).toBe(0);
  const convert = (...words: string[]) =>
    setting.jcds(['convert', 'docker-archive:x.tar', '--to', 'out', ...words], { env: more });
  expect(convert()).toMatchObject({ code: 1 });
  expect(convert('--limit', 'bytes=2000000').code).toBe(0);
  expect(pull('new', { JCDS_IMAGE_LIMITS: 'weight=3' })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('"weight=3" is no limit'),
  });
});
