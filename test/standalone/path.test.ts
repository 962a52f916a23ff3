import nodePath from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import path from '../../src/standalone/path.ts';

// What Node's own says is right, for paths of all the parts that matter: dots, doubled slashes, bytes that are no UTF-8.
const part = fc.constantFrom('a', 'b.c', '.', '..', '', '...', '.d', 'e.', '\udcff', 'é\udc80.x', ' ', '\n');
const anyPath = fc
  .tuple(fc.constantFrom('', '/', '//'), fc.array(part, { maxLength: 6 }), fc.constantFrom('', '/'))
  .map(([start, parts, end]) => start + parts.join('/') + end);

test.each(['isAbsolute', 'normalize', 'dirname', 'basename', 'extname'] as const)('%s', name => {
  fc.assert(
    fc.property(anyPath, text => {
      expect([text, path[name](text)]).toEqual([text, nodePath[name](text)]);
    }),
    { numRuns: 2000 },
  );
});

test.each(['join', 'resolve'] as const)('%s', name => {
  fc.assert(
    fc.property(fc.array(anyPath, { maxLength: 4 }), texts => {
      expect([texts, path[name](...texts)]).toEqual([texts, nodePath[name](...texts)]);
    }),
    { numRuns: 2000 },
  );
});

test('relative and the suffix of basename', () => {
  fc.assert(
    fc.property(anyPath, anyPath, (from, to) => {
      expect(path.relative(from, to)).toBe(nodePath.relative(from, to));
      const named = `${from}/n${to.replaceAll('/', '')}.c`;
      expect(path.basename(named, '.c')).toBe(nodePath.basename(named, '.c'));
    }),
    { numRuns: 2000 },
  );
});
