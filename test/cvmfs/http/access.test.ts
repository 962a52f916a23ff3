import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { machine } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ClientConfiguration } from '../../../src/cvmfs/client-config.ts';
import { type AccessFacts, repositoryAccess } from '../../../src/cvmfs/http/access.ts';
import { fingerprint } from './generator.ts';
import { failure, laboratory } from './laboratory.ts';
import { REAL } from './real-repository.ts';

const { directory } = laboratory();
const ROW = {
  name: 'small.jinr.ru',
  servers: ['http://row/@fqrn@'],
  proxies: 'http://site:3128',
  keysDirectory: '/none',
};
const NOTHING = { servers: [], keys: [], insecure: false };
const CLIENT: ClientConfiguration = {
  source: 'files',
  servers: ['http://client/@fqrn@'],
  proxies: 'http://squid:3128;DIRECT',
  keyPaths: [],
  blacklistFiles: [],
  mountDirectory: '/cvmfs',
  timeout: { direct: 7000, proxy: 3000 },
  variables: { CVMFS_ARCH: 'arm64', CVMFS_OWN: 'x' },
};

const SERVERS: [string, Partial<AccessFacts>, string[], (string | null)[]][] = [
  [
    'the table, directly and then by its proxies',
    { client: null },
    ['http://row/@fqrn@'],
    [null, 'http://site:3128'],
  ],
  ['the client by its proxies', { client: CLIENT }, ['http://client/@fqrn@'], ['http://squid:3128', null]],
  ['the client without proxies', { client: { ...CLIENT, proxies: null } }, ['http://client/@fqrn@'], [null]],
  [
    "the table by the client's proxies",
    { client: { ...CLIENT, servers: [], proxies: 'http://squid:3128' } },
    ['http://row/@fqrn@'],
    ['http://squid:3128'],
  ],
  [
    "what is named, by the client's proxies or directly",
    { client: { ...CLIENT, proxies: 'http://squid:3128' }, named: { ...NOTHING, servers: ['http://named'] } },
    ['http://named'],
    ['http://squid:3128', null],
  ],
  [
    'what is named, directly',
    { client: null, named: { ...NOTHING, servers: ['http://named'] } },
    ['http://named'],
    [null],
  ],
  [
    "without a client, by the environment's proxy, then directly, then by the table's",
    { client: null, environment: { http_proxy: 'out:3128' } },
    ['http://row/@fqrn@'],
    ['http://out:3128', null, 'http://site:3128'],
  ],
  [
    'with a client, by its proxies whatever the environment says, as the client does',
    { client: CLIENT, environment: { http_proxy: 'out:3128' } },
    ['http://client/@fqrn@'],
    ['http://squid:3128', null],
  ],
  [
    'without a client, what no_proxy names, directly',
    { client: null, environment: { http_proxy: 'out:3128', no_proxy: 'row' } },
    ['http://row/@fqrn@'],
    [null, 'http://site:3128'],
  ],
];

test('a proxy of the environment is for the servers that it is named for', async () => {
  const { isProxyFor } = await repositoryAccess({
    service: { ...ROW, servers: ['http://near/@fqrn@', 'http://far/@fqrn@'] },
    client: null,
    named: NOTHING,
    environment: { http_proxy: 'out:3128', no_proxy: 'near' },
  });
  const answers = ['http://near/r', 'http://far/r'].map(server =>
    ['http://out:3128', 'http://site:3128'].map(proxy => isProxyFor!(server, proxy)),
  );
  expect(answers).toEqual([
    [false, true],
    [true, true],
  ]);
});

test.each(SERVERS)('asks %s', async (_, facts, servers, proxies) => {
  const access = await repositoryAccess({
    environment: {},
    service: ROW,
    client: null,
    named: NOTHING,
    ...facts,
  });
  expect({ servers: access.servers, proxies: access.proxies }).toEqual({ servers, proxies });
});

test('believes the keys that are named, and no others', async () => {
  const service = { ...ROW, name: 'unpacked.cern.ch' };
  const { keys } = await repositoryAccess({
    environment: {},
    service,
    client: null,
    named: { ...NOTHING, keys: [REAL.key] },
  });
  expect(keys.map(({ source }) => source)).toEqual([REAL.key]);
});

test("believes the shipped, the client's and the installed keys, each once, and leaves out what is none", async () => {
  const [clients, installed] = [join(directory(), 'client'), join(directory(), 'installed')];
  for (const room of [clients, installed]) {
    mkdirSync(room);
    copyFileSync(REAL.key, join(room, 'a.pub'));
  }
  const broken = join(directory(), 'broken.pub');
  writeFileSync(broken, 'rubbish');
  const service = { ...ROW, name: 'singularity.opensciencegrid.org', keysDirectory: installed };
  const client = { ...CLIENT, keyPaths: [clients, broken, join(directory(), 'none')] };
  const { keys } = await repositoryAccess({ environment: {}, service, client, named: NOTHING });
  expect(keys.map(({ source }) => source)).toEqual([
    "jcds' own opensciencegrid.org.pub",
    join(installed, 'a.pub'),
  ]);
});

test('knows no key of a repository that nobody vouches for', async () => {
  expect(
    (await repositoryAccess({ environment: {}, service: ROW, client: CLIENT, named: NOTHING })).keys,
  ).toEqual([]);
});

test('a key that is named and unusable is an error', async () => {
  const named = { ...NOTHING, keys: ['/none.pub'] };
  expect(await failure(repositoryAccess({ environment: {}, service: ROW, client: null, named }))).toEqual({
    code: 'KEY_UNUSABLE',
    message: 'the key /none.pub cannot be used: ENOENT',
    exitCode: 2,
  });
});

test("takes the client's blacklist, timeouts and variables", async () => {
  const file = join(directory(), 'blacklist');
  writeFileSync(file, fingerprint());
  const access = await repositoryAccess({
    environment: {},
    service: ROW,
    client: { ...CLIENT, blacklistFiles: [file] },
    named: NOTHING,
  });
  expect(access).toMatchObject({
    timeout: { direct: 7000, proxy: 3000 },
    // The client itself sets this one over whatever its configuration says.
    variables: { CVMFS_ARCH: machine(), CVMFS_OWN: 'x' },
  });
  expect(access.blacklist.fingerprints).toHaveLength(1);
});
