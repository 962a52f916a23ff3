import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isJcdsError } from '../../src/errors.ts';
import {
  type Repository,
  repositoriesFrom,
  repositoryNamed,
  SERVICES,
} from '../../src/repositories/index.ts';
import { isRepositoryName } from '../../src/repositories/repository.ts';

function failure(act: () => unknown): object {
  try {
    return { result: act() };
  } catch (error) {
    if (!isJcdsError(error)) throw error;
    const { code, message, hint, exitCode } = error;
    return { code, message, hint, exitCode };
  }
}

test('the table has the services in order, each with a name that it may have', () => {
  expect(SERVICES.map(({ name, layout }) => [name, layout])).toEqual([
    ['containers.jinr.ru', 'detect'],
    ['unpacked.cern.ch', 'cern'],
    ['singularity.opensciencegrid.org', 'osg'],
    ['singularity.galaxyproject.org', 'files'],
  ]);
  for (const { name, servers, keysDirectory } of SERVICES) {
    expect(isRepositoryName(name)).toBe(true);
    for (const server of servers) expect(server).toMatch(/^http:\/\/[a-z0-9.:-]+\/cvmfs\/@fqrn@$/);
    expect(keysDirectory).toBe(`/etc/cvmfs/keys/${name.split('.').slice(1).join('.')}`);
  }
  // Its own rows pass the checks that configured ones must pass.
  const asConfigured = Object.fromEntries(SERVICES.map(row => [row.name, row]));
  expect(repositoriesFrom([], asConfigured)).toEqual(SERVICES);
});

test('a name without a row gets one', () => {
  expect(repositoryNamed('images.example.org')).toEqual({
    name: 'images.example.org',
    title: 'images.example.org',
    layout: 'detect',
    servers: [],
    keysDirectory: '/etc/cvmfs/keys/example.org',
    homepage: null,
    notes: [],
    allowedLinkTargets: [],
  });
  expect(repositoryNamed('unpacked.cern.ch')).toBe(SERVICES[1]);
});

test('configured rows change known ones and add new ones', () => {
  const table = repositoriesFrom(SERVICES, {
    'containers.jinr.ru': { layout: 'osg', servers: ['http://localhost:8000/cvmfs/@fqrn@'] },
    'my.site.org': { allowedLinkTargets: ['unpacked.cern.ch'] },
  });
  expect(table).toEqual([
    { ...SERVICES[0], layout: 'osg', servers: ['http://localhost:8000/cvmfs/@fqrn@'] },
    ...SERVICES.slice(1),
    { ...repositoryNamed('my.site.org'), allowedLinkTargets: ['unpacked.cern.ch'] },
  ]);
  expect(repositoryNamed('my.site.org', table)).toBe(table[4]);
});

test('a configured row keeps the name it stands under', () => {
  expect(repositoriesFrom([], { 'a.org': { name: 'b.org' } })[0]?.name).toBe('a.org');
});

test.each([
  '',
  'unpacked',
  '..',
  '../x.org',
  'a.org/b',
  '/a.org',
  '.a.org',
  'a..org',
  'a.org.',
  '-a.org',
  'a.org\n',
  `a.${'b'.repeat(254)}`,
])('%j is not the name of a repository', name => {
  const shown = name.length > 80 ? `a.${'b'.repeat(75)}...` : name.replace('\n', ' ');
  const expected = {
    code: 'INVALID_REPOSITORY',
    message: `"${shown}" is not the name of a CVMFS repository`,
    hint: 'give the full name as it stands below /cvmfs, such as containers.jinr.ru',
    exitCode: 2,
  };
  expect(failure(() => repositoryNamed(name))).toEqual(expected);
  expect(failure(() => repositoriesFrom(SERVICES, { [name]: {} }))).toEqual(expected);
});

test('a repository name is one path component, neither hidden nor ".."', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', '.', '/', '-', '\0', 'Z') }), name => {
      if (isRepositoryName(name)) expect(name).not.toMatch(/^\.|\/|\.\.|\0/);
    }),
  );
});

test.each<[string, unknown, string]>([
  ['layout', 'flat', 'one of detect, osg, cern, files, store'],
  ['layout', 'toString', 'one of detect, osg, cern, files, store'],
  ['layout', null, 'one of detect, osg, cern, files, store'],
  ['title', 1, 'a text'],
  ['proxies', ['x'], 'a text'],
  ['servers', 'http://a', 'a list of http:// or https:// addresses'],
  ['servers', ['file:///etc'], 'a list of http:// or https:// addresses'],
  ['notes', [1], 'a list of texts'],
  ['homepage', 1, 'a text or null'],
  ['wishlist', { forge: 'svn' }, 'an object with forge, host, project, branch, path and format'],
  ['wishlist', null, 'an object with forge, host, project, branch, path and format'],
  ['allowedLinkTargets', ['../x'], 'a list of repository names'],
  ['layot', 'osg', 'left out: no such key'],
])('a configured %s of %j is refused', (key, value, expected) => {
  const changes = { [key]: value } as Partial<Repository>;
  expect(failure(() => repositoriesFrom(SERVICES, { 'a.org': changes }))).toEqual({
    code: 'INVALID_CONFIGURATION',
    message: `services["a.org"].${key} must be ${expected}`,
    hint: 'correct it in the configuration; `jcds help configuration` lists the keys',
    exitCode: 2,
  });
});

test('a known wishlist is changed key by key, and checked as a whole', () => {
  const jinr = 'containers.jinr.ru';
  const configured = (wishlist: unknown) =>
    repositoriesFrom(SERVICES, { [jinr]: { wishlist } as Partial<Repository> });
  expect(configured({ path: 'images.txt' })[0]?.wishlist).toEqual({
    ...SERVICES[0]!.wishlist,
    path: 'images.txt',
  });
  for (const wrong of [{ path: 1 }, { forge: 'svn' }, null, { publicOnly: 'yes' }])
    expect(failure(() => configured(wrong))).toMatchObject({
      code: 'INVALID_CONFIGURATION',
      message: `services["${jinr}"].wishlist must be an object with forge, host, project, branch, path and format`,
    });
});
