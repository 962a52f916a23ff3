import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Setting } from '../cli/setting.ts';
import { dockerArchive } from '../conversion/docker-archive.ts';
import { GOOD } from '../status/setting.ts';

// What other commands tell of local copies, by whole processes.
const setting = new Setting();
const store = join(setting.home, '.local/share/jcds/store');
const NAME = 'reg.example:5000/a/mine:1';
let digest: string;
afterAll(() => setting.remove());
beforeAll(() => {
  setting.publish({ 'library/debian:12': { files: GOOD } });
  writeFileSync(join(setting.work, 'x.tar'), dockerArchive([{ name: 'a', content: 'A' }]));
  for (const [name, from] of [
    [NAME, '-'],
    ['library/debian:12', 'x.tar'],
  ] as const) {
    const words = ['pull', '--json', `docker-archive:${from}`, '--as', name];
    const { stdout } = setting.run(['sh', '-c', '"$0" "$@" <x.tar', setting.program, ...words]);
    digest = (JSON.parse(stdout) as { digest: string }).digest;
  }
});

test('status shows a copy apart from what is published', () => {
  const { code, stdout } = setting.jcds(['status', '--json', NAME, 'library/debian:12', 'b/c:1']);
  const [mine, debian, none] = JSON.parse(stdout) as Record<string, unknown>[];
  expect(code).toBe(1);
  const made = expect.stringMatching(/^20\d\d-\d\d-\d\dT[\d:.]+Z$/);
  expect(mine).toMatchObject({ state: 'missing', local: { path: join(store, NAME), digest, made } });
  expect(debian).toMatchObject({
    state: 'published',
    local: { path: `${store}/docker.io/library/debian:12`, digest, made },
  });
  expect(none).toMatchObject({
    local: null,
    reasons: { local: 'there is none: jcds pull makes one' },
  });
  const { stdout: text } = setting.jcds(['status', NAME, 'library/debian:12']);
  expect(text).toMatch(/^IMAGE +STATE +LOCAL COPY +FINDINGS\n/);
  expect(text).toMatch(/^library\/debian:12 +published +20\d\d-\d\d-\d\d/m);
  expect(text).toContain(`  local copy: ${digest}\n    hint: run it with: jcds run --local ${NAME}\n`);
  expect(setting.jcds(['status', 'b/c:1']).stdout).toMatch(/^IMAGE +STATE +FINDINGS\n/);
});

test('status of an image for another platform than that of its copy', () => {
  const { stdout } = setting.jcds(['status', '--json', '--platform', 'linux/s390x', NAME]);
  expect(JSON.parse(stdout)).toMatchObject([{ local: null }]);
});

test('a store that cannot be used keeps status from nothing', () => {
  const file = join(setting.work, 'x.tar');
  const { code, stdout } = setting.jcds(['status', '--json', 'library/debian:12'], {
    env: { JCDS_STORE: file },
  });
  expect([code, JSON.parse(stdout)]).toMatchObject([
    0,
    [{ local: null, reasons: { local: expect.stringContaining(file) } }],
  ]);
});

test('list --local prints what can be started, by a pattern or not', () => {
  const list = (...words: string[]) =>
    setting.jcds(['list', '--local', ...words], { env: { JCDS_CVMFS_ROOT: '/nowhere' } });
  expect(list()).toEqual({ code: 0, stderr: '', stdout: `docker.io/library/debian:12\n${NAME}\n` });
  expect(list('--json', 'reg.*')).toEqual({
    code: 0,
    stderr: '',
    stdout: `${JSON.stringify({ store, name: NAME, path: join(store, NAME) })}\n`,
  });
  expect(list('nothing/')).toMatchObject({ code: 1, stdout: '' });
});

test('cache counts the store', () => {
  expect(setting.jcds(['cache']).stdout).toMatch(
    new RegExp(`^local copies +used +[\\d.]+ kB +${store}: images that`, 'm'),
  );
  const { store: counted } = JSON.parse(setting.jcds(['cache', '--json']).stdout) as {
    store: { directory: string; bytes: number };
  };
  expect(counted.directory).toBe(store);
  expect(counted.bytes).toBeGreaterThan(1000);
});

test('TAB is told of their names, until they are removed', () => {
  const index = join(setting.home, '.cache/jcds/completion/copies');
  const names = () => readFileSync(index, 'utf8').split('\n').slice(1, -1);
  expect(names()).toEqual(['docker.io/library/debian:12', NAME]);
  expect(setting.jcds(['store', 'remove', 'library/debian:12']).code).toBe(0);
  expect(names()).toEqual([NAME]);
  expect(setting.jcds(['completion', 'uninstall']).code).toBe(0);
  expect(existsSync(index)).toBe(false);
});
