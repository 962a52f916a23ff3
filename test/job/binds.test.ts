import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { cvmfsBinds, gatherBinds } from '../../src/job/binds.ts';

const base = mkdtempSync(join(tmpdir(), 'jcds-binds-'));
afterAll(() => rmSync(base, { recursive: true }));
for (const name of ['a', 'b', 'data', 'cvmfs']) mkdirSync(join(base, name));
writeFileSync(join(base, 'proxy'), '');

const NONE = { cwd: base, bind: [], mount: [], configured: [], site: [], defaults: [] };

test('what is typed beats the configuration, which beats the site and the defaults; a bind below another comes later', () => {
  const { binds, notes } = gatherBinds({
    cwd: base,
    defaults: [{ source: `${base}/a`, destination: '/x', mode: 'rw' }],
    site: [{ source: `${base}/data`, destination: '/x', mode: 'ro' }],
    configured: [`${base}/b:/x`, `${base}/a:/z`],
    bind: ['data:/x/y:ro', 'proxy:/z'],
    mount: [`src=${base}/b,dst=/x/y/z`],
  });
  expect(notes).toEqual([]);
  expect(binds).toEqual([
    { source: `${base}/b`, destination: '/x', mode: 'rw', origin: 'configuration', sourceKind: 'directory' },
    { source: `${base}/data`, destination: '/x/y', mode: 'ro', origin: 'user', sourceKind: 'directory' },
    { source: `${base}/b`, destination: '/x/y/z', mode: 'rw', origin: 'user', sourceKind: 'directory' },
    { source: `${base}/proxy`, destination: '/z', mode: 'rw', origin: 'user', sourceKind: 'file' },
  ]);
});

test('a missing source is dropped with a note unless it was typed', () => {
  expect(
    gatherBinds({
      ...NONE,
      configured: ['/no/eos'],
      defaults: [{ source: '/no/lhep', destination: '/lhep', mode: 'rw' }],
    }),
  ).toEqual({
    binds: [],
    notes: [
      '/no/lhep does not exist: not shown in the container',
      '/no/eos does not exist: not shown in the container',
    ],
  });
  expect(() => gatherBinds({ ...NONE, bind: ['/no/eos'] })).toThrow(
    expect.objectContaining({
      code: 'BIND_SOURCE',
      exitCode: 125,
      message: 'the directory to bind, "/no/eos", does not exist',
      hint: 'ls -ld /no/eos',
    }),
  );
});

test('CVMFS in use is shown at /cvmfs and at its own path; where there is none, nothing is', () => {
  const root = `${base}/cvmfs`;
  expect(cvmfsBinds(root)).toEqual([
    { source: root, destination: '/cvmfs', mode: 'rw' },
    { source: root, destination: root, mode: 'rw' },
  ]);
  expect(cvmfsBinds(`${base}/none`)).toEqual([]);
});

test('a comma divides nothing, and the hint says how to name two', () => {
  expect(() => gatherBinds({ ...NONE, bind: ['/no/a,/no/b c'] })).toThrow(
    expect.objectContaining({
      hint: "repeat -B, jcds splits nothing at commas: -B /no/a -B '/no/b c'",
    }),
  );
});
