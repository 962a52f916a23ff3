import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalName, familiarName, formatReference, parseReference } from '../../src/image/reference.ts';
import { failure, references } from './generated.ts';

const SHA256 = 'sha256:be178c0543eb17f5f3043021c9e5fcf30285e557a4fc309cce97ff9ca6182912';

/** The grammar as one expression, for names that are already in full: an independent second opinion. */
const COMPONENT = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const DOMAIN_PART = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const WHOLE = new RegExp(
  `^(?:${DOMAIN_PART}(?:\\.${DOMAIN_PART})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?/(?=[^:@]{1,255}(?:[:@]|$))${COMPONENT}(?:/${COMPONENT})*` +
    `(?::\\w[\\w.-]{0,127})?(?:@sha256:[a-f0-9]{64})?$`,
);
const almostReferences = fc
  .array(
    fc.constantFrom(
      'a',
      'b0',
      'Z',
      '.',
      '..',
      '_',
      '__',
      '-',
      '--',
      '/',
      ':',
      '@',
      '[',
      ']',
      '::',
      '5000',
      SHA256,
      '%',
      '\n',
      'é',
    ),
    { maxLength: 9 },
  )
  .map(pieces => pieces.join(''));

test('a full name is accepted exactly when the grammar has it', () => {
  fc.assert(
    fc.property(almostReferences, rest => {
      const text = `a.io/${rest}`;
      expect('accepted' in failure(text)).toBe(WHOLE.test(text));
    }),
    { numRuns: 3000 },
  );
});

test('a registry with a dot is accepted exactly when the grammar has it', () => {
  fc.assert(
    fc.property(almostReferences, start => {
      const first = `${start.replaceAll(/[/@]/g, '')}.x`;
      const text = `${first}/b`;
      fc.pre(!text.startsWith('../') && !/^(?:oci|dir|sif):/.test(text));
      expect('accepted' in failure(text)).toBe(WHOLE.test(text));
    }),
    { numRuns: 2000 },
  );
});

test('whatever the text, only InvalidReferenceError is thrown, and its words are printable', () => {
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string(),
    almostReferences,
    fc.string({ unit: 'grapheme' }),
  );
  fc.assert(
    fc.property(texts, text => {
      const result = failure(text) as { code?: string; message?: string; hint?: string };
      if ('accepted' in result) return;
      expect(result.code).toBe('INVALID_REFERENCE');
      expect(`${result.message}${result.hint}`).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
      expect(result.message!.length).toBeLessThan(700);
    }),
    { numRuns: 3000 },
  );
});

test('parse . format = identity, and the other names mean the same image', () => {
  fc.assert(
    fc.property(references, reference => {
      expect(parseReference(formatReference(reference))).toEqual(reference);
      for (const name of [canonicalName(reference), familiarName(reference)]) {
        const { registryTyped: _registry, tagTyped: _tag, ...image } = parseReference(name);
        const { registryTyped, tagTyped, ...expected } = reference;
        expect(image).toEqual(expected);
      }
    }),
    { numRuns: 2000 },
  );
});

test('format . parse is idempotent on everything that parse accepts', () => {
  fc.assert(
    fc.property(almostReferences, text => {
      const result = failure(text) as { accepted?: ReturnType<typeof parseReference> };
      if (result.accepted) expect(parseReference(formatReference(result.accepted))).toEqual(result.accepted);
    }),
    { numRuns: 3000 },
  );
});

test('a text of a megabyte is refused in a short message', () => {
  const result = failure('a.'.repeat(500_000)) as { message: string };
  expect(result.message.length).toBeLessThan(600);
});
