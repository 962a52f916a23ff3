import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { NO_BLACKLIST } from '../../../src/cvmfs/http/blacklist.ts';
import { type PublicKey, readPublicKeys } from '../../../src/cvmfs/http/keys.ts';
import { parseManifest } from '../../../src/cvmfs/http/manifest.ts';
import { objectPath } from '../../../src/cvmfs/http/object-path.ts';
import { isVerificationError } from '../../../src/cvmfs/http/verification-error.ts';
import { verifyChain } from '../../../src/cvmfs/http/verify-chain.ts';
import { REAL, unpackReal } from './real-repository.ts';
import { flipped } from './server.ts';

let real: ReturnType<typeof unpackReal>;
let keys: PublicKey[];
let texts: { manifest: Uint8Array; whitelist: Uint8Array; certificate: Uint8Array };

beforeAll(async () => {
  real = unpackReal();
  keys = await readPublicKeys([REAL.key]);
  const read = (path: string): Buffer => readFileSync(join(real.directory, REAL.name, path));
  const manifest = read('.cvmfspublished');
  const { certificate } = parseManifest(manifest, REAL.name);
  texts = {
    manifest,
    whitelist: read('.cvmfswhitelist'),
    certificate: inflateSync(read(objectPath(certificate, 'X'))),
  };
});
afterAll(() => real.remove());

function verdict({ manifest, ...rest }: typeof texts): string {
  try {
    const trust = { repository: REAL.name, keys, blacklist: NO_BLACKLIST, now: REAL.now };
    verifyChain({ manifest: parseManifest(manifest, REAL.name), ...rest }, trust);
    return 'holds';
  } catch (error) {
    if (!isVerificationError(error)) throw error;
    return error.step;
  }
}

test('the real chain holds', () => {
  expect(verdict(texts)).toBe('holds');
});

test.each(['manifest', 'whitelist'] as const)('no byte of the %s can be changed', kind => {
  const survivors = [...texts[kind].keys()].filter(
    index => verdict({ ...texts, [kind]: flipped(texts[kind], index) }) !== kind,
  );
  expect(survivors).toEqual([]);
});

test.each(['manifest', 'whitelist'] as const)('the %s cannot be cut short or made longer', kind => {
  const bytes = texts[kind];
  const survivors = [...bytes.keys()].filter(
    length => verdict({ ...texts, [kind]: bytes.subarray(0, length) }) !== kind,
  );
  expect(survivors).toEqual([]);
  expect(verdict({ ...texts, [kind]: Buffer.concat([bytes, Buffer.from([0])]) })).toBe(kind);
});

test('no byte of the certificate can be changed, but for how its PEM is laid out', () => {
  const { raw } = new X509Certificate(texts.certificate);
  const survivors = [...texts.certificate.keys()]
    .map(index => flipped(texts.certificate, index))
    .filter(certificate => verdict({ ...texts, certificate }) !== 'certificate')
    .filter(certificate => !new X509Certificate(certificate).raw.equals(raw));
  expect(survivors).toEqual([]);
});
