import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { printableDocument, printableWord } from '../../src/launch/printable-word.ts';

test.each([
  ['plain-word_1.2/x:y@z', 'plain-word_1.2/x:y@z'],
  ['', "''"],
  ["it's", "'it'\\''s'"],
  ['a b\n$(c)', "'a b\n$(c)'"],
  ['\u001b]0;title\u0007', `"$(printf '\\033')"']0;title'"$(printf '\\007')"`],
  ['x\u202ey', `'x'"$(printf '\\342\\200\\256')"'y'`],
  ['caf\udce9', `'caf'"$(printf '\\351')"`],
  ['line\r\n', `'line'"$(printf '\\015')"'\n'`],
])('%j is shown as %s', (word, shown) => {
  expect(printableWord(word)).toBe(shown);
});

const bytes = fc.uint8Array({ min: 1, max: 255, maxLength: 40 });
const PRINTABLE = /^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]*$/u;

/** Checks a law by one shell for all cases: starting one for each would take minutes. */
function cases(): Uint8Array[] {
  return fc.sample(bytes, 400);
}

describe.each(['/bin/dash', '/bin/bash'])('%s', shell => {
  test('reads every word back, and no terminal would obey one', () => {
    const words = cases();
    const shown = words.map(word => printableWord(Buffer.from(word)));
    for (const text of shown) expect(text.replace(/[\n\t]/g, '')).toMatch(PRINTABLE);
    const { stdout } = spawnSync(shell, [], { input: `printf '%s\\0' ${shown.join(' ')}\n` });
    expect(stdout.toString('latin1').split('\0').slice(0, -1)).toEqual(
      words.map(word => Buffer.from(word).toString('latin1')),
    );
  });

  test('reads every here-document back', () => {
    const documents = cases().map(text => `${Buffer.from(text).toString('latin1')}\n`);
    const shown = documents.map(text => printableDocument(Buffer.from(text, 'latin1')));
    const script = shown.map(text => `cat <<JCDS_TEST\n${text}JCDS_TEST\nprintf '\\0'\n`).join('');
    const { stdout } = spawnSync(shell, [], { input: script });
    expect(stdout.toString('latin1').split('\0').slice(0, -1)).toEqual(documents);
  });
});
