import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseReference } from '../../../src/image/reference.ts';
import { addImage, findImage } from '../../../src/requests/wishlist/find.ts';
import { globMatches } from '../../../src/requests/wishlist/glob.ts';
import { WISHLIST_FORMATS } from '../../../src/requests/wishlist/index.ts';
import { joinLines, splitLines } from '../../../src/requests/wishlist/lines.ts';

const NAME = '(([a-z0-9]{1,5}\\.[a-z]{2,3}(:[0-9]{2,4})?/[a-z0-9]{1,4}(-[a-z0-9]{1,3})?/)|[a-z0-9]{1,4}/)';
const image = fc.stringMatching(new RegExp(`^${NAME}[a-z0-9]{1,6}:[A-Za-z0-9_][A-Za-z0-9._]{0,6}$`));
const comment = fc
  .string({ unit: 'grapheme', maxLength: 30 })
  .map(text => `#${text.replace(/[\p{C}\p{Z}]/gu, ' ')}`);
const blank = fc.constantFrom('', '   ');
const lineEnd = fc.constantFrom('\n', '\r\n');

/** Texts of lists: entries, comments and blank lines, one kind of line end or both, with a final one or without. */
const osgText = fc
  .tuple(fc.array(fc.tuple(fc.oneof(image, comment, blank), lineEnd), { maxLength: 25 }), fc.boolean())
  .map(([lines, finished]) => {
    const text = lines.map(([body, end]) => body + end).join('');
    return finished ? text : text.replace(/\r?\n$/, '');
  });
const yamlItem = fc
  .tuple(image, fc.constantFrom("'", '"', ''), fc.constantFrom('', ' # why', '  #'))
  .map(([name, quote, tail]) => {
    const { registry, repository, tag } = parseReference(name);
    return `- ${quote}https://${registry}/${repository}:${tag}${quote}${tail}`;
  });
const cernText = fc
  .tuple(fc.array(fc.oneof(yamlItem, comment, blank), { maxLength: 20 }), lineEnd, fc.boolean(), fc.nat(6))
  .map(([lines, end, finished, indent]) => {
    const items = lines.map(line => (line === '' ? '' : ' '.repeat(indent) + line));
    const head = ['# recipe', 'version: 1', "user: 'x'", 'cvmfs_repo: y', 'output_format: z', 'input:'];
    return [...head, ...items].join(end) + (finished ? end : '');
  });

describe.each([
  ['osg', osgText],
  ['cern', cernText],
] as const)('%s', (name, texts) => {
  const format = WISHLIST_FORMATS[name];
  test('adding changes one line and nothing else, finds what was added, and adds nothing again', () => {
    fc.assert(
      fc.property(texts, image, (text, imageName) => {
        const reference = parseReference(imageName);
        const change = addImage(format, format.parse(text), reference);
        if (change.state === 'present') return;
        const lines = splitLines(change.text);
        const [added] = lines.splice(change.lineNumber - 1, 1);
        // Where a list without a newline at its end had nothing that the new line could stand before, it gets one.
        const unfinished = lines.at(-1)?.end !== '' && splitLines(text).at(-1)?.end === '';
        expect(joinLines(lines)).toBe(unfinished ? text + lines.at(-1)?.end : text);
        expect(added?.body).toBe(change.line);
        const found = findImage(format, format.parse(change.text), reference);
        expect(found).toMatchObject({ state: 'listed', line: change.lineNumber, text: change.entry });
        expect(addImage(format, format.parse(change.text), reference).state).toBe('present');
      }),
      { numRuns: 400 },
    );
  });

  test('reads any text or says that it is no list', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), text => {
        try {
          format.parse(text);
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: 'NOT_A_WISHLIST' });
        }
      }),
    );
  });
});

test('splitting and joining give the text back', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', '\r', '\n', '\r\n', ' ', '\u2028')), parts => {
      expect(joinLines(splitLines(parts.join('')))).toBe(parts.join(''));
    }),
  );
});

test.each([
  ['*', '', true],
  ['*', '1.2', true],
  ['v*.?', 'v12.3', true],
  ['v*.?', 'v12.34', false],
  ['[ab]x', 'ax', true],
  ['[!ab]x', 'ax', false],
  ['[a-c]*', 'b1', true],
  ['[]x]', ']', true],
  ['[x', '[x', true],
  [`${'*a'.repeat(60)}b`, 'a'.repeat(128), false],
])('pattern %.12s and %.12s: %s', (pattern, text, expected) => {
  expect(globMatches(pattern, text)).toBe(expected);
});
