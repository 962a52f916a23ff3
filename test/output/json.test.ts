import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonLine } from '../../src/output/json.ts';

test('what a terminal would obey is spelled out', () => {
  expect(jsonLine({ a: '\u001b[31m\u202e\u009b\u2028é😀' })).toBe(
    '{"a":"\\u001b[31m\\u202e\\u009b\\u2028é😀"}\n',
  );
  // A tag character, outside the basic plane.
  expect(jsonLine('\u{e0041}')).toBe('"\\udb40\\udc41"\n');
});

test('is one line, prints nothing that is not printable, and parses back', () => {
  const text = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(fc.oneof(text, fc.dictionary(text, text), fc.array(text)), value => {
      const line = jsonLine(value);
      expect(line.slice(0, -1)).toMatch(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u);
      expect(JSON.parse(line)).toEqual(value);
    }),
  );
});
