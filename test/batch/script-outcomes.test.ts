import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { SCRIPT_OUTCOMES } from '../../src/help/errors/scripts.ts';
import { smallImage } from '../hosts/image-files.ts';
import { JobStage } from './job-stage.ts';

// Every outcome that stands in a script has its row in the table of outcomes, and every row is some script's.

const GOLDEN = resolve(import.meta.dirname, '../wrap/golden');
const stage = new JobStage();
afterAll(() => stage.remove());

const codesIn = (text: string) =>
  [...text.matchAll(/(?:\bjcds_fail|\bset --) \d+ ([A-Z][A-Z_0-9]+)/g)].map(([, code]) => code!);
stage.publish({ 'library/small:1': { files: smallImage() } });
const given = stage.wrap(
  ['--runtime', 'apptainer', '--env', 'GIVEN=x', 'library/small:1'],
  undefined,
  'given',
);
const ofScripts = [given, ...readdirSync(GOLDEN).map(name => join(GOLDEN, name))].flatMap(file =>
  codesIn(readFileSync(file, 'utf8')),
);
const ofWrappers = ['apptainer', 'bubblewrap'].flatMap(runtime =>
  codesIn(readFileSync(stage.write(['--runtime', runtime], runtime), 'utf8')),
);
const rows = Object.entries(SCRIPT_OUTCOMES);
const codesOf = (kind: 'wrap' | 'wrapper') =>
  rows.filter(([, row]) => row[kind] !== 'never').map(([code]) => code);

test('of the job wrapper', () => {
  expect([...new Set(ofWrappers)].filter(code => !codesOf('wrapper').includes(code))).toEqual([]);
});

test('of scripts of jcds wrap', () => {
  expect([...new Set(ofScripts)].filter(code => !codesOf('wrap').includes(code))).toEqual([]);
});

test('each row stands in a script', () => {
  const written = new Set([...ofScripts, ...ofWrappers]);
  expect(rows.map(([code]) => code).filter(code => !written.has(code))).toEqual([]);
});
