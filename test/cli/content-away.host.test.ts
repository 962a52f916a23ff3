import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { singularityRecord, smallImage } from '../hosts/image-files.ts';
import { makeFileRepository, makeOsgRepository } from '../hosts/tree.ts';
import { APPTAINER, JINR, Setting } from './setting.ts';

// The names can be seen, and what the image's directory lists cannot: as with a client that has the catalog of the names and, its
// servers being down, not the image's own. By a squashfs whose first block of directory entries is damaged: listing it is EIO.

const setting = new Setting();
setting.install('apptainer', APPTAINER);
const work = mkdtempSync(join(tmpdir(), 'jcds-away-'));
const place = join(setting.cvmfs, JINR);
const [whole, damaged] = [join(work, 'whole'), join(work, 'damaged')];
const IMAGE = 'nica/bmn:1';
let target = '';

beforeAll(() => {
  const contents = join(work, 'contents', JINR);
  // Enough names for some blocks of 8 KiB: the directories above the image stand in another one.
  const many = Object.fromEntries(
    Array.from({ length: 600 }, (_, index) => [`entry-of-the-image-${index * 7919}`, 'x']),
  );
  const files = { ...smallImage(singularityRecord({ from: IMAGE })), ...many };
  target = makeOsgRepository(contents, { [IMAGE]: { files } })[IMAGE]!.slice(contents.length);
  const pack = ['mksquashfs', contents, whole, '-noappend', '-no-progress', '-quiet'];
  expect(spawnSync(pack[0]!, pack.slice(1)).status).toBe(0);
  const bytes = readFileSync(whole);
  // https://dr-emann.github.io/squashfs: the directory table's place stands at byte 72; a block begins with two bytes of its size.
  const block = Number(bytes.readBigUInt64LE(72)) + 2;
  bytes.fill(0xff, block + 16, block + 64);
  writeFileSync(damaged, bytes);
  mkdirSync(place, { recursive: true });
});
afterEach(() => {
  spawnSync('umount', ['-l', place]);
});
afterAll(() => {
  setting.remove();
  rmSync(work, { recursive: true, force: true });
});

/** Shows one of the two as the repository. */
function mounted(file: string): void {
  const ran = spawnSync('squashfuse', [file, place], { encoding: 'utf8' });
  expect([ran.status, ran.stderr]).toEqual([0, '']);
}

const COMMANDS = [
  ['resolve', IMAGE],
  ['status', IMAGE],
  ['exec', IMAGE, 'true'],
];

test('an image that is remembered, and whose directory cannot be listed now, cannot be seen: 75', () => {
  mounted(whole);
  for (const words of COMMANDS) expect([words, setting.jcds(words).code]).toEqual([words, 0]);
  const told = setting.jcds(['status', '-v', IMAGE]).stdout;
  expect(told).toContain('from memory: what the image says of itself, read by an earlier look');
  spawnSync('umount', [place]);
  mounted(damaged);
  for (const words of COMMANDS) {
    const { code, stdout, stderr } = setting.jcds(words);
    expect([words, code, stdout + stderr]).toEqual([
      words,
      75,
      expect.stringContaining(`${place}${target} could not be read (EIO)`),
    ]);
    expect(stdout + stderr).not.toMatch(/not published|missing/);
  }
  // Which of them, the client knows.
  expect(setting.jcds(COMMANDS[0]!).stderr).toContain(
    "hint: its servers, this site's proxy or the disk of its cache may be at fault: try again later; the client's own counters tell: cvmfs_config stat -v ",
  );
});

test('an image file whose first bytes cannot be read cannot be seen either: 75', () => {
  const contents = join(work, 'files', JINR);
  makeFileRepository(contents, { 'all/tool:1': { content: `hsqs${'abc'.repeat(100_000)}` } });
  const [file, broken] = [join(work, 'files.whole'), join(work, 'files.damaged')];
  expect(spawnSync('mksquashfs', [contents, file, '-noappend', '-no-progress', '-quiet']).status).toBe(0);
  // What is in files stands first, behind the 96 bytes of the superblock.
  const bytes = readFileSync(file);
  bytes.fill(0xff, 100, 130);
  writeFileSync(broken, bytes);
  mounted(file);
  expect(setting.jcds(['resolve', 'tool:1'])).toMatchObject({ code: 0 });
  spawnSync('umount', [place]);
  mounted(broken);
  for (const words of [
    ['resolve', 'tool:1'],
    ['status', 'tool:1'],
  ]) {
    const { code, stdout, stderr } = setting.jcds(words);
    expect([words, code, stdout + stderr]).toEqual([
      words,
      75,
      expect.stringContaining(`${place}/all/tool:1 could not be read (EIO)`),
    ]);
  }
});
