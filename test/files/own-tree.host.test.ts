import { chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { isOwnTree } from '../../src/files/own-tree.ts';

const root = mkdtempSync(join(tmpdir(), 'jcds-tree-'));
afterAll(() => rmSync(root, { recursive: true }));

// Root that looks on behalf of a user took the user's right files for wrong ones, and removed them under a start.
test('a tree is judged by the user whose it is, not by who looks', () => {
  const text = join(root, 'text0');
  writeFileSync(text, 'x');
  mkdirSync(join(root, 'root'));
  const paths = [root, text, join(root, 'root')];
  const judge = (uid: number) =>
    isOwnTree(
      root,
      new Map([
        ['/text0', { kind: 'file', content: 'x' }],
        ['/root', { kind: 'directory' }],
      ]),
      { place: 'engine-file', uid },
    );
  for (const owner of [65_534, 0]) {
    for (const path of paths) chownSync(path, owner, owner);
    expect([judge(65_534), judge(0)]).toEqual([owner === 65_534, owner === 0]);
  }
});
