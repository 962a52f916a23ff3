import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withBlock, withoutBlock } from '../../src/completion/start-up-file.ts';

const LINES = ['fpath=(x $fpath)', 'compinit'];

test('law: adding a block and removing it leaves every text as it was; adding twice is adding once', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('\n', '\r', ' ', '#', 'x', '>', '<', '$&', 'é') }),
      text => {
        const added = withBlock(text, LINES);
        expect(withoutBlock(added)).toBe(text);
        expect(withBlock(added, LINES)).toBe(added);
        expect(added.startsWith(text)).toBe(true);
        expect(added.split('\n').slice(-5)).toEqual([
          '# >>> jcds completion >>>',
          ...LINES,
          '# <<< jcds completion <<<',
          '',
        ]);
      },
    ),
  );
});

test('a block that is followed by more is replaced, and what follows stays', () => {
  const text = `a\n\n${withBlock('', ['old'])}b\n`;
  expect(withoutBlock(text)).toBe('a\nb\n');
});

test('a damaged block is left alone: nobody can say where it ends', () => {
  const text = '# >>> jcds completion >>>\nexport PRECIOUS=1\n';
  expect(withoutBlock(text)).toBe(text);
  expect(withoutBlock(withBlock(text, LINES))).toBe(text);
});
