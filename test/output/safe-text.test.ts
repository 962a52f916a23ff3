import fc from 'fast-check';
import { expect, test } from 'vitest';
import { safeText } from '../../src/output/safe-text.ts';

test.each([
  ['plain', 20, 'plain'],
  ['two\nlines\tand\r', 20, 'two lines and '],
  ['\u001b[31mred\u001b[0m', 20, '?[31mred?[0m'],
  ['C1 \u009b31m, DEL \u007f', 20, 'C1 ?31m, DEL ?'],
  ['abc\u202egnp.exe', 20, 'abc?gnp.exe'],
  ['line\u2028separator', 20, 'line?separator'],
  ['half \ud83d pair', 20, 'half ? pair'],
  ['Дубна \u{1f40b}', 20, 'Дубна \u{1f40b}'],
  ['12345', 5, '12345'],
  ['123456', 5, '12...'],
  ['\u{1f40b}'.repeat(6), 5, '\u{1f40b}\u{1f40b}...'],
])('%j, at most %i', (text, max, expected) => {
  expect(safeText(text, max)).toBe(expected);
});

test('never a character that a terminal obeys, never longer than asked', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 3, max: 30 }), (text, max) => {
      const shown = safeText(text, max);
      expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      expect(Array.from(shown).length).toBeLessThanOrEqual(max);
    }),
  );
});
