import { expect, test } from 'vitest';
import { listAnywhere } from '../../../src/cvmfs/list-anywhere.ts';
import { imageSize } from '../../../src/cvmfs/no-mount/image-size.ts';
import { temporaryDirectory } from '../../rootfs/tree-on-disk.ts';
import { closedPort } from '../http/server.ts';
import { row, search } from '../look-setting.ts';
import { publishTree, type Tree } from './published-tree.ts';
import { context, LAB, requested, served } from './setting.ts';

const TREE: Tree = {
  README: { file: 'text' },
  '.images/ab': { directory: true },
  '.images/ab/bin/sh': { file: 'a shell' },
  'library/debian:12': { link: '../.images/ab' },
  'library/direct:1': { directory: true },
  'library/direct:1/etc/passwd:1': { file: '' },
  'nica/docker-images/bmn:latest': { link: '../../.images/ab' },
  'nica/docker-images/notes': { file: 'no tag' },
  'nica/right\u202eleft:1': { link: '../.images/ab' },
  'nica/escape\u001b:1': { link: '../.images/ab' },
};
const NESTED = ['.images/ab', 'library/direct:1', 'nica/docker-images'];

async function list(tree: Tree, nested: readonly string[], most = Number.POSITIVE_INFINITY) {
  const server = await served(publishTree(LAB, tree, { nested }));
  const names: string[] = [];
  const told: unknown[] = [];
  const end = await listAnywhere(
    { root: '/cvmfs', row: row(LAB), timeout: 20 },
    (found, layout, http) => {
      if (found.length === 0) told.push([layout, http?.revision]);
      names.push(...found);
      return names.length < most;
    },
    requested(server),
    context(),
  );
  return { names: names.sort(), told, end, requests: server.requests };
}

test('names are listed from the catalogs that can hold them, never from an image’s own', async () => {
  const { names, told, end, requests } = await list(TREE, NESTED);
  expect(names).toEqual(['library/debian:12', 'library/direct:1', 'nica/docker-images/bmn:latest']);
  expect(told).toEqual([['osg', 7]]);
  expect(end).toEqual({ state: 'listed', refused: 2 });
  expect(requests.filter(path => path.endsWith('C'))).toHaveLength(2);
});

test('a colon in the root of CERN’s layout is a registry’s port, and its names lie in catalogs below', async () => {
  const tree: Tree = {
    '.flat/ab': { directory: true },
    'gitlab.example.org:5005/a/b:1': { link: '../../../.flat/ab' },
    'registry.hub.docker.com/library/debian:12': { link: '../../.flat/ab' },
  };
  const { names, told, requests } = await list(tree, ['.flat/ab', 'gitlab.example.org:5005/a']);
  expect(names).toEqual(['gitlab.example.org:5005/a/b:1', 'registry.hub.docker.com/library/debian:12']);
  expect(told).toEqual([['cern', 7]]);
  expect(requests.filter(path => path.endsWith('C'))).toHaveLength(2);
});

test('an empty repository is listed, and whoever has enough stops it', async () => {
  expect((await list({}, [])).end).toEqual({ state: 'listed', refused: 0 });
  expect((await list(TREE, NESTED, 1)).end).toEqual({ state: 'stopped' });
});

test('a repository that is neither mounted nor served is unreachable by both reasons', async () => {
  const root = temporaryDirectory();
  const gone = `${await closedPort()}/cvmfs/@fqrn@`;
  const question = { root, row: row(LAB), timeout: 20 };
  const end = await listAnywhere(question, () => true, requested(gone, { when: 'fallback' }), context());
  expect(end).toMatchObject({
    state: 'unreachable',
    reason: {
      code: 'SERVER_UNREACHABLE',
      detail: expect.stringMatching(/refused the connection \(looked over HTTP, .*: there is no /),
    },
  });
  const forbidden = await listAnywhere(question, () => true, requested(gone, { when: 'never' }), context());
  expect(forbidden).toMatchObject({ state: 'unreachable', reason: { code: 'NOT_MOUNTED' } });
});

test('an image’s size is what its own catalog counts; without one it is not known', async () => {
  const server = await served(publishTree(LAB, TREE, { nested: NESTED }));
  const size = (relativePath: string) =>
    imageSize({ repository: LAB, relativePath }, search('/cvmfs', [LAB]), requested(server), context());
  expect(await size('.images/ab')).toMatchObject({
    state: 'known',
    statistics: { files: 1, directories: 2, links: 0, specials: 0, bytes: 7, catalogs: 0 },
    http: { revision: 7, verified: true },
  });
  expect(await size('library')).toMatchObject({ state: 'known', statistics: null });
});
