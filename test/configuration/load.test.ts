import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { loadConfiguration } from '../../src/configuration/load.ts';
import { projectLayer } from '../../src/configuration/project-file.ts';
import { DEFAULTS } from '../../src/configuration/settings.ts';
import { trustFile } from '../../src/configuration/trust-store.ts';

const NO_TERMINAL = { isTerminal: false, columns: 80, write: () => true };

/** A home, a project and a site of their own; a file is written for each text given. */
function host(files: { user?: string; project?: string; site?: string }) {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'jcds-config-')));
  onTestFinished(() => rmSync(base, { recursive: true }));
  const [home, project, site] = [join(base, 'home'), join(base, 'project'), join(base, 'site.json')];
  mkdirSync(join(home, '.config/jcds'), { recursive: true });
  mkdirSync(join(project, 'deep/er'), { recursive: true });
  const user = join(home, '.config/jcds/config.json');
  if (files.user !== undefined) writeFileSync(user, files.user);
  const uid = process.getuid!();
  const trust = () =>
    trustFile(join(project, '.jcds.json'), readFileSync(join(project, '.jcds.json')), {
      environment: {},
      home,
      uid,
    });
  if (files.project !== undefined) {
    writeFileSync(join(project, '.jcds.json'), files.project);
    trust();
  }
  if (files.site !== undefined) writeFileSync(site, files.site);
  const load = (environment: Record<string, string> = {}, options = {}, owner = uid) =>
    loadConfiguration(
      { environment, home, cwd: join(project, 'deep/er'), uid: owner, stderr: NO_TERMINAL },
      options,
      { siteFile: site },
    );
  return { base, project, user, site, load };
}

const PAIRS = 'must be an object of texts, or NAME=VALUE in a variable';

test('without files the defaults hold', () => {
  expect(host({}).load()).toEqual({ settings: DEFAULTS, notes: [], sources: {}, project: null });
});

test('options > variables > project > user > site > defaults; enforced beats all', () => {
  const files = {
    site: '{"cvmfsTimeout": 1, "gpu": "rocm", "envPolicy": "hep", "image": "site:1", "enforced": {"network": false}}',
    user: '{"gpu": "nvidia", "envPolicy": "clean", "network": true, "image": "user:1"}',
    project: '{"image": "project:1"}',
  };
  const { load, site, user, project } = host(files);
  const { settings, sources } = load(
    { JCDS_ENV_POLICY: 'keep', JCDS_NETWORK: 'true' },
    { gpu: 'none', network: true },
  );
  expect(settings).toEqual({
    ...DEFAULTS,
    cvmfsTimeout: 1,
    gpu: 'none',
    envPolicy: 'keep',
    image: 'project:1',
    network: false,
  });
  expect(sources).toEqual({
    cvmfsTimeout: site,
    gpu: 'option',
    envPolicy: 'JCDS_ENV_POLICY',
    image: `${project}/.jcds.json`,
    network: `${site} (enforced)`,
  });
  expect(user).toContain('config.json');
});

test('a project may set only its image, a repository’s name and binds below itself', () => {
  const { load, project } = host({
    project:
      '{\n"binds": ["data", "../secret", "/etc:/x", "sub:/y:ro", "sub::ro"],\n"services": {},\n"runtimes": ["podman"],\n"repositories": ["a.b"]}',
  });
  const { settings, notes } = load();
  expect(settings).toEqual({
    ...DEFAULTS,
    repositories: ['a.b'],
    binds: [`${project}/data`, `${project}/sub::ro`],
  });
  expect(notes).toEqual([
    `${project}/.jcds.json, line 3: a project may not set services`,
    `${project}/.jcds.json, line 4: a project may not set runtimes`,
    `${project}/.jcds.json: the bind "../secret" is not below the project`,
    `${project}/.jcds.json: the bind "/etc:/x" is not below the project`,
    `${project}/.jcds.json: the bind "sub:/y:ro" is not shown: what a project binds appears at its own path only`,
    `${project}/.jcds.json sets binds = ["${project}/data","${project}/sub::ro"], repositories = ["a.b"]`,
  ]);
});

test('a project’s bind may not leave it by a link', () => {
  const { load, project } = host({
    project: '{"binds": ["out", "out/deeper", "in", "../project/in", "gone"]}',
  });
  symlinkSync('/etc', join(project, 'out'));
  symlinkSync('deep', join(project, 'in'));
  const { settings, notes } = load();
  expect(settings.binds).toEqual([`${project}/in`, `${project}/in`, `${project}/gone`]);
  expect(notes).toEqual([
    `${project}/.jcds.json: the bind "out" is not below the project`,
    `${project}/.jcds.json: the bind "out/deeper" is not below the project`,
    `${project}/.jcds.json sets binds = ["${project}/in","${project}/in","${project}/gone"]`,
  ]);
});

test('a colon in a project’s own path is no part of a bind', () => {
  const { base, project } = host({});
  const parted = join(base, 'tools:/usr/bin');
  mkdirSync(parted, { recursive: true });
  const layer = (file: string, binds: string[]) =>
    projectLayer({ file, content: Buffer.from(JSON.stringify({ binds })) });
  expect(layer(join(project, '.jcds.json'), ['data']).values.binds).toEqual([`${project}/data`]);
  const { values, notes } = layer(join(parted, '.jcds.json'), ['.', 'data::ro']);
  const why = (path: string) => `is not shown: "${path}" has a colon, which parts the words of a bind`;
  expect({ values, notes }).toEqual({
    values: { binds: [] },
    notes: [
      `${parted}/.jcds.json: the bind "." ${why(parted)}`,
      `${parted}/.jcds.json: the bind "data::ro" ${why(`${parted}/data`)}`,
    ],
  });
});

test('a project file of somebody else is passed over', () => {
  expect(host({ project: '{"image": "a:1"}' }).load({}, {}, 4242).settings.image).toBeNull();
});

describe('a broken file names file, line and key', () => {
  test.each([
    ['{\n "gpu": "none",\n oops }', 'line 3: is not valid JSON'],
    ['{\n "gpu": "none"', 'line 2: is not valid JSON'],
    ['[]', 'line 1: must hold a JSON object'],
    ['{\n\n"gpu": "intel"}', 'line 3: gpu must be one of auto, nvidia, rocm, none'],
    ['{"binds": "x"}', 'line 1: binds must be a list of texts'],
    ['{"cvmfsTimeout": -1}', 'line 1: cvmfsTimeout must be a number of seconds above 0 and at most 86400'],
    ['{"network": "no"}', 'line 1: network must be true or false'],
    ['{"image": ""}', 'line 1: image must be a text'],
    ['{"registryTokenServers": ["a=b"]}', `line 1: registryTokenServers ${PAIRS}`],
    ['{"registryTokenServers": {"a": 1}}', `line 1: registryTokenServers ${PAIRS}`],
    [
      '{"gpu": "none",\n"store": "store"}',
      'line 2: store must be absolute in a file, and "store" does not begin with /',
    ],
    ['{"store": "~/x"}', 'line 1: store must be absolute in a file, and "~/x" does not begin with /'],
    ['{"store": ["/x"]}', 'line 1: store must be a text'],
    ['{"cvmfsRoot": "./x"}', 'line 1: cvmfsRoot must be absolute in a file, and "./x" does not begin with /'],
    [
      '{"sharedStores": ["/a", "b"]}',
      'line 1: sharedStores must be absolute in a file, and "b" does not begin with /',
    ],
    ['{"services": {"a.b": 1}}', 'line 1: services must be an object of objects, by repository name'],
  ])('%j', (text, message) => {
    const { load, user } = host({ user: text });
    expect(() => load()).toThrow(
      expect.objectContaining({
        code: 'CONFIGURATION',
        message: `${user}, ${message}`,
        hint: 'jcds help configuration',
        exitCode: 2,
      }),
    );
  });

  test('one that cannot be read', () => {
    const { load, user } = host({});
    mkdirSync(user);
    chmodSync(user, 0o700);
    expect(() => load()).toThrow(
      expect.objectContaining({ message: `${user}: cannot be read (it is no regular file)`, exitCode: 2 }),
    );
  });
});

test('unknown keys are reported, and enforced outside the site’s file', () => {
  const { load, user } = host({ user: '{"colour": 1, "enforced": {"network": false}}' });
  const { notes, settings } = load();
  expect(notes).toEqual([
    `${user}: enforced is honoured in the site's file only`,
    `${user}, line 1: unknown key "colour"`,
  ]);
  expect(settings.network).toBe(true);
});

test.each([
  ['JCDS_GPU', 'intel', 'JCDS_GPU is "intel", but must be one of auto, nvidia, rocm, none'],
  [
    'JCDS_CVMFS_TIMEOUT',
    'soon',
    'JCDS_CVMFS_TIMEOUT is "soon", but must be a number of seconds above 0 and at most 86400',
  ],
  ['JCDS_REGISTRY_TOKEN_SERVERS', 'a', `JCDS_REGISTRY_TOKEN_SERVERS is "a", but ${PAIRS}`],
  ['JCDS_SERVICES', '{', 'JCDS_SERVICES is "{", but must be JSON'],
])('a variable that does not fit: %s=%s', (name, value, message) => {
  expect(() => host({}).load({ [name]: value })).toThrow(
    expect.objectContaining({ code: 'CONFIGURATION', message, exitCode: 2 }),
  );
});

test('a path is absolute in every file, and may be relative in a variable or option', () => {
  const message = 'must be absolute in a file, and "x" does not begin with /';
  for (const text of ['{"store": "x"}', '{"enforced": {"store": "x"}}']) {
    const { load, site } = host({ site: text });
    expect(() => load()).toThrow(expect.objectContaining({ message: `${site}, line 1: store ${message}` }));
  }
  const { load } = host({ user: '{"store": "/a", "sharedStores": ["/b", "/c"], "cvmfsRoot": "/d"}' });
  expect(load().settings).toMatchObject({ store: '/a', sharedStores: ['/b', '/c'], cvmfsRoot: '/d' });
  const variables = { JCDS_STORE: 'a', JCDS_SHARED_STORES: 'b,/c' };
  expect(load(variables, { cvmfsRoot: 'd' }).settings).toMatchObject({
    ...{ store: 'a', sharedStores: ['b', '/c'], cvmfsRoot: 'd' },
  });
});

test('lists in variables are separated by commas', () => {
  expect(host({}).load({ JCDS_REPOSITORIES: 'a.b, c.d' }).settings.repositories).toEqual(['a.b', 'c.d']);
});

test('pairs in variables are NAME=VALUE', () => {
  expect(
    host({}).load({ JCDS_REGISTRY_TOKEN_SERVERS: 'a:5000=b, c=d:1' }).settings.registryTokenServers,
  ).toEqual({
    'a:5000': 'b',
    c: 'd:1',
  });
});

test('a row of a stronger layer changes what a weaker one says of that repository key by key, its wishlist too', () => {
  const { load } = host({
    site: '{"services": {"a.b": {"title": "A", "wishlist": {"host": "h", "path": "p"}}, "c.d": {"title": "C"}}}',
    user: '{"services": {"a.b": {"homepage": null, "wishlist": {"path": "q"}}, "e.f": {"title": "E"}}}',
  });
  expect(load().settings.services).toEqual({
    'a.b': { title: 'A', homepage: null, wishlist: { host: 'h', path: 'q' } },
    'c.d': { title: 'C' },
    'e.f': { title: 'E' },
  });
});
