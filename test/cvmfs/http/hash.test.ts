import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contentHash, formatContentHash, parseContentHash } from '../../../src/cvmfs/http/hash.ts';
import { alternativePath, objectPath } from '../../../src/cvmfs/http/object-path.ts';
import { ripemd160 } from '../../../src/cvmfs/http/ripemd160.ts';

// From the page of the algorithm's authors.
test.each([
  ['', '9c1185a5c5e9fc54612808977ee8f548b2258d31'],
  ['a', '0bdc9d2d256b3ee9daae347be6f4dc835a467ffe'],
  ['abc', '8eb208f7e05d987a9b044a8e98c6b087f15a0bfc'],
  ['message digest', '5d0689ef49d2fae572b881b123a85ffa21595f36'],
  [
    '12345678901234567890123456789012345678901234567890123456789012345678901234567890',
    '9b752e45573d4b39f4dbd3323cab82bf63326bfb',
  ],
])('RIPEMD-160 of %j', (text, hex) => {
  expect(ripemd160(Buffer.from(text)).toString('hex')).toBe(hex);
});

test('RIPEMD-160 is that of OpenSSL', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), bytes => {
      expect(ripemd160(bytes).toString('hex')).toBe(createHash('ripemd160').update(bytes).digest('hex'));
    }),
  );
});

const DIGITS = '45fda6162738395498a840363b51f24b17b1e49e';

test.each([
  [DIGITS, { algorithm: 'sha1', hex: DIGITS }],
  [`${DIGITS}-rmd160`, { algorithm: 'rmd160', hex: DIGITS }],
  [`${DIGITS}-shake128`, { algorithm: 'shake128', hex: DIGITS }],
  [`${DIGITS}-md5`, null],
  [`${DIGITS}C`, null],
  [DIGITS.toUpperCase(), null],
  [DIGITS.slice(1), null],
  [`../${DIGITS}`, null],
  ['', null],
])('reads the hash %j', (text, hash) => {
  const found = parseContentHash(text);
  expect(found).toEqual(hash);
  if (found) expect(formatContentHash(found)).toBe(text);
});

test.each([
  ['sha1', 'C', `data/45/${DIGITS.slice(2)}C`, `.cvmfsalt-${DIGITS}C`],
  ['rmd160', '', `data/45/${DIGITS.slice(2)}-rmd160`, `.cvmfsalt-${DIGITS}-rmd160`],
  ['shake128', 'P', `data/45/${DIGITS.slice(2)}-shake128P`, `.cvmfsalt-${DIGITS}-shake128P`],
] as const)('an object of %s with suffix %j lies at %s', (algorithm, suffix, path, alternative) => {
  expect(objectPath({ algorithm, hex: DIGITS }, suffix)).toBe(path);
  expect(alternativePath({ algorithm, hex: DIGITS }, suffix)).toBe(alternative);
});

test.each([
  ['sha1', 'a9993e364706816aba3e25717850c26c9cd0d89d'],
  ['rmd160', '8eb208f7e05d987a9b044a8e98c6b087f15a0bfc'],
  ['shake128', '5881092dd818bf5cf8a3ddb793fbcba74097d5c5'],
] as const)('hashes "abc" by %s', (algorithm, hex) => {
  expect(contentHash(algorithm, Buffer.from('abc'))).toEqual({ algorithm, hex });
});
