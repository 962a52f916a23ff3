import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { findAllAnywhere, findAnywhere, isMounted } from '../../../src/cvmfs/find-anywhere.ts';
import { findPublications } from '../../../src/cvmfs/find-publication.ts';
import type { ImageName, RepositoryRow } from '../../../src/cvmfs/look-question.ts';
import { temporaryDirectory } from '../../rootfs/tree-on-disk.ts';
import { closedPort, type TestServer } from '../http/server.ts';
import { named, row, search } from '../look-setting.ts';
import { publishTree, type Tree } from './published-tree.ts';
import { context, LAB, OTHER, requested, served } from './setting.ts';

const MOUNTED = 'mounted.example.org';
const image: Tree = { '.images/ab': { directory: true } };
const withImage = (name: string): Tree => ({ ...image, [name]: { link: '../.images/ab' } });

/** A CVMFS root where one repository is mounted, and nothing else. */
let root: string;
beforeEach(() => {
  root = temporaryDirectory();
  mkdirSync(join(root, MOUNTED, '.images/ab'), { recursive: true });
  mkdirSync(join(root, MOUNTED, 'library'));
  symlinkSync(`/cvmfs/${MOUNTED}/.images/ab`, join(root, MOUNTED, 'library/here:1'));
  symlinkSync(`/cvmfs/${LAB}/.images/ab`, join(root, MOUNTED, 'library/elsewhere:1'));
});

async function look(server: TestServer, name: string, rows: readonly (string | RepositoryRow)[]) {
  const asked = requested(server, { when: 'fallback' });
  return findAnywhere(named(name), search(root, rows), [], asked, context());
}

const notMounted = (repository: string) => ({
  code: 'NOT_MOUNTED',
  detail: `there is no ${root}/${repository}`,
});

test('what is mounted is looked at there, and no server is asked', async () => {
  const server = await served(publishTree(LAB, withImage('library/debian:12')));
  const here = await look(server, 'here:1', [MOUNTED, LAB]);
  expect(here.publication).toMatchObject({ state: 'published', repository: MOUNTED });
  expect([here.overHttp, here.http, isMounted(here)]).toEqual([false, null, true]);
  const none = await look(server, 'none:1', [MOUNTED]);
  expect([none.publication.state, isMounted(none)]).toEqual(['missing', true]);
  expect(server.requests).toEqual([]);
});

test('the search goes on over HTTP where nothing is mounted, and after that on the mount', async () => {
  const server = await served(publishTree(LAB, withImage('library/debian:12')), publishTree(OTHER, image));
  const there = await look(server, 'debian:12', [MOUNTED, OTHER, LAB]);
  expect(there.publication).toMatchObject({ state: 'published', repository: LAB });
  expect(there.notMounted).toMatchObject(notMounted(LAB));
  expect(there.views.map(({ repository }) => repository)).toEqual([OTHER, LAB]);
  expect(isMounted(there)).toBe(false);
  const back = await look(server, 'here:1', [LAB, MOUNTED]);
  expect(back.publication).toMatchObject({ state: 'published', repository: MOUNTED });
  expect([back.overHttp, back.notMounted]).toEqual([false, null]);
  const last = await look(server, 'none:1', [MOUNTED, LAB]);
  expect(last.publication).toMatchObject({
    looked: [
      { repository: MOUNTED, path: `${root}/${MOUNTED}` },
      { repository: LAB, path: `${root}/${LAB}/library/none:1` },
    ],
  });
  const none = await look(server, 'none:1', [MOUNTED, LAB, OTHER]);
  expect(none.publication).toEqual({
    state: 'missing',
    looked: [
      { repository: MOUNTED, path: `${root}/${MOUNTED}` },
      { repository: LAB, path: `${root}/${LAB}/library/none:1` },
      { repository: OTHER, path: `${root}/${OTHER}/library/none:1` },
    ],
  });
});

test('a link of a mounted repository into one that is not is followed over HTTP as a whole', async () => {
  const tree: Tree = { ...image, 'library/elsewhere:1': { link: `/cvmfs/${LAB}/.images/ab` } };
  const server = await served(publishTree(MOUNTED, tree), publishTree(LAB, image));
  const found = await look(server, 'elsewhere:1', [row(MOUNTED, { allowedLinkTargets: [LAB] })]);
  expect(found.publication).toMatchObject({
    state: 'published',
    repository: MOUNTED,
    target: `${root}/${LAB}/.images/ab`,
  });
});

test('where HTTP knows no more, both reasons are said', async () => {
  const asked = requested(`${await closedPort()}/cvmfs/@fqrn@`, { when: 'fallback' });
  const found = await findAnywhere(named('debian:12'), search(root, [LAB]), [], asked, context());
  expect(found.publication).toMatchObject({
    state: 'unreachable',
    repository: LAB,
    reason: {
      code: 'SERVER_UNREACHABLE',
      detail: expect.stringMatching(
        new RegExp(
          `refused the connection \\(looked over HTTP, since nothing is mounted: there is no ${root}/${LAB}\\)$`,
        ),
      ),
    },
  });
});

test('a forbidden network is not used: the mount’s reason stands', async () => {
  const server = await served(publishTree(LAB, withImage('library/debian:12')));
  const asked = requested(server, { when: 'never' });
  const found = await findAnywhere(named('debian:12'), search(root, [LAB]), [], asked, context());
  expect(found.publication).toMatchObject({ state: 'unreachable', reason: notMounted(LAB) });
  expect([isMounted(found), server.requests]).toEqual([false, []]);
});

test('a mount that fails in another way is no reason to ask a server', async () => {
  const server = await served(publishTree(LAB, withImage('library/debian:12')));
  symlinkSync(LAB, join(root, LAB));
  const found = await look(server, 'debian:12', [LAB]);
  expect(found.publication).toMatchObject({ state: 'unreachable', reason: { code: 'LINK_LOOP' } });
  expect([isMounted(found), server.requests]).toEqual([null, []]);
});

test('many images cost one look over HTTP', async () => {
  const server = await served(publishTree(LAB, withImage('library/debian:12')));
  const images: ImageName[] = [named('debian:12'), named('none:1'), named('here:1')];
  const question = search(root, [MOUNTED, LAB]);
  const onMounts = () => findPublications(images, question, context());
  const asked = requested(server, { when: 'fallback' });
  const found = await findAllAnywhere(images, onMounts, question, asked, context());
  expect(found.map(({ publication }) => publication.state)).toEqual(['published', 'missing', 'published']);
  expect(found.map(({ overHttp }) => overHttp)).toEqual([true, true, false]);
  expect(server.requests).toHaveLength(4);
});
