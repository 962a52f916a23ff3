import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { argumentsValue, classAdString, literal } from '../../src/batch/htcondor/submit-text.ts';

/** What condor_submit and the schedd make of a right side: `$$(…)` is left to the schedd, which knows one word here. */
function expanded(text: string): string {
  const submitted = text.replace(/\$\$\([^)]*\)|\$\(([^)]*)\)/g, (whole, name?: string) =>
    name === undefined ? whole : name === 'DOLLAR' ? '$' : `<macro ${name}>`,
  );
  return submitted.replace(/\$\$(?:\(([^)]*)\)|\[[^\]]*\])/g, (_whole, name?: string) =>
    name === 'DOLLARDOLLAR' ? '$$' : '<value>',
  );
}

/** The newer syntax of `arguments`, as its manual says it. */
function wordsOf(value: string): string[] {
  const inner = /^"(.*)"$/s.exec(value)![1]!.replaceAll('""', '"');
  const words: string[] = [];
  let word: string | null = null;
  for (let at = 0, isQuoted = false; at < inner.length; at++) {
    const character = inner[at]!;
    if (character === "'" && isQuoted && inner[at + 1] === "'") word += inner[++at]!;
    else if (character === "'") {
      isQuoted = !isQuoted;
      word ??= '';
    } else if (!isQuoted && /\s/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
    } else word = (word ?? '') + character;
  }
  return word === null ? words : [...words, word];
}

const hostile = fc.string({
  unit: fc.constantFrom(
    '$',
    '$$',
    '(',
    ')',
    '[',
    ']',
    "'",
    '"',
    '\\',
    ' ',
    '\t',
    '#',
    'DOLLAR',
    'ENV',
    'a',
    'ж',
    '=',
    ';',
    '@',
  ),
  maxLength: 12,
});

test('every word arrives as it was typed, and nothing in it is expanded', () => {
  fc.assert(
    fc.property(fc.array(hostile), words => {
      expect(wordsOf(expanded(argumentsValue(words)))).toEqual(words);
      expect(argumentsValue(words)).not.toContain('\n');
    }),
    { numRuns: 2000 },
  );
});

test.each([
  [['a b', '', "it's", '"q"'], `"'a b' '' 'it''s' '""q""'"`],
  [
    ['$(HOME)', '$$(Arch)', '$$$', '$ENV(X)'],
    `"'$(DOLLAR)(HOME)' '$$(DOLLARDOLLAR)(Arch)' '$$(DOLLARDOLLAR)$(DOLLAR)' '$(DOLLAR)ENV(X)'"`,
  ],
  [[], '""'],
])('%j', (words, value) => expect(argumentsValue(words)).toBe(value));

describe('what no line can hold is refused', () => {
  test.each([
    ['a\nqueue 5', 'it has line ends or control characters'],
    ['a\rb', 'it has line ends or control characters'],
    ['\u001b[2J', 'it has line ends or control characters'],
    ['\ufffd', 'it is not UTF-8'],
    ['\udc80', 'it is not UTF-8'],
  ])('%j', (word, why) => {
    expect(() => argumentsValue(['ls', word])).toThrow(why);
  });
});

test('strings of ads', () => {
  expect(classAdString('a"b\\c')).toBe('"a\\"b\\\\c"');
  expect(literal(classAdString('$(x)'))).toBe('"$(DOLLAR)(x)"');
});
