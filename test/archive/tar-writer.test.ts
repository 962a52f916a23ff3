import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Entry } from '../../src/archive/entry.ts';
import { tarReader } from '../../src/archive/tar-reader.ts';
import { ARCHIVE_END, headerOf, paddingOf, type WrittenEntry } from '../../src/archive/tar-writer.ts';

// What is written comes back: from this project's reader, and from two others that know nothing of it.

/** Names of any bytes but NUL, up to what a path may have. */
const name = fc
  .array(fc.integer({ min: 1, max: 255 }), { minLength: 1, maxLength: 400 })
  .map(bytes => `x${Buffer.from(bytes).toString('latin1').replaceAll('/', 'y')}`);
const entry: fc.Arbitrary<WrittenEntry> = fc
  .record({
    type: fc.constantFrom<WrittenEntry['type']>('file', 'hard-link', 'symlink', 'directory', 'fifo'),
    path: name,
    target: name,
    mode: fc.integer({ min: 0, max: 0o7777 }),
    mtime: fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
    size: fc.integer({ min: 0, max: 1500 }),
  })
  .map(made => ({
    ...made,
    target: made.type.endsWith('link') ? made.target : '',
    size: made.type === 'file' ? made.size : 0,
  }));

const written = (entries: readonly WrittenEntry[]) =>
  Buffer.concat([
    ...entries.flatMap(one => [headerOf(one), Buffer.alloc(one.size, 0x61), paddingOf(one.size)]),
    ARCHIVE_END,
  ]);

test('law: the reader gives what was written', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 8 }), entries => {
      const read: Entry[] = [];
      const reader = tarReader({ entry: one => void read.push(one), data: () => {}, end: () => {} });
      reader.push(written(entries));
      reader.finish();
      expect(
        read.map(({ type, path, target, mode, mtime, size }) => ({ type, path, target, mode, mtime, size })),
      ).toEqual(entries.map(one => ({ ...one, path: one.type === 'directory' ? `${one.path}/` : one.path })));
    }),
  );
});

test('a file of 20 GB, and times before 1970, in one header', () => {
  const read: Entry[] = [];
  const reader = tarReader({ entry: one => void read.push(one), data: () => {}, end: () => {} });
  reader.push(headerOf({ type: 'file', path: 'big', target: '', mode: 0o644, mtime: -5, size: 20e9 }));
  expect(read).toMatchObject([{ size: 20e9, mtime: -5 }]);
});

const SAMPLE: WrittenEntry[] = [
  { type: 'directory', path: './d', target: '', mode: 0o1777, mtime: 1_700_000_000, size: 0 },
  { type: 'file', path: `./d/${'long'.repeat(50)}`, target: '', mode: 0o755, mtime: 0, size: 3 },
  { type: 'hard-link', path: './d/h', target: `./d/${'long'.repeat(50)}`, mode: 0o755, mtime: 0, size: 0 },
  { type: 'symlink', path: './d/n\xff', target: 'away'.repeat(60), mode: 0o777, mtime: 12, size: 0 },
];

test('GNU tar reads it', () => {
  const shown = execFileSync('tar', ['--utc', '--full-time', '--numeric-owner', '-tv'], {
    input: written(SAMPLE),
    encoding: 'latin1',
  });
  expect(shown.split('\n').slice(0, -1)).toEqual([
    'drwxrwxrwt 0/0               0 2023-11-14 22:13:20 ./d/',
    `-rwxr-xr-x 0/0               3 1970-01-01 00:00:00 ./d/${'long'.repeat(50)}`,
    `hrwxr-xr-x 0/0               0 1970-01-01 00:00:00 ./d/h link to ./d/${'long'.repeat(50)}`,
    `lrwxrwxrwx 0/0               0 1970-01-01 00:00:12 ./d/n\\377 -> ${'away'.repeat(60)}`,
  ]);
});

test('Python’s tarfile reads it', () => {
  const program =
    'import sys,tarfile\nfor m in tarfile.open(fileobj=sys.stdin.buffer,mode="r|",encoding="latin-1"): print(ascii((m.name,m.linkname,m.mode,int(m.mtime),m.size,m.uid)))';
  const shown = execFileSync('python3', ['-c', program], { input: written(SAMPLE), encoding: 'latin1' });
  expect(shown.split('\n').slice(0, -1)).toEqual(
    SAMPLE.map(
      ({ path, target, mode, mtime, size }) =>
        `('${path.replace('\xff', '\\xff')}', '${target}', ${mode}, ${mtime}, ${size}, 0)`,
    ),
  );
});
