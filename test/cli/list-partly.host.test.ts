import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { builtFrom, JINR, Setting } from './setting.ts';

// A directory of names that an ordinary user may not open, beside one whose name is no UTF-8.

const USER = process.env.JCDS_TEST_USER ?? 'jcdstest';
const setting = new Setting();
afterAll(() => setting.remove());
const place = join(setting.cvmfs, JINR);
setting.publish({ 'library/small:1': builtFrom('small:1'), 'nica/bmn:1': builtFrom('bmn:1') });
mkdirSync(join(place, 'closed'));
writeFileSync(join(place, 'closed/x:1'), '');
chmodSync(join(place, 'closed'), 0o700);
const latin = Buffer.concat([Buffer.from(join(place, 'lat')), Buffer.of(0xe9)]);
mkdirSync(latin);
writeFileSync(Buffer.concat([latin, Buffer.from('/y:1')]), '');

const list = (...words: string[]) =>
  setting.run(['/usr/sbin/runuser', '-u', USER, '--', setting.program, 'list', ...words], { cwd: '/' });
const CLOSED = `jcds: you may not look into ${place}/closed (EACCES): the names in it are not listed\n`;
const REFUSED = `jcds: 1 names in ${JINR} hold characters that no terminal should get, and were left out\n`;

test('what can be read is listed, what could not is named: 75', () => {
  const { code, stdout, stderr } = list();
  expect({ code, stderr }).toEqual({ code: 75, stderr: CLOSED + REFUSED });
  expect(stdout.split('\n').sort()).toEqual(['', 'library/small:1', 'nica/bmn:1']);
});

test.each([
  ['nica/', 'nica/bmn:1\n', 0],
  ['nica/*:1', 'nica/bmn:1\n', 0],
  ['nosuch/', '', 1],
])('a directory that holds no name like %j does not matter', (pattern, stdout, code) => {
  expect(list(pattern)).toMatchObject({ code, stdout });
});

test('what cannot hold such names is not opened', () => {
  const trace = join(setting.folder, 'trace');
  const strace = ['strace', '-f', '-qq', '-e', 'trace=open,openat,newfstatat', '-o', trace];
  const opened = (...words: string[]) => {
    expect(setting.run([...strace, setting.program, 'list', ...words]).stdout).toContain('nica/bmn:1');
    return readFileSync(trace, 'utf8')
      .split('\n')
      .filter(line => /openat\(.*O_DIRECTORY/.test(line) && /"(?:closed|library)"/.test(line)).length;
  };
  expect(opened()).toBe(2);
  for (const pattern of ['nica/', 'nica/b', 'nica/*:1'])
    expect([pattern, opened(pattern)]).toEqual([pattern, 0]);
});

test.each([['closed/'], ['clo'], ['*:1']])('%j may stand in it: 75', pattern => {
  const { code, stderr } = list(pattern);
  expect([code, stderr]).toEqual([75, expect.stringContaining(CLOSED)]);
});
