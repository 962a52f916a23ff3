import { expect, test } from 'vitest';
import { findAnywhere } from '../../../src/cvmfs/find-anywhere.ts';
import type { ImageName, RepositoryRow } from '../../../src/cvmfs/look-question.ts';
import { elfHeader } from '../../hosts/image-files.ts';
import { FLAG } from '../http/catalog-file.ts';
import { named, row, search } from '../look-setting.ts';
import { publishTree, type Tree } from './published-tree.ts';
import { context, keyFile, LAB, OTHER, requested, served } from './setting.ts';

const HASH = '.images/ab/cdef';
const OSG: Tree = {
  '.images': { directory: true },
  [`${HASH}/.singularity.d/Singularity`]: { file: 'bootstrap: docker\nfrom: git.jinr.ru:5005/nica/bmn:1\n' },
  [`${HASH}/bin/busybox`]: { file: elfHeader(183) },
  [`${HASH}/bin/sh`]: { link: '/bin/busybox' },
  'library/debian:12': { link: `/cvmfs/${LAB}/${HASH}` },
  'library/relative:1': { link: `../${HASH}` },
  'library/twice:1': { link: 'debian:12' },
  'library/mine:1': { link: `/here/${LAB}/${HASH}` },
  'library/variant:1': { link: `../.images/$(CVMFS_TEST:-ab)/cdef` },
  'library/real:1': { directory: true },
  'library/root:1': { link: '..' },
  'nica/bmn:1': { link: `/cvmfs/${LAB}/${HASH}` },
  'library/dangling:1': { link: '../.images/no/where' },
  'library/through:1': { link: '../.images/ab/cdef/bin/busybox/x' },
  'library/loop:1': { link: 'loop:1' },
  'library/out:1': { link: '/etc/passwd' },
  'library/climbs:1': { link: '../../../etc' },
  'library/control:1': { link: '../.images/a\u001b[31mb' },
  'library/text:1': { file: 'this is no image, but a text of more than sixty-four bytes, so it is read' },
  'library/short:1': { file: 'short' },
  'library/siffile:1': { file: `${' '.repeat(32)}SIF_MAGIC${' '.repeat(64)}` },
  'library/large:1': { file: new Uint8Array(1024 * 1024) },
  'library/device:1': { special: true },
  'library/foreign:1': { link: `/cvmfs/${OTHER}/.images/11/22` },
};
const NEIGHBOUR: Tree = { '.images/11/22': { directory: true } };

async function look(image: ImageName, changes: Partial<RepositoryRow> = {}, tree = OSG) {
  const server = await served(publishTree(LAB, tree, { nested: [HASH] }), publishTree(OTHER, NEIGHBOUR));
  const found = await findAnywhere(
    image,
    search('/here', [row(LAB, changes)]),
    [],
    requested(server),
    context(),
  );
  return { ...found, requests: server.requests };
}

const published = (entryPath: string, relativePath: string, kind = 'directory', repository = LAB) => ({
  state: 'published',
  repository: LAB,
  layout: 'osg',
  path: `/here/${LAB}/${entryPath}`,
  entryPath,
  target: `/here/${repository}${relativePath === '' ? '' : `/${relativePath}`}`,
  targetPlace: { repository, relativePath },
  kind,
});

test.each([
  ['debian:12', published('library/debian:12', HASH)],
  ['relative:1', published('library/relative:1', HASH)],
  ['twice:1', published('library/twice:1', HASH)],
  ['mine:1', published('library/mine:1', HASH)],
  ['variant:1', published('library/variant:1', HASH)],
  ['real:1', published('library/real:1', 'library/real:1')],
  ['root:1', published('library/root:1', '')],
  ['siffile:1', published('library/siffile:1', 'library/siffile:1', 'file')],
  ['large:1', published('library/large:1', 'library/large:1', 'file')],
])('%s is published, as a mount would show it', async (name, publication) => {
  expect((await look(named(name))).publication).toEqual(publication);
});

test.each([
  ['dangling:1', 'dangling', `/here/${LAB}/.images/no/where`],
  ['through:1', 'dangling', `/here/${LAB}/${HASH}/bin/busybox/x`],
  ['control:1', 'dangling', `/here/${LAB}/.images/a\u001b[31mb`],
  ['loop:1', 'loop', `/here/${LAB}/library/loop:1`],
  ['out:1', 'escapes', '/etc/passwd'],
  ['climbs:1', 'escapes', '../../../etc'],
  ['foreign:1', 'escapes', `/cvmfs/${OTHER}/.images/11/22`],
  ['text:1', 'no-image', `/here/${LAB}/library/text:1`],
  ['short:1', 'no-image', `/here/${LAB}/library/short:1`],
  ['device:1', 'no-image', `/here/${LAB}/library/device:1`],
])('%s is published and leads to no image: %s', async (name, why, target) => {
  const entryPath = `library/${name}`;
  const path = `/here/${LAB}/${entryPath}`;
  expect((await look(named(name))).publication).toEqual({
    state: 'broken',
    repository: LAB,
    entry: { why, repository: LAB, entryPath, path, target },
  });
});

test('a name that is not there is missing, and said where it was looked for', async () => {
  const { publication, http } = await look(named('none:1'));
  const looked = [{ repository: LAB, path: `/here/${LAB}/library/none:1` }];
  expect(publication).toEqual({ state: 'missing', looked });
  expect(http).toMatchObject({ revision: 7, verified: true, from: 'server' });
});

test('a link into an allowed repository is followed, and the image lies there', async () => {
  const { publication } = await look(named('foreign:1'), { allowedLinkTargets: [OTHER] });
  expect(publication).toEqual(published('library/foreign:1', '.images/11/22', 'directory', OTHER));
});

test('a path is looked for as it is, in its own repository', async () => {
  const place = { repository: LAB, relativePath: HASH };
  const server = await served(publishTree(LAB, OSG, { nested: [HASH] }));
  const here = search('/here', [OTHER]);
  const found = await findAnywhere({ kind: 'place', place }, here, [], requested(server), context());
  expect(found.publication).toEqual(published(HASH, HASH));
});

test('the layout is what the root of the repository shows, hidden names left out', async () => {
  const cern: Tree = {
    '.flat/ab': { directory: true },
    'registry.hub.docker.com/library/debian:12': { link: '../../.flat/ab' },
    '.multiarch/arm64:v8/registry.hub.docker.com/library/debian:12': { link: '../../../../.flat/ab' },
  };
  const found = await look(named('debian:12', 'linux/arm64/v8'), {}, cern);
  expect(found.publication).toMatchObject({
    layout: 'cern',
    entryPath: '.multiarch/arm64:v8/registry.hub.docker.com/library/debian:12',
    targetPlace: { relativePath: '.flat/ab' },
  });
  const files = await look(named('samtools:1'), {}, { 'all/samtools:1': { file: new Uint8Array(2 ** 20) } });
  expect(files.publication).toMatchObject({ layout: 'files', kind: 'file' });
  const hidden = await look(
    named('debian:12'),
    {},
    {
      '.flat': { directory: true, flags: FLAG.hidden },
      'library/debian:12': { directory: true },
    },
  );
  expect(hidden.publication).toMatchObject({ layout: 'osg', state: 'published' });
});

test('what an image was made from is read where a registry was typed, and only there', async () => {
  const plain = await look(named('debian:12'));
  expect([plain.origin, plain.architecture]).toEqual([null, null]);
  expect(plain.requests.filter(path => path.endsWith('C'))).toHaveLength(1);
  const typed = await look(named('git.jinr.ru:5005/nica/bmn:1'));
  expect(typed.origin).toEqual({ bootstrap: 'docker', from: 'git.jinr.ru:5005/nica/bmn:1' });
  const other = await look(named('quay.io/nica/bmn:1'));
  expect(other.origin).toEqual(typed.origin);
});

test('what its programs are made for is read where a platform was asked for, links inside it followed', async () => {
  const { architecture, origin } = await look(named('debian:12', 'linux/amd64'));
  expect([architecture, origin]).toEqual(['arm64', null]);
});

test('says what the answer rests on', async () => {
  const { http, overHttp, views, notMounted } = await look(named('debian:12'));
  expect({ ...http, server: null, keys: null }).toEqual({
    repository: LAB,
    revision: 7,
    rootHash: expect.stringMatching(/^[0-9a-f]{40}$/),
    publishedAt: '2026-11-22T17:31:42.000Z',
    ttlSeconds: 240,
    verified: true,
    from: 'server',
    server: null,
    confirmedAt: '2026-11-23T12:00:00.000Z',
    because: null,
    keys: null,
    notes: [],
  });
  expect(http?.keys).toEqual([
    { fingerprint: expect.stringMatching(/^SHA256:[0-9a-f]{64}$/), source: keyFile() },
  ]);
  expect([overHttp, notMounted, views]).toEqual([true, null, [http]]);
});
