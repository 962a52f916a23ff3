import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeTar } from '../archive/make-tar.ts';
import { Setting } from '../cli/setting.ts';
import { writeLayout } from './write-layout.ts';

// `jcds convert --to FILE.tar` and `--to -`: the judge is GNU tar, which unpacks the archive beside the directory of `--to DIRECTORY`.
const setting = new Setting();
const { work } = setting;
afterAll(() => setting.remove());

const LONG = 'deep/'.repeat(30);
beforeAll(() => {
  const map = { 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0', 'GNU.sparse.name': 'holes' };
  writeLayout(join(work, 'oci'), [
    makeTar([
      { name: 'etc/', mode: 0o755, mtime: 7 },
      { name: 'etc/keep', content: 'K', mtime: 1_700_000_000 },
      { name: 'etc/gone', content: 'x'.repeat(5000) },
      { name: 'twice', content: 'first', mode: 0o600 },
      { name: 'hard', type: '1', link: 'etc/gone' },
      { name: 'a', type: '2', link: `/${'far/'.repeat(40)}` },
      { name: 'second-name-of-a', type: '1', link: 'a' },
      { name: 'closed/', mode: 0 },
      { name: 'closed/in', mode: 0, content: 'C' },
      { name: 'n\xff', content: 'odd' },
      { name: 'pipe', type: '6', mode: 0o600 },
      {
        name: 'holes',
        pax: { ...map, 'GNU.sparse.realsize': '1048580' },
        content: `${'2\n0\n4\n1048576\n4\n'.padEnd(512, '\0')}headtail`,
      },
    ]),
    makeTar([
      { name: 'etc/.wh.gone', content: '' },
      { name: 'twice', content: 'second', mode: 0o755 },
      { name: 'x', gnuName: `${LONG}file`, content: 'deep' },
    ]),
  ]);
});

const convert = (...words: string[]) => setting.jcds(['convert', 'oci:oci', ...words]);

/** All that GNU find says of a tree, but the sizes of directories and the fractions of times; and the sums of its files. */
function treeOf(directory: string): string[] {
  const script = `cd "$1"; find . -printf '%y %m %s %Ts %n %p -> %l\\n'; find . -type f -exec sha256sum {} +`;
  return execFileSync('sh', ['-c', script, '-', directory], { encoding: 'latin1' })
    .split('\n')
    .map(line => line.replace(/^(d \d+) \d+ (\d+) \d+/, '$1 - $2 -'))
    .sort();
}

test('the archive is the directory, each path once, and the same on standard output', () => {
  expect(convert('--to', 'dir').code).toBe(0);
  const made = convert('--json', '--to', 'image.tar');
  expect([made.code, JSON.parse(made.stdout)]).toMatchObject([
    0,
    { path: join(work, 'image.tar'), layers: 2 },
  ]);
  const archive = readFileSync(join(work, 'image.tar'));
  const env = { TMPDIR: work };
  const output = setting.run(
    ['sh', '-c', '"$0" "$@" >out.tar', setting.program, 'convert', 'oci:oci', '--to', '-'],
    { env },
  );
  expect(output).toMatchObject({ code: 0, stdout: '' });
  expect(readFileSync(join(work, 'out.tar')).equals(archive)).toBe(true);

  mkdirSync(join(work, 'untarred'));
  execFileSync('tar', ['-xpf', join(work, 'image.tar'), '-C', join(work, 'untarred')]);
  // A link's second name is a link of its own there: not every reader makes hard links of them.
  const ofLink = (line: string) => line.replace(/^(l \d+ \d+ \d+) 2/, '$1 1');
  expect(treeOf(join(work, 'untarred'))).toEqual(treeOf(join(work, 'dir')).map(ofLink));
  const names = execFileSync('tar', ['-tf', join(work, 'image.tar')], { encoding: 'latin1' }).split('\n');
  expect(new Set(names).size).toBe(names.length);
  expect(names.filter(name => name.includes('.wh.'))).toEqual([]);
});

test('something stands there already: it stays', () => {
  for (const what of ['file.tar', 'directory.tar']) {
    if (what === 'file.tar') writeFileSync(join(work, what), 'mine');
    else mkdirSync(join(work, what));
    const { code, stderr } = convert('--to', what);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`${what} is there already`)]);
  }
  expect(readFileSync(join(work, 'file.tar'), 'utf8')).toBe('mine');
});

test('an image that cannot be converted leaves no archive, and nothing on standard output', () => {
  const place = mkdtempSync(join(work, 'bad-'));
  writeLayout(join(work, 'bad'), [makeTar([{ name: 'x', type: '1', link: 'nowhere' }])]);
  const words = ['convert', 'oci:bad', '--to'];
  expect(setting.jcds([...words, join(place, 'x.tar')])).toMatchObject({ code: 1, stdout: '' });
  expect(setting.jcds([...words, '-'], { env: { TMPDIR: place } })).toMatchObject({ code: 1, stdout: '' });
  expect(readdirSync(place)).toEqual([]);
  rmSync(place, { recursive: true });
});

test('where nobody reads, or the disk is full, it ends', () => {
  const none = mkdtempSync(join(work, 'none-'));
  const run = (script: string) =>
    setting.run(['sh', '-c', script, setting.program, 'convert', 'oci:oci', '--to', '-'], {
      env: { TMPDIR: none },
    });
  expect(run('{ "$0" "$@"; echo "ended $?" >&2; } | head -c 1 >/dev/null').stderr).toContain('ended ');
  const full = run('"$0" "$@" >/dev/full');
  expect([full.code, full.stderr]).toEqual([1, expect.stringContaining('ENOSPC')]);
  expect(readdirSync(none)).toEqual([]);
});

test('--json has no place beside it', () => {
  expect(convert('--json', '--to', '-')).toMatchObject({ code: 2, stdout: '' });
});
