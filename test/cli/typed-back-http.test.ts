import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { serve } from '../cvmfs/http/server.ts';
import { publishTree, type Tree } from '../cvmfs/no-mount/published-tree.ts';
import { keyFile } from '../cvmfs/no-mount/setting.ts';
import { SERVICE_OF, type ServedLayout } from '../names/repository.ts';
import { trees } from '../repositories/name-trees.ts';
import { Program, World } from './request-setting.ts';

// Every line of `list` over HTTP, typed back over HTTP, leads to its own path: whole processes and random trees of each layout. What
// a line's own path is, is not taken from jcds: it is the line, with a digest written as file names write it.

vi.setConfig({ testTimeout: 120_000 });
const program = new Program();
let world: World;
beforeEach(async () => {
  world = await World.make(program);
});
afterEach(() => world.remove());
afterAll(() => program.remove());

const ROOT = '/nowhere';
const WHITELIST = { created: '20260101000000', expires: '20991231000000' };
const PLACE: Readonly<Record<ServedLayout, string>> = {
  osg: `.images/cd/${'cd'.repeat(31)}`,
  cern: `.flat/cd/${'cd'.repeat(32)}`,
  files: 'all',
};

/** What a service could publish of these: no directory is called like an image, none begins with a point, none is an image too. */
function publishable(paths: readonly string[], layout: ServedLayout): string[] {
  const isName = (path: string) => {
    const parts = path.split('/');
    const directories = parts.slice(layout === 'cern' ? 1 : 0, -1);
    return (
      parts.length > 1 &&
      !parts.some(part => /^(?:\.|$)/.test(part)) &&
      !directories.some(part => part.includes(':'))
    );
  };
  return [...new Set(paths)]
    .filter(isName)
    .filter((path, _index, all) => !all.some(other => other.startsWith(`${path}/`)));
}

function treeOf(layout: ServedLayout, paths: readonly string[]): Tree {
  const place = PLACE[layout];
  const entryOf = (path: string) => {
    if (layout === 'files') return { file: 'hsqs'.padEnd(64) };
    const up = '../'.repeat(path.split('/').length - 1);
    return { link: layout === 'osg' ? `/cvmfs/${SERVICE_OF.osg}/${place}` : `${up}${place}` };
  };
  return { [place]: { directory: true }, ...Object.fromEntries(paths.map(path => [path, entryOf(path)])) };
}

test.each(['osg', 'cern', 'files'] as const)('layout %s', async layout => {
  const repository = SERVICE_OF[layout];
  const top = `${ROOT}/${repository}/`;
  const paths = publishable(fc.sample(trees(layout), { seed: 13, numRuns: 60 }).flat(), layout);
  const server = await serve(publishTree(repository, treeOf(layout, paths), { whitelist: WHITELIST }));
  try {
    const jcds = (command: string, ...words: string[]) => {
      const where = ['--no-mount', '--server', server.template, '--keys', keyFile()];
      const env = { JCDS_CVMFS_ROOT: ROOT, XDG_CACHE_HOME: join(world.folder, 'kept') };
      return world.jcds([command, '--repository', repository, ...where, ...words], env);
    };
    const listed = await jcds('list');
    const lines = listed.stdout.split('\n').filter(line => line !== '');
    const ownPath = (line: string) =>
      line.startsWith(top) ? line : `${top}${line.replace('@sha256:', ':sha256:')}`;
    expect(lines.map(ownPath).sort()).toEqual(paths.map(path => top + path).sort());
    expect(lines.length).toBeGreaterThan(80);
    const found = JSON.parse((await jcds('status', '--json', ...lines)).stdout) as object[];
    expect(found.map((one, index) => ({ line: lines[index], ...one }))).toMatchObject(
      lines.map(line => ({ line, state: 'published', path: ownPath(line) })),
    );
  } finally {
    await server.close();
  }
});
