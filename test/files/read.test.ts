import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { PlaceName } from '../../src/files/places.ts';
import { readPlace, readText, readTextIfThere } from '../../src/files/read.ts';
import { fileTrouble } from '../../src/files/refused-file.ts';
import { errnoOf } from '../../src/rootfs/walk.ts';

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'jcds-files-'));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
}

/** What stands at `file`, by its kind. */
const PUT = {
  file: file => writeFileSync(file, 'text', { mode: 0o600 }),
  link: file => {
    writeFileSync(`${file}.real`, 'text', { mode: 0o600 });
    symlinkSync(`${file}.real`, file);
  },
  fifo: file => execFileSync('mkfifo', [file]),
  'link to a FIFO': file => {
    execFileSync('mkfifo', [`${file}.real`]);
    symlinkSync(`${file}.real`, file);
  },
  'link to /dev/zero': file => symlinkSync('/dev/zero', file),
  directory: file => mkdirSync(file),
  '1 TB': file => {
    writeFileSync(file, '', { mode: 0o600 });
    truncateSync(file, 2 ** 40);
  },
  "a group's": file => {
    PUT.file(file);
    chmodSync(file, 0o660);
  },
  "everybody's": file => {
    PUT.file(file);
    chmodSync(file, 0o666);
  },
} satisfies Record<string, (file: string) => void>;

const NO_FILE = 'it is no regular file';

describe.each<[PlaceName, Partial<Record<keyof typeof PUT, string>>]>([
  ['image-memory', { link: 'ELOOP', "a group's": 'others may write to it' }],
  ['user-settings', {}],
  ['project-settings', { "everybody's": 'text' }],
  ['variables-file', { "everybody's": 'text' }],
])('%s', (place, different) => {
  const right: Record<keyof typeof PUT, string> = {
    file: 'text',
    link: 'text',
    fifo: NO_FILE,
    'link to a FIFO': place === 'image-memory' ? 'ELOOP' : NO_FILE,
    'link to /dev/zero': place === 'image-memory' ? 'ELOOP' : NO_FILE,
    directory: NO_FILE,
    '1 TB': 'it is too long',
    "a group's": 'text',
    "everybody's": 'others may write to it',
    ...different,
  };
  // A pipe that the user typed is read, and waits for its writer: the next test has that.
  const kinds = Object.keys(PUT).filter(kind => place !== 'variables-file' || !/fifo/i.test(kind));
  test.each(kinds as (keyof typeof PUT)[])('%s', kind => {
    const file = join(folder(), 'file');
    PUT[kind](file);
    let answer: string | null;
    try {
      answer = readText(place, file);
    } catch (thrown) {
      answer = fileTrouble(thrown);
    }
    expect(answer).toBe(right[kind]);
  });
});

test('a pipe that the user typed is read to its end', () => {
  const file = join(folder(), 'fifo');
  execFileSync('mkfifo', [file]);
  execFileSync('/bin/sh', ['-c', `(exec >"$1"; printf A=1) >/dev/null 2>&1 &`, 'sh', file]);
  expect(readText('variables-file', file)).toBe('A=1');
});

test('what belongs to somebody else', () => {
  const file = join(folder(), 'file');
  PUT.file(file);
  const other = process.getuid!() + 1;
  expect(() => readText('image-memory', file, other)).toThrow('it belongs to another user');
  // A site may keep the settings of accounts: root's are believed, nobody else's.
  expect(readText('user-settings', '/etc/passwd', other)).toContain('root');
  if (process.getuid!() !== 0)
    expect(() => readText('user-settings', file, other)).toThrow('it belongs to another user');
  expect(readText('project-settings', file, other)).toBe('text');
});

test('what the kernel says has no bytes is read to its end', () => {
  expect(readText('system', '/proc/self/environ').length).toBeGreaterThan(0);
  expect(readPlace('system', '/proc/self/status').bytes.toString()).toContain('VmHWM');
});

test('what is not there', () => {
  const there = join(folder(), 'file');
  PUT.file(there);
  for (const file of [join(folder(), 'no'), join(there, 'no')])
    expect(readTextIfThere('user-settings', file)).toBeNull();
  expect(() => readText('user-settings', `${there}-`)).toThrow('ENOENT');
});

test.each([
  ['UNKNOWN', constants.errno.EDQUOT, 'EDQUOT'],
  ['Unknown system error -116', constants.errno.ESTALE, 'ESTALE'],
  ['Unknown system error -9999', 9999, 'Unknown system error -9999'],
  ['ENOSPC', constants.errno.ENOSPC, 'ENOSPC'],
])('the system’s error %s (%i) is called %s', (code, errno, name) => {
  const thrown = Object.assign(new Error(code), { code, errno: -errno, syscall: 'write' });
  expect([fileTrouble(thrown), errnoOf(thrown)]).toEqual([name, name]);
});

test('a bug is none', () => {
  const bug = new TypeError('a bug');
  expect([fileTrouble(bug), errnoOf(bug)]).toEqual([null, null]);
});
