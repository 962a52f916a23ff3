import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { APPTAINER, Setting } from '../cli/setting.ts';
import { dockerArchive } from '../conversion/docker-archive.ts';
import { SHELLS } from './stage.ts';

// Scripts of `jcds wrap --local`, with an Apptainer that says what it was given.
const setting = new Setting();
afterAll(() => setting.remove());
const NAME = 'reg.example:5000/a/mine:1';
const store = join(setting.home, '.local/share/jcds/store');
const script = join(setting.work, 'script');
const none = { env: { JCDS_CVMFS_ROOT: '/nowhere' } };

beforeEach(() => {
  setting.install('apptainer', APPTAINER);
  pull('A');
});

/** Makes the copy of an image with this content; answers its directory. */
function pull(content: string): string {
  const entries = [
    { name: 'bin/', mode: 0o755 },
    ...['sh', 'hello'].map(name => ({ name: `bin/${name}`, mode: 0o755, content })),
  ];
  writeFileSync(join(setting.work, 'x.tar'), dockerArchive(entries));
  const words = ['pull', '--json', 'docker-archive:x.tar', '--as', NAME];
  const { digest } = JSON.parse(setting.jcds(words).stdout) as { digest: string };
  return join(store, '.images', digest.slice(7, 9), digest.slice(9));
}
const wrap = (...options: string[]) =>
  expect(
    setting.jcds(['wrap', '--local', '--force', ...options, '-o', script, NAME, 'hello'], none),
  ).toMatchObject({ code: 0, stderr: '' });
const run = (shell = 'sh') =>
  setting.run([shell, ...(shell.endsWith('busybox') ? ['sh'] : []), script, 'a b'], none);

test.each(SHELLS)('by %s it runs the copy that its name leads to, wherever CVMFS is', (_name, shell) => {
  const first = pull('A');
  wrap();
  const ran = run(shell);
  expect([ran.code, ran.stderr]).toEqual([0, '']);
  expect(ran.stdout).toContain(`<${first}>\n<hello>\n<a b>\n`);
  const second = pull('B');
  expect(run(shell).stdout).toContain(`<${second}>\n`);
  expect(readFileSync(script, 'utf8')).toContain('a copy on this host');
});

test('pinned, it stays with the very copy', () => {
  const first = pull('A');
  wrap('--pin');
  pull('B');
  expect(run().stdout).toContain(`<${first}>\n`);
});

test('the copy in a home that is shown is read-only', () => {
  wrap();
  expect(run().stdout).toContain(`<${store}:${store}:ro>`);
});

test.each<[string, () => void, string]>([
  [
    'the copy',
    () => void setting.jcds(['store', 'remove', NAME]),
    `is there no more (looked at ${store}/${NAME})`,
  ],
  ['the store', () => renameSync(store, `${store}.away`), 'cannot be used: '],
])('without %s it ends with 75, and says how to make it again', (_what, remove, reason) => {
  wrap();
  remove();
  const { code, stdout, stderr } = run();
  expect({ code, stdout }).toEqual({ code: 75, stdout: '' });
  expect(stderr).toContain(`jcds: the local copy of ${NAME} ${reason}`);
  expect(stderr).toContain(`\nhint: make it again: jcds pull ${NAME}\n`);
});

test('where there is no copy and none can be made, no script is written', () => {
  const { code, stderr } = setting.jcds(['wrap', '--local', 'reg.example/none:1', 'hello'], none);
  expect([code, stderr]).toEqual([2, expect.stringContaining('the configuration forbids it')]);
});
