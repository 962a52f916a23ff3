import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Entry } from '../../src/archive/entry.ts';
import { tarReader } from '../../src/archive/tar-reader.ts';
import { makeTar } from './make-tar.ts';

interface Read {
  readonly entry: Entry;
  /** Holes are zeros. */
  readonly content: Buffer;
}

/** Reads an archive in pieces that end at these places. */
function read(archive: Buffer, cuts: readonly number[] = []): Read[] {
  const found: Read[] = [];
  const reader = tarReader({
    entry: entry => found.push({ entry, content: Buffer.alloc(entry.size) }),
    data: (bytes, position) => void bytes.copy(found.at(-1)!.content, position),
    end: () => {},
  });
  let from = 0;
  for (const cut of [...cuts, archive.length]) {
    reader.push(archive.subarray(from, cut));
    from = cut;
  }
  reader.finish();
  return found;
}

const work = mkdtempSync(join(tmpdir(), 'jcds-tar-'));
const tree = join(work, 'tree');
const LONG = `${'long-name-'.repeat(12)}end`;
beforeAll(() => {
  mkdirSync(join(tree, 'directory', LONG), { recursive: true });
  writeFileSync(join(tree, 'directory', LONG, 'file'), 'inside\n');
  writeFileSync(join(tree, 'empty'), '');
  writeFileSync(join(tree, 'block'), Buffer.alloc(512, 7));
  writeFileSync(join(tree, 'program'), 'x'.repeat(1500));
  chmodSync(join(tree, 'program'), 0o4751);
  linkSync(join(tree, 'program'), join(tree, 'same'));
  symlinkSync('../über/all', join(tree, 'link'));
  symlinkSync(`/${LONG}`, join(tree, 'long-link'));
  execFileSync('mkfifo', [join(tree, 'pipe')]);
  execFileSync('truncate', ['-s', '40000', join(tree, 'sparse')]);
  execFileSync('sh', [
    '-c',
    'printf data | dd of="$1" bs=1 seek=20000 conv=notrunc 2>/dev/null',
    '-',
    join(tree, 'sparse'),
  ]);
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

function archived(...options: string[]): Buffer {
  return execFileSync('tar', ['-C', tree, '--sort=name', ...options, '-cf', '-', '.'], {
    maxBuffer: 2 ** 26,
  });
}

/** What stands on the disk, as GNU find says it: type, mode, whole seconds, path, target. */
function onDisk(): string[] {
  const shown = execFileSync('find', [tree, '-printf', '%y %m %Ts ./%P %l\\n'], { encoding: 'latin1' });
  return shown.split('\n').slice(0, -1).sort();
}

function asFound(reads: readonly Read[]): string[] {
  const letters = { file: 'f', 'hard-link': 'f', directory: 'd', symlink: 'l', fifo: 'p', device: 'c' };
  return reads
    .map(({ entry }) => {
      const target = entry.type === 'symlink' ? entry.target : '';
      const path = entry.type === 'directory' ? entry.path.replace(/(.)\/$/, '$1') : entry.path;
      return `${letters[entry.type]} ${entry.mode.toString(8)} ${Math.floor(entry.mtime)} ${path === '.' ? './' : path} ${target}`;
    })
    .sort();
}

describe.each([['gnu'], ['pax'], ['ustar'], ['v7']])('GNU tar writes %s', format => {
  test('and every entry comes out as it stands on the disk, with its content', () => {
    const short = format === 'v7' || format === 'ustar';
    const pipe = format === 'v7' ? ['--exclude=pipe'] : [];
    const left = short ? [`--exclude=${LONG}`, '--exclude=long-link', ...pipe] : [];
    const reads = read(archived(`--format=${format}`, ...left));
    const wanted = onDisk().filter(line => !short || !line.includes('long-'));
    expect(asFound(reads)).toEqual(format === 'v7' ? wanted.filter(line => !line.startsWith('p')) : wanted);
    const content = (path: string) =>
      reads.find(({ entry }) => entry.path === path)?.content.toString('latin1');
    expect(content('./program')).toBe('x'.repeat(1500));
    expect(content('./empty')).toBe('');
    expect(content('./sparse')).toBe(`${'\0'.repeat(20_000)}data${'\0'.repeat(19_996)}`);
    expect(reads.filter(({ entry }) => entry.type === 'hard-link').map(({ entry }) => entry.target)).toEqual([
      './program',
    ]);
  });
});

test.each(['0.0', '0.1', '1.0'])('a sparse file of form %s has its holes and its name', version => {
  const reads = read(archived('--format=pax', '--sparse', `--sparse-version=${version}`));
  const sparse = reads.find(({ entry }) => entry.path === './sparse')!;
  expect(sparse.entry.size).toBe(40_000);
  expect(sparse.content.toString('latin1')).toBe(`${'\0'.repeat(20_000)}data${'\0'.repeat(19_996)}`);
});

test('GNU’s own sparse form is refused by name', () => {
  expect(() => read(archived('--format=gnu', '--sparse'))).toThrow(/sparse file of the old GNU form/);
});

const seen = (reads: readonly Read[]) =>
  JSON.stringify(
    reads.map(({ entry, content }) => [entry, createHash('sha256').update(content).digest('hex')]),
  );

test('wherever an archive is cut into pieces, the same entries come out', () => {
  const archive = archived('--format=pax', '--sparse', '--sparse-version=1.0');
  const whole = seen(read(archive));
  for (let cut = 1; cut < archive.length; cut += archive.length > 30_000 ? 7 : 1)
    expect(seen(read(archive, [cut])) === whole, `cut at ${cut}`).toBe(true);
  const everyByte = Array.from({ length: archive.length - 1 }, (_, at) => at + 1);
  expect(seen(read(archive, everyByte))).toBe(whole);
});

describe('where an archive ends', () => {
  const file = { name: 'a', content: 'x'.repeat(700) };
  const whole = makeTar([file], Buffer.alloc(0));
  test.each([
    ['without zero blocks', whole],
    ['in the padding', whole.subarray(0, 512 + 700)],
    ['behind one zero block', Buffer.concat([whole, Buffer.alloc(512)])],
    ['with junk behind its end', makeTar([file], Buffer.concat([Buffer.alloc(1024), Buffer.from('junk')]))],
  ])('%s: it is whole', (_, archive) =>
    expect(read(archive).map(({ content }) => content.toString())).toEqual([file.content]),
  );
  test.each([
    ['inside a header', whole.subarray(0, 300), /ends inside a header/],
    ['inside a file', whole.subarray(0, 512 + 699), /ends inside a file/],
    [
      'inside a PAX header',
      makeTar([{ ...file, pax: { path: 'b' } }]).subarray(0, 700),
      /ends inside a header/,
    ],
    ['behind a PAX header', makeTar([{ ...file, pax: { path: 'b' } }]).subarray(0, 1024), /does not come/],
    [
      'by zeros behind a PAX header',
      Buffer.concat([makeTar([{ ...file, pax: { path: 'b' } }]).subarray(0, 1024), Buffer.alloc(1024)]),
      /does not come/,
    ],
    ['after one zero block, and goes on', Buffer.concat([Buffer.alloc(512), whole]), /behind its end/],
  ])('%s: an error', (_, archive, message) => expect(() => read(archive)).toThrow(message));
});

test('content behind a link is passed over, and a size without content is none', () => {
  const after = { name: 'after', content: 'here' };
  const behind = makeTar([{ name: 'l', type: '1', link: 'a', content: 'y'.repeat(600) }, after]);
  const without = makeTar([{ name: 'l', type: '1', link: 'a', size: 600 }, after]);
  for (const archive of [behind, without])
    expect(read(archive).map(({ entry, content }) => [entry.path, String(content)])).toEqual([
      ['l', ''],
      ['after', 'here'],
    ]);
});
