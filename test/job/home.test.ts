import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { chooseHome } from '../../src/job/home.ts';

const base = mkdtempSync(join(tmpdir(), 'jcds-home-'));
afterAll(() => rmSync(base, { recursive: true }));
for (const name of ['a', 'a:b', 'own']) mkdirSync(join(base, name));
const context = { cwd: base, home: join(base, 'own') };

test.each([
  ['a', { kind: 'host', path: `${base}/a`, source: `${base}/a` }],
  ['a:/h', { kind: 'host', path: '/h', source: `${base}/a` }],
  ['a:b', { kind: 'host', path: `${base}/a:b`, source: `${base}/a:b` }],
  ['a:b:/h', { kind: 'host', path: '/h', source: `${base}/a:b` }],
  ['.', { kind: 'host', path: base, source: base }],
])('--home %s', (home, value) => {
  expect(chooseHome({ home }, context)).toEqual({ value, reason: '--home' });
});

test.each(['', 'none', ':/h', 'none:/h', 'a:h', 'a:'])('--home %j is refused', home => {
  expect(() => chooseHome({ home }, context)).toThrow(
    expect.objectContaining({ code: 'USAGE', hint: 'jcds run --home DIRECTORY[:PLACE-INSIDE]' }),
  );
});

test('without --home: the caller’s where it is, unless it is kept out', () => {
  const { home } = context;
  expect(chooseHome({}, context).value).toEqual({ kind: 'host', path: home, source: home });
  expect(chooseHome({ home: false }, context).value).toEqual({ kind: 'empty', path: home });
  expect(chooseHome({ contain: true }, context).value).toEqual({ kind: 'empty', path: home });
  expect(chooseHome({}, { cwd: base, home: '/nowhere' }).value).toEqual({ kind: 'empty', path: '/nowhere' });
  expect(chooseHome({ home: false }, { cwd: base, home: '/' }).value).toEqual({ kind: 'none', path: '/' });
});
