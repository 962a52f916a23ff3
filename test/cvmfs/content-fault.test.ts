import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findPublications } from '../../src/cvmfs/find-publication.ts';
import { findCommandInImage } from '../../src/cvmfs/look-at-image.ts';
import type { Published } from '../../src/cvmfs/publication.ts';
import { smallImage } from '../hosts/image-files.ts';
import { makeOsgRepository } from '../hosts/tree.ts';
import { temporaryDirectory } from '../rootfs/tree-on-disk.ts';
import { lookContext, named, search } from './look-setting.ts';

// What keeps the child that looks from its answer: CVMFS, the host, or the image's own content. Only with the first two
// another machine may do better.
const R = 'containers.jinr.ru';
const root = realpathSync(temporaryDirectory());
makeOsgRepository(join(root, R), { 'library/debian:12': { files: smallImage({}) } });
const published: Published = {
  state: 'published',
  repository: R,
  layout: 'osg',
  path: `${root}/${R}/library/debian:12`,
  entryPath: 'library/debian:12',
  target: `${root}/${R}/.images/aa/bb`,
  targetPlace: { repository: R, relativePath: '.images/aa/bb' },
  kind: 'directory',
};

/** A child that says this, then goes on so. */
function childThat(goesOn: string, ...says: object[]) {
  const folder = temporaryDirectory();
  mkdirSync(folder, { recursive: true });
  const program = join(folder, 'child.cjs');
  const lines = says.map(line => `${JSON.stringify(line)}\n`).join('');
  writeFileSync(program, `require('node:fs').writeSync(1, ${JSON.stringify(lines)});\n${goesOn}`);
  return lookContext({ self: [process.execPath, program] });
}

const COMPUTES = 'for (;;);';
const WAITS = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);';
const question = { word: 'sh', searchPath: '/bin', cwd: '/', mounts: [] };
const found = (context: ReturnType<typeof lookContext>) =>
  findPublications([named('debian:12')], search(root, [R], 3), context, ['/']);

test('an image whose content is read without end is broken, and CVMFS is not accused', async () => {
  const entry = { repository: R, path: published.path, entryPath: 'library/debian:12', why: 'content' };
  expect(await found(childThat(COMPUTES, { reading: published }))).toMatchObject([
    { publication: { state: 'broken', repository: R, entry } },
  ]);
  expect(await findCommandInImage(published, question, 3, childThat(COMPUTES))).toEqual({
    fault: 'reading it takes no end',
  });
});

test('content that cannot be understood is told as a fault of the image', async () => {
  expect(await findCommandInImage(published, question, 20, childThat('', { fault: 'why' }))).toEqual({
    fault: 'why',
  });
});

test('a child that only waits hangs by CVMFS; one that computes before it has come to an image, or dies, is a failure of the host', async () => {
  const hung = { publication: { state: 'unreachable', reason: { code: 'HUNG' } } };
  const failed = { publication: { state: 'unreachable', reason: { code: 'LOOK_FAILED' } } };
  expect(await found(childThat(WAITS, { reading: published }))).toMatchObject([hung]);
  expect(await findCommandInImage(published, question, 3, childThat(WAITS))).toMatchObject(hung.publication);
  expect(await found(childThat(COMPUTES))).toMatchObject([failed]);
  expect(
    await found(childThat('process.kill(process.pid, "SIGKILL")', { reading: published })),
  ).toMatchObject([failed]);
});
