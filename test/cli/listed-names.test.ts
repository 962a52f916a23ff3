import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { makeCernRepository, makeFileRepository, makeOsgRepository } from '../hosts/tree.ts';
import { trees } from '../repositories/name-trees.ts';
import { builtFrom, failure, Setting } from './setting.ts';

// Every line of `jcds list`, typed back, resolves to its own path: over the real lists of OSG and CERN, and over random trees.
const setting = new Setting();
afterAll(() => setting.remove());

const lines = (name: string) =>
  readFileSync(new URL(`../fixtures/names/${name}`, import.meta.url), 'utf8')
    .split('\n')
    .filter(line => line !== '' && !/[#*^[]/.test(line));

/** Where OSG's software publishes an entry of its list: the first of three parts is the registry, of two none is. */
function osgPath(entry: string): string {
  const parts = entry.split('/');
  const name = (parts.length > 2 ? parts.slice(1) : parts.length === 1 ? ['library', ...parts] : parts).join(
    '/',
  );
  return name.slice(name.lastIndexOf('/')).includes(':') ? name : `${name}:latest`;
}

const cernPath = (entry: string) => entry.replace(/^https:\/\//, '');

interface Line {
  readonly name: string;
  readonly path: string;
}

/** What `list --json` prints, and what `status` and `resolve` make of each name. */
function listed(repository: string): Line[] {
  const { code, stdout, stderr } = setting.jcds(['list', '--json', '--repository', repository]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as Line);
}

/** The path of each, as one `status` sees it. */
function pathsOf(repository: string, names: readonly string[], env: Record<string, string> = {}): string[] {
  const words = ['status', '--json', '--repository', repository, ...names];
  const answers = JSON.parse(setting.jcds(words, { env }).stdout) as { path: string | null }[];
  return answers.map(({ path }) => path ?? 'no path');
}

test.each([
  ['singularity.opensciencegrid.org', 'names-osg.txt', osgPath, makeOsgRepository, 400],
  ['unpacked.cern.ch', 'names-cern.txt', cernPath, makeCernRepository, 30],
] as const)('%s: each name of its real list', (repository, file, pathOf, make, least) => {
  const image = builtFrom('x');
  const paths = [...new Set(lines(file).map(pathOf))];
  make(
    join(setting.cvmfs, repository),
    Object.fromEntries(paths.map(path => [path, { ...image, hash: 'cd'.repeat(32) }])),
  );
  const found = listed(repository);
  expect(found.map(({ path }) => path).sort()).toEqual(
    paths.map(path => `${setting.cvmfs}/${repository}/${path}`).sort(),
  );
  expect(found.length).toBeGreaterThan(least);
  expect(
    pathsOf(
      repository,
      found.map(({ name }) => name),
    ),
  ).toEqual(found.map(({ path }) => path));
  // By whole processes too, for the unusual ones.
  const odd = found.filter(({ name }) => /^[^/]*[.:A-Z]/.test(name)).slice(0, 5);
  for (const { name, path } of odd)
    expect(
      JSON.parse(setting.jcds(['resolve', '--repository', repository, '--json', name]).stdout),
    ).toMatchObject({
      state: 'published',
      path,
    });
});

test.each([
  ['osg', makeOsgRepository],
  ['cern', makeCernRepository],
  ['files', makeFileRepository],
] as const)('a random tree in layout %s', (layout, make) => {
  const image = builtFrom('x');
  let run = 0;
  fc.assert(
    fc.property(trees(layout), paths => {
      // A name cannot be a directory as well.
      const plain = paths.filter(
        path => !paths.some(other => other !== path && other.startsWith(`${path}/`)),
      );
      const repository = `r${run++}.${layout}.ch`;
      const config = JSON.stringify({ [repository]: { layout } });
      const files =
        layout === 'files'
          ? { content: 'SIF_MAGIC'.padStart(41, '\0') }
          : { ...image, hash: 'cd'.repeat(32) };
      make(join(setting.cvmfs, repository), Object.fromEntries(plain.map(path => [path, files])));
      const env = { JCDS_SERVICES: config };
      const { stdout } = setting.jcds(['list', '--json', '--repository', repository], { env });
      const found = stdout
        .split('\n')
        .filter(line => line !== '')
        .map(line => JSON.parse(line) as Line);
      if (found.length === 0) return;
      expect(
        pathsOf(
          repository,
          found.map(({ name }) => name),
          env,
        ),
      ).toEqual(found.map(({ path }) => path));
    }),
    { numRuns: 12 },
  );
});

test('a name in capital letters that is published in small ones is meant', () => {
  setting.publish({ 'jeffersonlab/gluex_devel:latest': builtFrom('jeffersonlab/gluex_devel') });
  for (const command of ['resolve', 'wrap'])
    expect(setting.jcds([command, 'JeffersonLab/gluex_devel'])).toEqual({
      code: 1,
      stdout: '',
      stderr: failure(
        'JeffersonLab/gluex_devel is not published in containers.jinr.ru',
        'did you mean jeffersonlab/gluex_devel? It is published',
      ),
    });
  expect(setting.jcds(['status', 'JeffersonLab/gluex_devel']).stdout).toContain(
    'hint: did you mean jeffersonlab/gluex_devel? It is published\n',
  );
  expect(setting.jcds(['resolve', 'JeffersonLab/none']).stderr).toContain('jcds request JeffersonLab/none');
});

test('the name that begins like a registry goes before the one without, and stands for itself', () => {
  const real = setting.publish({
    'group.name/proj/img:1': builtFrom('somewhere/else:1'),
    'proj/img:1': { files: builtFrom('x').files, hash: 'ef'.repeat(32) },
  });
  const target = (words: readonly string[]) =>
    setting.jcds(['resolve', '--pinned', ...words]).stdout.trimEnd();
  expect(target(['group.name/proj/img:1'])).toBe(real['group.name/proj/img:1']);
  expect(target(['--any-registry', 'other.name/proj/img:1'])).toBe(real['proj/img:1']);
});

test.each([
  ['containers.jinr.ru', makeOsgRepository, 'library/hub:1'],
  ['unpacked.cern.ch', makeCernRepository, 'registry.hub.docker.com/library/hub:1'],
] as const)('%s: all names of Docker Hub lead to one place', (repository, make, path) => {
  make(join(setting.cvmfs, repository), { [path]: { files: builtFrom('hub:1').files } });
  const spelled = ['', 'docker.io/', 'index.docker.io/', 'registry-1.docker.io/', 'registry.hub.docker.com/'];
  const names = ['hub:1', 'library/hub:1'].flatMap(name =>
    [...spelled, 'docker://', 'docker://docker.io/'].map(registry => registry + name),
  );
  expect([...new Set(pathsOf(repository, names))]).toEqual([`${setting.cvmfs}/${repository}/${path}`]);
  for (const name of ['docker.io/hub:1', 'registry-1.docker.io/hub:1', 'index.docker.io/hub:1'])
    expect(
      JSON.parse(setting.jcds(['resolve', '--json', '--repository', repository, name]).stdout),
    ).toMatchObject({ state: 'published', path: `${setting.cvmfs}/${repository}/${path}` });
});

test('where nothing was looked at, nothing is said of any repository', () => {
  const name = `nica/x@sha512:${'ab'.repeat(64)}`;
  for (const [command, code] of [
    ['resolve', 1],
    ['shell', 125],
  ] as const)
    expect(setting.jcds([command, name])).toEqual({
      code,
      stdout: '',
      stderr: failure(
        `${name} is not published: no repository that was searched has a place for such a name`,
        "see what is there with: jcds list '*x*'",
      ),
    });
});

test('what cannot be asked for is not offered to be asked for', () => {
  const path = `/cvmfs/containers.jinr.ru/nica/none:1`;
  expect(setting.jcds(['resolve', path]).stderr).not.toContain('jcds request');
  // The path is absolute, and lies in a repository.
  expect(setting.jcds(['request', path]).stderr).toContain('an image name looks like ');
  makeFileRepository(join(setting.cvmfs, 'singularity.galaxyproject.org'), { 'all/a:1': { content: 'x' } });
  const galaxy = setting.jcds(['resolve', '--repository', 'singularity.galaxyproject.org', 'all/none:1']);
  expect(galaxy.stderr).toContain('is not published in singularity.galaxyproject.org');
  expect(galaxy.stderr).not.toContain('jcds request');
});
