import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromBytes, toBytes } from '../../src/launch/bytes.ts';
import { anyBytes } from './bytes.ts';

test('whatever the bytes, they come back', () => {
  fc.assert(
    fc.property(anyBytes, bytes => toBytes(fromBytes(bytes)).equals(bytes)),
    { numRuns: 2000 },
  );
});

test('text that is valid stays as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => fromBytes(toBytes(text)) === text),
    {
      numRuns: 1000,
    },
  );
});

const table: [name: string, bytes: number[], text: string][] = [
  ['latin1', [0x61, 0xe9], 'a\udce9'],
  ['a cut sequence', [0xf0, 0x9f, 0x98], '\udcf0\udc9f\udc98'],
  ['an encoded surrogate', [0xed, 0xb2, 0x80], '\udced\udcb2\udc80'],
  ['an overlong slash', [0xc0, 0xaf], '\udcc0\udcaf'],
  ['beyond Unicode', [0xf4, 0x90, 0x80, 0x80], '\udcf4\udc90\udc80\udc80'],
  ['U+FFFD itself', [0xef, 0xbf, 0xbd], '\ufffd'],
  ['U+FFFD beside a bad byte', [0xef, 0xbf, 0xbd, 0xff, 0xf0, 0x9f, 0x98, 0x80], '\ufffd\udcff😀'],
];

test.each(table)('%s', (_name, bytes, text) => {
  expect(fromBytes(Buffer.from(bytes))).toBe(text);
  expect(toBytes(text)).toEqual(Buffer.from(bytes));
});
