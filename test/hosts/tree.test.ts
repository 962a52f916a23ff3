import { lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { singularityRecord, smallImage } from './image-files.ts';
import { makeCernRepository, makeFileRepository, makeOsgRepository } from './tree.ts';

const root = mkdtempSync(join(tmpdir(), 'jcds-tree-'));
afterEach(() => rmSync(root, { recursive: true, force: true }));

const files = { 'etc/image': 'this one\n' };
const hash = 'ab'.repeat(32);

/** Every link and file below the directory: `name -> target` or `name: content`. */
function listing(directory: string, below = ''): string[] {
  const lines = readdirSync(join(directory, below), { withFileTypes: true }).flatMap(entry => {
    const name = join(below, entry.name);
    if (entry.isDirectory()) return listing(directory, name);
    const path = join(directory, name);
    return entry.isSymbolicLink()
      ? [`${name} -> ${readlinkSync(path)}`]
      : [`${name}: ${readFileSync(path, 'utf8').trim()}`];
  });
  return lines.sort();
}

test('OSG and JINR: absolute links below /cvmfs, one directory for equal hashes', () => {
  const repository = join(root, 'containers.jinr.ru');
  const real = makeOsgRepository(repository, {
    'library/a:1': { files, hash },
    'nica/x/b:2': { files, hash: `sha256:${hash}` },
    'library/same:1': { files, hash },
    'library/gone:1': { link: '/cvmfs/containers.jinr.ru/.images/00/00' },
    'library/file:1': { content: 'no image' },
  });
  const rest = hash.slice(2);
  expect(listing(repository)).toEqual([
    `.images/ab/${rest}/etc/image: this one`,
    `.images/sha256:ab/${rest}/etc/image: this one`,
    `library/a:1 -> /cvmfs/containers.jinr.ru/.images/ab/${rest}`,
    'library/file:1: no image',
    'library/gone:1 -> /cvmfs/containers.jinr.ru/.images/00/00',
    `library/same:1 -> /cvmfs/containers.jinr.ru/.images/ab/${rest}`,
    `nica/x/b:2 -> /cvmfs/containers.jinr.ru/.images/sha256:ab/${rest}`,
  ]);
  expect(Object.entries(real).map(([name, path]) => [name, relative(repository, path)])).toEqual([
    ['library/a:1', `.images/ab/${rest}`],
    ['nica/x/b:2', `.images/sha256:ab/${rest}`],
    ['library/same:1', `.images/ab/${rest}`],
  ]);
});

test('CERN: relative links, and one more step where the image has architectures', () => {
  const repository = join(root, 'unpacked.cern.ch');
  const hub = 'registry.hub.docker.com/library';
  const other = 'cd'.repeat(32);
  makeCernRepository(repository, {
    [`${hub}/a:1`]: { files, hash },
    'git.jinr.ru:5005/b:2': { files, hash },
  });
  makeCernRepository(repository, { [`${hub}/m:1`]: { files, hash, architecture: 'amd64' } });
  makeCernRepository(repository, { [`${hub}/m:1`]: { files, hash: other, architecture: 'arm64:v8' } });
  expect(listing(repository)).toEqual([
    `.flat/ab/${hash}/etc/image: this one`,
    `.flat/cd/${other}/etc/image: this one`,
    `.multiarch/amd64/${hub}/m:1 -> ../../../../.flat/ab/${hash}`,
    `.multiarch/arm64:v8/${hub}/m:1 -> ../../../../.flat/cd/${other}`,
    `git.jinr.ru:5005/b:2 -> ../.flat/ab/${hash}`,
    `${hub}/a:1 -> ../../.flat/ab/${hash}`,
    `${hub}/m:1 -> ../../.multiarch/amd64/${hub}/m:1`,
  ]);
});

test('Galaxy: files as they stand', () => {
  const repository = join(root, 'singularity.galaxyproject.org');
  makeFileRepository(repository, { 'all/tool:1.0--h1_0': { content: 'hsqs' }, 'all/tree:1--0': { files } });
  expect(listing(repository)).toEqual(['all/tool:1.0--h1_0: hsqs', 'all/tree:1--0/etc/image: this one']);
});

test('a small image with a record has what runtimes look for, with the modes they need', () => {
  makeOsgRepository(join(root, 'r'), {
    'a:1': {
      hash,
      files: smallImage({ ...singularityRecord({ from: 'a:1' }), locked: { directory: 0o500 } }),
    },
  });
  const image = join(root, 'r', '.images', 'ab', hash.slice(2));
  const mode = (name: string) => (lstatSync(join(image, name)).mode & 0o777).toString(8);
  expect(readlinkSync(join(image, 'bin/sh'))).toBe('busybox');
  expect(['bin/busybox', 'locked', 'proc', '.singularity.d/runscript', 'etc/passwd'].map(mode)).toEqual([
    '755',
    '500',
    '755',
    '755',
    '644',
  ]);
  expect(readFileSync(join(image, '.singularity.d/Singularity'), 'utf8')).toBe(
    'bootstrap: docker\nfrom: a:1\n\n',
  );
});
