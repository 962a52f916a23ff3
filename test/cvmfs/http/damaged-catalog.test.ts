import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openCatalog } from '../../../src/cvmfs/http/catalog.ts';
import { isVerificationError } from '../../../src/cvmfs/http/verification-error.ts';
import { catalogFile, FLAG } from './catalog-file.ts';
import { directory, link } from './generator.ts';

const WHOLE = catalogFile({
  rows: [
    directory(''),
    directory('/library', FLAG.nestedMountpoint),
    directory('/.images'),
    ...Array.from({ length: 150 }, (_, index) => link(`/.images/tag:${index}`, `target ${index}`)),
  ],
  nested: [{ path: '/library', hash: 'a'.repeat(40), size: 4096 }],
  counters: { self_dir: 3, self_regular: 0 },
});

/** Everything that is ever asked of a catalog; how it ended. */
async function exercise(bytes: Uint8Array): Promise<'answered' | 'refused'> {
  try {
    const catalog = await openCatalog(
      bytes,
      { mountpoint: '', hash: { algorithm: 'sha1', hex: '' }, size: null },
      'r',
    );
    try {
      for (const path of ['', '/library', '/.images/tag:77']) catalog.find(path);
      for (let after: number | null = -1; after !== null; ) after = catalog.page('/.images', after).next;
      catalog.mountTowards('/library/x');
      catalog.chunks('/library');
      catalog.counters();
      return 'answered';
    } finally {
      catalog.close();
    }
  } catch (error) {
    if (!isVerificationError(error)) throw error;
    return 'refused';
  }
}

test('a whole catalog answers', async () => {
  expect(await exercise(WHOLE)).toBe('answered');
});

test('a damaged catalog answers or is refused, and nothing else', async () => {
  const change = fc.record({ at: fc.nat(WHOLE.length - 1), to: fc.nat(255) });
  const outcomes = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 40 }), async changes => {
      const bytes = Buffer.from(WHOLE);
      for (const { at, to } of changes) bytes[at] = to;
      outcomes.add(await exercise(bytes));
    }),
    { numRuns: 300 },
  );
  expect([...outcomes].sort()).toEqual(['answered', 'refused']);
});

test('a catalog cut short is refused', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(WHOLE.length - 1), async length => {
      expect(await exercise(WHOLE.subarray(0, length))).toBe('refused');
    }),
  );
});
