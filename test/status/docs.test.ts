import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { Finding } from '../../src/cvmfs/origin.ts';
import type { Publication } from '../../src/cvmfs/publication.ts';
import { SCHEMA_VERSION } from '../../src/schema-version.ts';
import { cacheRows } from '../../src/status/cache-rows.ts';

const page = (name: string) =>
  readFileSync(join(resolve(import.meta.dirname, '../../docs'), `${name}.md`), 'utf8');

/** The compiler keeps these whole. */
const STATES = { published: 1, missing: 1, broken: 1, unreachable: 1 } satisfies Record<
  Publication['state'],
  1
>;
const FINDINGS = {
  'stale-client': 1,
  outdated: 1,
  'removed-upstream': 1,
  removed: 1,
  'broken-image': 1,
  'ambiguous-registry': 1,
  'registry-mismatch': 1,
  'digest-unproven': 1,
  'platform-mismatch': 1,
} satisfies Record<Finding['code'], 1>;

test.each(Object.keys({ ...STATES, ...FINDINGS }))('docs/status.md explains %s in a paragraph', code => {
  expect(page('status')).toMatch(new RegExp(`^\\*\\*${code}\\*\\* — .{80}`, 'ms'));
});

test('every JSON object of the docs has the version of today', () => {
  const shown = readdirSync(resolve(import.meta.dirname, '../../docs'))
    .filter(name => name.endsWith('.md'))
    .flatMap(name => page(name.replace(/\.md$/, '')).match(/"schemaVersion": ?[0-9]+/g) ?? []);
  expect(shown).not.toEqual([]);
  expect(new Set(shown.map(text => text.replace(/.*:\s*/, '')))).toEqual(new Set([String(SCHEMA_VERSION)]));
});

test('docs/cache.md explains every number', () => {
  const traffic = {
    hitRate: 1,
    received: 1,
    downloads: 1,
    opened: 1,
    inputOutputErrors: 1,
    cleanups: 1,
    uptimeMinutes: 1,
  };
  const repository = {
    repository: 'R',
    isClients: true,
    quota: 2,
    used: 1,
    pinned: 1,
    unknown: null,
    traffic,
  };
  const own = { name: '', directory: '', meaning: '', clean: '', size: { state: 'absent' } } as const;
  const rows = cacheRows({ root: '/cvmfs', repositories: [repository], runtimes: [], own, store: own });
  for (const [, number] of rows) expect(page('cache')).toMatch(new RegExp(`^\\*\\*${number}\\b`, 'm'));
});
