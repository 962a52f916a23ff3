import { expect, test } from 'vitest';
import { parseBlacklist } from '../../../src/cvmfs/http/blacklist.ts';
import type { RepositoryOptions } from '../../../src/cvmfs/http/repository.ts';
import { fingerprint, MASTER_KEY, type Publication, STRANGER } from './generator.ts';
import { failure, laboratory } from './laboratory.ts';

const { serve, open } = laboratory();
const ZEROS = '0'.repeat(40);
const R = 'test.example.org';

/** Each link of the chain broken in turn, and all that is then said. */
const BROKEN: [string, Publication, Partial<RepositoryOptions>, { code: string; message: string }][] = [
  [
    'the manifest prints another hash',
    { manifest: { hash: ZEROS } },
    {},
    {
      code: 'MANIFEST_HASH_MISMATCH',
      message: `the manifest of ${R} does not match the hash that it prints`,
    },
  ],
  [
    'the manifest is of another repository',
    { manifest: { fields: { N: 'evil.example.org' } } },
    {},
    {
      code: 'MANIFEST_WRONG_REPOSITORY',
      message: `the manifest served for ${R} is that of "evil.example.org"`,
    },
  ],
  [
    'the manifest has no root catalog',
    { manifest: { fields: { C: '../../etc/passwd' } } },
    {},
    {
      code: 'MANIFEST_MALFORMED',
      message: `the manifest of ${R} cannot be read: its line C is missing or malformed`,
    },
  ],
  [
    'the revision is no number',
    { manifest: { fields: { S: '1e3' } } },
    {},
    {
      code: 'MANIFEST_MALFORMED',
      message: `the manifest of ${R} cannot be read: its line S is missing or malformed`,
    },
  ],
  [
    'the manifest is signed by another key',
    { manifest: { key: STRANGER } },
    {},
    {
      code: 'MANIFEST_SIGNATURE_INVALID',
      message: `the signature of the manifest of ${R} does not fit its certificate`,
    },
  ],
  [
    'the whitelist prints another hash',
    { whitelist: { hash: ZEROS } },
    {},
    {
      code: 'WHITELIST_HASH_MISMATCH',
      message: `the whitelist of ${R} does not match the hash that it prints`,
    },
  ],
  [
    'the whitelist is of another repository',
    { whitelist: { name: 'evil.example.org' } },
    {},
    {
      code: 'WHITELIST_WRONG_REPOSITORY',
      message: `the whitelist served for ${R} is that of "evil.example.org"`,
    },
  ],
  [
    'the whitelist has no times',
    { whitelist: { created: 'yesterday' } },
    {},
    { code: 'WHITELIST_MALFORMED', message: `the whitelist of ${R} cannot be read: its times are malformed` },
  ],
  [
    'the whitelist is signed by another key',
    { whitelist: { key: STRANGER } },
    {},
    {
      code: 'WHITELIST_SIGNATURE_INVALID',
      message: `the whitelist of ${R} is not signed with a key known here: the test key (${MASTER_KEY.fingerprint})`,
    },
  ],
  [
    'the whitelist has expired',
    { whitelist: { expires: '20261123115959' } },
    {},
    { code: 'WHITELIST_EXPIRED', message: `the whitelist of ${R} expired on 2026-11-23 11:59 UTC` },
  ],
  [
    'the whitelist expires this very second',
    { whitelist: { expires: '20261123120000' } },
    {},
    { code: 'WHITELIST_EXPIRED', message: `the whitelist of ${R} expired on 2026-11-23 12:00 UTC` },
  ],
  [
    'the whitelist comes from the future',
    { whitelist: { created: '20261124120000' } },
    {},
    {
      code: 'WHITELIST_NOT_YET_VALID',
      message: `the whitelist of ${R} is valid only from 2026-11-24 12:00 UTC`,
    },
  ],
  [
    'the whitelist vouches for nobody',
    { whitelist: { fingerprints: ['# none', 'Wcachain'] } },
    {},
    {
      code: 'CERTIFICATE_NOT_WHITELISTED',
      message: `the certificate that signs the manifest of ${R} is not in its whitelist`,
    },
  ],
  ...(
    [
      ['Vpkcs7', 'is signed with PKCS#7'],
      ['Wcachain', "asks for the chain of its certificate's authorities"],
    ] as const
  ).map(([demand, what]): (typeof BROKEN)[number] => [
    `the whitelist goes by certificate authorities (${demand})`,
    { whitelist: { fingerprints: [demand, fingerprint()] } },
    {},
    {
      code: 'WHITELIST_AUTHORITIES',
      message: `the whitelist of ${R} ${what} (${demand}), which jcds cannot check`,
    },
  ]),
  [
    'the certificate is none',
    { certificateBytes: Buffer.from('-----BEGIN NOTHING-----') },
    {},
    { code: 'CERTIFICATE_MALFORMED', message: `the certificate of ${R} cannot be read` },
  ],
  [
    'the certificate is a compressed bomb',
    { certificateBytes: Buffer.alloc(4_000_000) },
    {},
    {
      code: 'OBJECT_SIZE_MISMATCH',
      message: `the certificate of ${R} is larger than the 262144 bytes announced`,
    },
  ],
  [
    'the certificate is blacklisted',
    {},
    { blacklist: parseBlacklist(`# bad\n${fingerprint()}\n`, '/etc/cvmfs/blacklist') },
    {
      code: 'CERTIFICATE_BLACKLISTED',
      message: `the certificate that signs the manifest of ${R} is blacklisted in /etc/cvmfs/blacklist`,
    },
  ],
  [
    'the revision is blacklisted',
    { revision: 41 },
    { blacklist: parseBlacklist(`<${R} 42\n`, '/etc/cvmfs/blacklist') },
    { code: 'REVISION_BLACKLISTED', message: `revision 41 of ${R} is blacklisted in /etc/cvmfs/blacklist` },
  ],
];

test.each(BROKEN)('%s', async (_, publication, options, { code, message }) => {
  const server = await serve(publication);
  expect(await failure(open(server, options))).toEqual({ code, message, exitCode: 75 });
});

test.each(['sha1', 'rmd160', 'shake128'] as const)('holds from end to end with %s', async algorithm => {
  const repository = await open(await serve({ algorithm }));
  expect(repository.isVerified).toBe(true);
  expect(await repository.list('/')).toEqual([]);
});

test('holds when another of the keys has signed, and with fingerprints in several algorithms', async () => {
  const stranger = { ...MASTER_KEY, key: STRANGER.publicKey };
  const server = await serve({
    whitelist: { fingerprints: ['00:11 # old', fingerprint(undefined, 'shake128')] },
  });
  expect((await open(server, { keys: [stranger, MASTER_KEY] })).isVerified).toBe(true);
});

test('holds one hour before the whitelist was made, since clocks differ, and not two', async () => {
  const server = await serve({ whitelist: { created: '20261123130000' } });
  expect((await open(server, { cache: null })).isVerified).toBe(true);
  const other = await serve({ whitelist: { created: '20261123140001' } });
  expect(await failure(open(other, { cache: null }))).toMatchObject({ code: 'WHITELIST_NOT_YET_VALID' });
});

test('without a key nothing is believed, unless it is asked for, and then marked', async () => {
  const server = await serve({ whitelist: { key: STRANGER } });
  expect(await failure(open(server, { keys: [] }))).toEqual({
    code: 'KEYS_MISSING',
    message: `no public key of ${R} is known here, so its signatures cannot be checked`,
    exitCode: 75,
  });
  expect(server.requests).toEqual([]);
  const repository = await open(server, { keys: [], insecure: true });
  expect({ isVerified: repository.isVerified, revision: repository.revision }).toEqual({
    isVerified: false,
    revision: 7,
  });
  const again = await failure(open(server));
  expect(again.code).toBe('WHITELIST_SIGNATURE_INVALID');
});

test.each(['also', 'only'] as const)(
  'finds root catalog and certificate outside data/ (%s there)',
  async alternative => {
    const repository = await open(await serve({ alternative }));
    expect(await repository.list('/')).toEqual([]);
  },
);

test('a name that is none is not asked for', async () => {
  expect(await failure(open('http://127.0.0.1:9', { name: '../evil' }))).toMatchObject({
    code: 'INVALID_REPOSITORY',
    exitCode: 2,
  });
});
