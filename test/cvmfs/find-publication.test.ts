import { execFileSync } from 'node:child_process';
import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { findPublication, findPublications, lookAtFirst } from '../../src/cvmfs/find-publication.ts';
import type { ImageName } from '../../src/cvmfs/look-question.ts';
import { requirePublished } from '../../src/cvmfs/publication.ts';
import { isJcdsError } from '../../src/errors.ts';
import { smallImage } from '../hosts/image-files.ts';
import { makeCernRepository, makeFileRepository, makeOsgRepository } from '../hosts/tree.ts';
import { temporaryDirectory } from '../rootfs/tree-on-disk.ts';
import { lookContext, named, row, search } from './look-setting.ts';

const JINR = 'containers.jinr.ru';
const CERN = 'unpacked.cern.ch';
const GALAXY = 'singularity.galaxyproject.org';
const root = realpathSync(temporaryDirectory());
const hex = 'ab'.repeat(32);
const other = 'cd'.repeat(32);
const SIF = Buffer.concat([
  Buffer.from('#!/usr/bin/env run-singularity\n\0'),
  Buffer.from('SIF_MAGIC\0'),
  Buffer.alloc(64),
]);
const context = lookContext();
let real: Record<string, string>;

beforeAll(() => {
  const image = { files: smallImage({}) };
  real = {
    ...makeOsgRepository(join(root, JINR), {
      'nica/docker-images/bmn:latest': image,
      'library/debian:12': image,
      'library/indexed:1': { ...image, hash: `sha256:${hex}` },
      'broken/dangling:1': { link: `/cvmfs/${JINR}/.images/00/${'0'.repeat(62)}` },
      'broken/absolute:1': { link: '/etc' },
      'broken/climbing:1': { link: '../../../../../../../../../../etc' },
      'broken/samebeginning:1': { link: `/cvmfs/${JINR}-evil/image` },
      'broken/neighbour:1': { link: `../../${CERN}/registry.hub.docker.com/library/debian:12` },
      'broken/lost:1': { link: '/cvmfs/notmounted.cern.ch/x' },
      'broken/loop:1': { link: 'loop:1' },
      'broken/file:1': { content: 'This is a file.\n' },
      'broken/below:1/file': { content: 'x' },
      'files/sif:1': { content: SIF },
      'files/squashfs:1': { content: 'hsqs and so on' },
      'odd/parent': { link: '/etc' },
      'odd/plain:1/bin/x': { content: 'x' },
    }),
    ...makeCernRepository(join(root, CERN), {
      'registry.hub.docker.com/library/debian:12': image,
      'git.jinr.ru:5005/nica/docker-images/bmn:latest': image,
      'registry.hub.docker.com/library/multi:1': { ...image, architecture: 'amd64' },
      'registry.hub.docker.com/library/arm:1': { ...image, architecture: 'arm64:v8' },
    }),
    ...makeFileRepository(join(root, GALAXY), { 'all/small:1.0--0': { content: SIF } }),
  };
  execFileSync('mkfifo', [join(root, JINR, 'broken/fifo:1')]);
  mkdirSync(join(root, 'empty.cern.ch'));
  writeFileSync(join(root, 'file.cern.ch'), '');
  symlinkSync('nowhere', join(root, 'dangling.cern.ch'));
  symlinkSync('round.cern.ch', join(root, 'round.cern.ch'));
  symlinkSync(JINR, join(root, 'alias.jinr.ru'));
});

const place = (relativePath: string, repository = JINR): ImageName => ({
  kind: 'place',
  place: { repository, relativePath },
});

/** The whole answer in short: where it is, by which layout, or why not. */
async function found(image: ImageName, repositories: Parameters<typeof search>[1]): Promise<string> {
  const publication = await findPublication(image, search(root, repositories), context);
  if (publication.state !== 'published') return publication.state;
  const { layout, kind, repository, path, entryPath, target, targetPlace } = publication;
  expect(path).toBe(`${root}/${repository}/${entryPath}`);
  expect(target).toBe(`${root}/${targetPlace.repository}/${targetPlace.relativePath}`);
  return `${layout} ${kind} ${repository}/${entryPath} -> ${targetPlace.relativePath}`;
}
const relative = (name: string, repository: string): string =>
  real[name]!.slice(join(root, repository).length + 1);

test.each<[string, ImageName, Parameters<typeof search>[1], () => string]>([
  [
    'a registry with a port',
    named('git.jinr.ru:5005/nica/docker-images/bmn:latest'),
    [JINR],
    () =>
      `osg directory ${JINR}/nica/docker-images/bmn:latest -> ${relative('nica/docker-images/bmn:latest', JINR)}`,
  ],
  [
    'a short name',
    named('debian:12'),
    [JINR],
    () => `osg directory ${JINR}/library/debian:12 -> ${relative('library/debian:12', JINR)}`,
  ],
  [
    'an index',
    named('indexed:1'),
    [JINR],
    () => `osg directory ${JINR}/library/indexed:1 -> .images/sha256:ab/${hex.slice(2)}`,
  ],
  [
    'an index’s digest',
    named(`library/indexed@sha256:${hex}`),
    [JINR],
    () => `osg directory ${JINR}/.images/sha256:ab/${hex.slice(2)} -> .images/sha256:ab/${hex.slice(2)}`,
  ],
  [
    'another digest with a tag',
    named(`library/indexed:1@sha256:${other}`),
    [JINR],
    () => `osg directory ${JINR}/library/indexed:1 -> .images/sha256:ab/${hex.slice(2)}`,
  ],
  [
    'CERN’s layout',
    named('debian:12'),
    [CERN],
    () =>
      `cern directory ${CERN}/registry.hub.docker.com/library/debian:12 -> ${relative('registry.hub.docker.com/library/debian:12', CERN)}`,
  ],
  [
    'CERN’s, with a port',
    named('git.jinr.ru:5005/nica/docker-images/bmn'),
    [CERN],
    () =>
      `cern directory ${CERN}/git.jinr.ru:5005/nica/docker-images/bmn:latest -> ${relative('git.jinr.ru:5005/nica/docker-images/bmn:latest', CERN)}`,
  ],
  [
    'CERN’s, over two links',
    named('multi:1'),
    [CERN],
    () =>
      `cern directory ${CERN}/registry.hub.docker.com/library/multi:1 -> ${relative('registry.hub.docker.com/library/multi:1', CERN)}`,
  ],
  [
    'CERN’s, a platform',
    named('arm:1', 'arm64'),
    [CERN],
    () =>
      `cern directory ${CERN}/.multiarch/arm64:v8/registry.hub.docker.com/library/arm:1 -> ${relative('.multiarch/arm64:v8/registry.hub.docker.com/library/arm:1', CERN)}`,
  ],
  [
    'CERN’s, a platform that only the plain name has',
    named('debian:12', 'amd64'),
    [CERN],
    () =>
      `cern directory ${CERN}/registry.hub.docker.com/library/debian:12 -> ${relative('registry.hub.docker.com/library/debian:12', CERN)}`,
  ],
  [
    'a row that says its layout',
    named('debian:12'),
    [row(CERN, { layout: 'cern' })],
    () =>
      `cern directory ${CERN}/registry.hub.docker.com/library/debian:12 -> ${relative('registry.hub.docker.com/library/debian:12', CERN)}`,
  ],
  ['the wrong layout', named('debian:12'), [row(CERN, { layout: 'osg' })], () => 'missing'],
  [
    'image files',
    named('quay.io/biocontainers/small:1.0--0'),
    [row(GALAXY, { layout: 'files' })],
    () => `files file ${GALAXY}/all/small:1.0--0 -> all/small:1.0--0`,
  ],
  [
    'image files, detected',
    named('biocontainers/small:1.0--0'),
    [GALAXY],
    () => `files file ${GALAXY}/all/small:1.0--0 -> all/small:1.0--0`,
  ],
  [
    'a SIF file among directories',
    named('files/sif:1'),
    [JINR],
    () => `osg file ${JINR}/files/sif:1 -> files/sif:1`,
  ],
  [
    'a squashfs file',
    named('files/squashfs:1'),
    [JINR],
    () => `osg file ${JINR}/files/squashfs:1 -> files/squashfs:1`,
  ],
  [
    'a plain directory',
    named('odd/plain:1'),
    [JINR],
    () => `osg directory ${JINR}/odd/plain:1 -> odd/plain:1`,
  ],
  [
    'a path',
    place('library/debian:12'),
    [],
    () => `osg directory ${JINR}/library/debian:12 -> ${relative('library/debian:12', JINR)}`,
  ],
  [
    'a path to the real directory',
    place(`.images/sha256:ab/${hex.slice(2)}`),
    [JINR],
    () => `osg directory ${JINR}/.images/sha256:ab/${hex.slice(2)} -> .images/sha256:ab/${hex.slice(2)}`,
  ],
  ['a repository’s root is no image', place(''), [JINR], () => 'missing'],
  [
    'the second repository',
    named('library/multi:1'),
    [JINR, CERN],
    () =>
      `cern directory ${CERN}/registry.hub.docker.com/library/multi:1 -> ${relative('registry.hub.docker.com/library/multi:1', CERN)}`,
  ],
  [
    'both: the first',
    named('debian:12'),
    [JINR, CERN],
    () => `osg directory ${JINR}/library/debian:12 -> ${relative('library/debian:12', JINR)}`,
  ],
  ['nowhere', named('nosuch:1'), [JINR, CERN], () => 'missing'],
  [
    'a name that is too long for a file',
    named(`a/${'b'.repeat(200)}:${'c'.repeat(100)}`),
    [JINR],
    () => 'missing',
  ],
  ['below a file', named('broken/below:1/file/x:1'.replace(':1/', '/')), [JINR], () => 'missing'],
  [
    'the first is not mounted: not looked further',
    named('debian:12'),
    ['empty.cern.ch', JINR],
    () => 'unreachable',
  ],
  ['missing, then not mounted', named('nosuch:1'), [JINR, 'empty.cern.ch'], () => 'unreachable'],
  [
    'found before one that is not mounted',
    named('debian:12'),
    [JINR, 'empty.cern.ch'],
    () => `osg directory ${JINR}/library/debian:12 -> ${relative('library/debian:12', JINR)}`,
  ],
  [
    'a link into an allowed repository',
    named('broken/neighbour:1'),
    [row(JINR, { allowedLinkTargets: [CERN] })],
    () =>
      `osg directory ${JINR}/broken/neighbour:1 -> ${relative('registry.hub.docker.com/library/debian:12', CERN)}`,
  ],
  [
    'a link into an allowed repository that is not mounted',
    named('broken/lost:1'),
    [row(JINR, { allowedLinkTargets: ['notmounted.cern.ch'] })],
    () => 'unreachable',
  ],
])('%s', async (_what, image, repositories, expected) => {
  expect(await found(image, repositories)).toBe(expected());
});

test.each<[string, string[], string, string, string, number]>([
  [
    'nosuch:1',
    [JINR],
    'NOT_PUBLISHED',
    `nosuch:1 is not published in ${JINR} (looked at ROOT/${JINR}/library/nosuch:1)`,
    `see what is there with: jcds list '*nosuch*'; ask for it with: jcds request nosuch:1`,
    1,
  ],
  [
    `git.jinr.ru:5005/a/b@sha256:${other}`,
    [JINR, CERN],
    'NOT_PUBLISHED',
    `git.jinr.ru:5005/a/b@sha256:${other} is not published in ${JINR}, ${CERN}`,
    `see what is there with: jcds list '*b*'; ask for it with: jcds request git.jinr.ru:5005/a/b@sha256:${other}`,
    1,
  ],
  [
    'broken/dangling:1',
    [JINR],
    'BROKEN_PUBLICATION',
    `ROOT/${JINR}/broken/dangling:1 is published, but leads to nothing: ROOT/${JINR}/.images/00/${'0'.repeat(62)}`,
    `tell the people who run ${JINR}; a removed image is there again when its tag is published anew`,
    1,
  ],
  [
    'broken/loop:1',
    [JINR],
    'BROKEN_PUBLICATION',
    `ROOT/${JINR}/broken/loop:1 is published, but leads round in a circle, at ROOT/${JINR}/broken/loop:1`,
    `tell the people who run ${JINR}`,
    1,
  ],
  [
    'broken/file:1',
    [JINR],
    'BROKEN_PUBLICATION',
    `ROOT/${JINR}/broken/file:1 is published, but leads to what is neither a directory nor an image file: ROOT/${JINR}/broken/file:1`,
    `tell the people who run ${JINR}`,
    1,
  ],
  [
    'broken/fifo:1',
    [JINR],
    'BROKEN_PUBLICATION',
    `ROOT/${JINR}/broken/fifo:1 is published, but leads to what is neither a directory nor an image file: ROOT/${JINR}/broken/fifo:1`,
    `tell the people who run ${JINR}`,
    1,
  ],
  [
    'broken/absolute:1',
    [JINR],
    'LINK_ESCAPES',
    `the link broken/absolute:1 in ${JINR} leads out of the repository, to /etc`,
    `tell the people who run ${JINR}; a repository that is meant is named in allowedLinkTargets`,
    1,
  ],
  [
    'broken/climbing:1',
    [JINR],
    'LINK_ESCAPES',
    `the link broken/climbing:1 in ${JINR} leads out of the repository, to ../../../../../../../../../../etc`,
    `tell the people who run ${JINR}; a repository that is meant is named in allowedLinkTargets`,
    1,
  ],
  [
    'broken/samebeginning:1',
    [JINR],
    'LINK_ESCAPES',
    `the link broken/samebeginning:1 in ${JINR} leads out of the repository, to /cvmfs/${JINR}-evil/image`,
    `tell the people who run ${JINR}; a repository that is meant is named in allowedLinkTargets`,
    1,
  ],
  [
    'broken/neighbour:1',
    [JINR],
    'LINK_ESCAPES',
    `the link broken/neighbour:1 in ${JINR} leads out of the repository, to ../../${CERN}/registry.hub.docker.com/library/debian:12`,
    `tell the people who run ${JINR}; a repository that is meant is named in allowedLinkTargets`,
    1,
  ],
  [
    'debian:12',
    ['empty.cern.ch'],
    'CVMFS_UNREACHABLE',
    'the CVMFS repository empty.cern.ch cannot be seen: ROOT/empty.cern.ch is empty, and nothing is mounted on it',
    'it is not mounted. As root: mount -t cvmfs empty.cern.ch ROOT/empty.cern.ch; see what is wrong with: cvmfs_config probe empty.cern.ch; or ask the administrator of this host',
    75,
  ],
  [
    'debian:12',
    ['absent.cern.ch'],
    'CVMFS_UNREACHABLE',
    'the CVMFS repository absent.cern.ch cannot be seen: there is no ROOT/absent.cern.ch',
    'it is not mounted. As root: mount -t cvmfs absent.cern.ch ROOT/absent.cern.ch; see what is wrong with: cvmfs_config probe absent.cern.ch; or ask the administrator of this host',
    75,
  ],
  [
    'debian:12',
    ['dangling.cern.ch'],
    'CVMFS_UNREACHABLE',
    'the CVMFS repository dangling.cern.ch cannot be seen: there is no ROOT/dangling.cern.ch',
    'it is not mounted. As root: mount -t cvmfs dangling.cern.ch ROOT/dangling.cern.ch; see what is wrong with: cvmfs_config probe dangling.cern.ch; or ask the administrator of this host',
    75,
  ],
  [
    'debian:12',
    ['file.cern.ch'],
    'CVMFS_UNREACHABLE',
    'the CVMFS repository file.cern.ch cannot be seen: ROOT/file.cern.ch is a file',
    'give the directory that holds the repositories with --cvmfs-root',
    75,
  ],
  [
    'debian:12',
    ['round.cern.ch'],
    'CVMFS_UNREACHABLE',
    'the CVMFS repository round.cern.ch cannot be seen: ROOT/round.cern.ch is too many links deep (ELOOP), which an automounter says when it cannot mount',
    'see what is wrong with: cvmfs_config probe round.cern.ch; or ask the administrator of this host',
    75,
  ],
])('%s in %j is the error %s', async (name, repositories, code, message, hint, exitCode) => {
  const publication = await findPublication(named(name), search(root, repositories), context);
  const error = thrownBy(() => requirePublished(publication, name));
  const withRoot = (text: string): string => text.replaceAll('ROOT', root);
  expect(error).toEqual({ code, message: withRoot(message), hint: withRoot(hint), exitCode });
});

function thrownBy(act: () => unknown): object {
  try {
    act();
  } catch (thrown) {
    if (!isJcdsError(thrown)) throw thrown;
    const { code, message, hint, exitCode } = thrown;
    return { code, message, hint, exitCode };
  }
  throw new Error('nothing was thrown');
}

test('without any CVMFS the error says what CVMFS is', async () => {
  const publication = await findPublication(
    named('debian:12'),
    search('/nonexistent/cvmfs', [JINR]),
    context,
  );
  expect(thrownBy(() => requirePublished(publication, 'debian:12'))).toEqual({
    code: 'CVMFS_UNREACHABLE',
    message: `the CVMFS repository ${JINR} cannot be seen: there is no /nonexistent/cvmfs on this host`,
    hint: 'images come by CVMFS, a read-only network file system that is usually mounted at /cvmfs: ask the administrator of this host for its client, or say where it is with --cvmfs-root',
    exitCode: 75,
  });
});

test('a name with control characters reaches no terminal', async () => {
  const publication = await findPublication(place('x\u001b[31m\n:1'), search(root, [JINR]), context);
  expect(thrownBy(() => requirePublished(publication, 'x\u001b[31m\n:1'))).toMatchObject({
    message: `x?[31m :1 is not published in ${JINR} (looked at ${root}/${JINR}/x?[31m :1)`,
  });
});

test.each([0, 0.0001, 0.5501, 1.1, 86_400 * 365])('a timeout of %d s is a timeout', async timeout => {
  const answer = await findPublication(named('debian:12'), search(root, [JINR], timeout), context);
  expect(
    answer.state === 'published' || (answer.state === 'unreachable' && answer.reason.code === 'HUNG'),
  ).toBe(true);
  if (timeout > 10)
    expect((await findPublication(named('nosuch:1'), search(root, [JINR], timeout), context)).state).toBe(
      'missing',
    );
});

test('many images are answered in order, by one child', async () => {
  const images = ['nosuch:1', 'debian:12', 'broken/dangling:1', 'library/multi:1'].map(text => named(text));
  const answers = await findPublications(images, search(root, [JINR, CERN]), context);
  expect(answers.map(({ publication }) => publication.state)).toEqual([
    'missing',
    'published',
    'broken',
    'published',
  ]);
  expect(await findPublications([], search(root, [JINR]), context)).toEqual([]);
});

test('the repository itself may be a link: the real directory is what runs', async () => {
  const publication = await findPublication(named('odd/plain:1'), search(root, ['alias.jinr.ru']), context);
  expect(publication).toMatchObject({
    state: 'published',
    path: `${root}/alias.jinr.ru/odd/plain:1`,
    target: `${root}/${JINR}/odd/plain:1`,
    targetPlace: { repository: 'alias.jinr.ru', relativePath: 'odd/plain:1' },
  });
});

test.each([
  [['/nonexistent/program'], 'exit code 127'],
  [[process.execPath, '-e', 'process.exit(3)', '--'], 'exit code 3'],
  [[process.execPath, '-e', 'process.kill(process.pid, "SIGKILL")', '--'], 'SIGKILL'],
  [[process.execPath, '-e', '0', '--'], 'no answer'],
  [[process.execPath, '-e', 'console.log("Segmentation fault")', '--'], 'an answer that is none'],
  [[process.execPath, '-e', 'console.log(7)', '--'], 'an answer that is none'],
  [['a\0b'], 'ERR_INVALID_ARG_VALUE'],
])('when the child is %j, nothing is said of the image', async (self, cause) => {
  const publication = await findPublication(named('nosuch:1'), search(root, [JINR]), lookContext({ self }));
  expect(publication).toEqual({
    state: 'unreachable',
    repository: JINR,
    reason: {
      code: 'LOOK_FAILED',
      detail: `the process that looks at ${root}/${JINR} failed (${cause})`,
      hint: 'this host may be short of memory or processes: try again later',
    },
  });
});

test('what is there beyond doubt is found without a child of Node; all else is left to the careful look', () => {
  const at = (image: ImageName, repositories: Parameters<typeof search>[1]) =>
    lookAtFirst(image, search(root, repositories));
  for (const image of [named('debian:12'), named('nica/docker-images/bmn'), place('odd/plain:1')])
    expect(at(image, [JINR])?.state).toBe('published');
  expect(at(named('multi:1'), [CERN])?.state).toBe('published');
  expect(at(named('biocontainers/small:1.0--0'), [row(GALAXY, { layout: 'files' })])?.kind).toBe('file');
  for (const name of [
    'nosuch:1',
    'broken/dangling:1',
    'broken/absolute:1',
    'broken/climbing:1',
    'broken/neighbour:1',
    'broken/file:1',
    'broken/fifo:1',
  ])
    expect(at(named(name), [JINR])).toBeNull();
  for (const repository of ['empty.cern.ch', 'absent.cern.ch', 'file.cern.ch'])
    expect(at(named('debian:12'), [repository])).toBeNull();
  expect(at(named('debian:12'), [])).toBeNull();
});
