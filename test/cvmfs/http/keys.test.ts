import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BLACKLIST_FILE, parseBlacklist, readBlacklists } from '../../../src/cvmfs/http/blacklist.ts';
import { readPublicKeys, shippedKeys } from '../../../src/cvmfs/http/keys.ts';
import { fingerprint } from './generator.ts';
import { failure, laboratory } from './laboratory.ts';
import { REAL } from './real-repository.ts';

const { directory } = laboratory();
const HINT = /^the key .* cannot be used: /;

test.each([
  [
    'unpacked.cern.ch',
    [
      "jcds' own cern-it1.cern.ch.pub",
      "jcds' own cern-it4.cern.ch.pub",
      "jcds' own cern-it5.cern.ch.pub",
      "jcds' own cern.ch.pub",
    ],
  ],
  ['singularity.opensciencegrid.org', ["jcds' own opensciencegrid.org.pub"]],
  ['containers.jinr.ru', []],
  ['small.jinr.ru', []],
  ['singularity.galaxyproject.org', []],
  ['x.constructor', []],
  ['evil.cern.ch.example.org', []],
])('of %s jcds ships %j', (repository, sources) => {
  const keys = shippedKeys(repository);
  expect(keys.map(({ source }) => source)).toEqual(sources);
  expect(new Set(keys.map(key => key.fingerprint)).size).toBe(keys.length);
  for (const key of keys) expect(key.fingerprint).toMatch(/^SHA256:[0-9a-f]{64}$/);
});

test('reads a file, and all keys of a directory in the order of their names', async () => {
  const room = join(directory(), 'keys');
  mkdirSync(room);
  copyFileSync(REAL.key, join(room, 'b.pub'));
  copyFileSync(REAL.key, join(room, 'a.pub'));
  writeFileSync(join(room, 'README'), 'no key');
  const keys = await readPublicKeys([REAL.key, room]);
  expect(keys.map(({ source }) => source)).toEqual([REAL.key, join(room, 'a.pub'), join(room, 'b.pub')]);
  expect(keys[0]!.fingerprint).toBe(
    'SHA256:69fefddbc47b0574cb10dcbe1bf266646bb9a090319d5b77ff97b534e2a690cf',
  );
});

const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({
  type: 'spki',
  format: 'pem',
});

test.each([
  ['no key', 'rubbish', 'it is no public key in PEM form'],
  ['not RSA', elliptic, 'it is no RSA key'],
  ['endless', 'x'.repeat(70_000), 'it is too long'],
])('a file that is %s is refused', async (_, text, why) => {
  const file = join(directory(), 'key.pub');
  writeFileSync(file, text);
  expect(await failure(readPublicKeys([file]))).toEqual({
    code: 'KEY_UNUSABLE',
    message: `the key ${file} cannot be used: ${why}`,
    exitCode: 2,
  });
});

test('a file that is not there, and a directory without keys, are refused', async () => {
  expect(await failure(readPublicKeys([join(directory(), 'none')]))).toMatchObject({
    message: expect.stringMatching(/ENOENT$/),
  });
  expect(await failure(readPublicKeys([directory()]))).toMatchObject({
    message: expect.stringMatching(HINT),
  });
});

test('reads a blacklist of certificates and revisions', () => {
  const line = fingerprint();
  const text = `# comment\n\n${line}\n<a.example.org 12\n< a.example.org 9\n<b.example.org 3 # why\nnonsense\n`;
  const { fingerprints, leastRevisions, source } = parseBlacklist(text, BLACKLIST_FILE);
  expect({ count: fingerprints.length, revisions: [...leastRevisions], source }).toEqual({
    count: 1,
    revisions: [
      ['a.example.org', 12],
      ['b.example.org', 3],
    ],
    source: '/etc/cvmfs/blacklist',
  });
});

test('blacklists are read together; one that is missing is none, one that cannot be read or hangs is an error', async () => {
  const [one, other, pipe] = ['one', 'other', 'pipe'].map(name => join(directory(), name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(one, fingerprint());
  writeFileSync(other, '<a.example.org 12');
  const list = await readBlacklists([one, join(directory(), 'none'), other]);
  expect({
    count: list.fingerprints.length,
    least: list.leastRevisions.get('a.example.org'),
    source: list.source,
  }).toEqual({
    count: 1,
    least: 12,
    source: `${one}, ${other}`,
  });
  expect(await failure(readBlacklists([directory()]))).toEqual({
    code: 'BLACKLIST_UNREADABLE',
    message: `the blacklist ${directory()} cannot be used: it cannot be read`,
    exitCode: 75,
  });
  execFileSync('mkfifo', [pipe]);
  expect(await failure(readBlacklists([pipe], 100))).toMatchObject({
    message: `the blacklist ${pipe} cannot be used: its file system does not answer`,
  });
});
