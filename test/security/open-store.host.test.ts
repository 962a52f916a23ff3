import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { HostSetting } from '../cli/host-setting.ts';
import { type Surroundings, surroundingsOf, usableBy } from '../contract/containers.ts';
import { dockerArchive } from '../conversion/docker-archive.ts';

// A store on a scratch disk, where other users come: what everybody may write in an image, nobody else may write in its copy.
const host = new HostSetting();
const [user, root] = [false, true].map(isRoot => host.people.find(({ uid }) => (uid === 0) === isRoot)!);
const archive = join(host.setting.folder, 'image.tar');
const scratch = join(host.setting.folder, 'scratch');
const store = join(scratch, 'store');
const NAME = 'mine:1';
const PULL = ['pull', `docker-archive:${archive}`, '--as', NAME];
const file = (name: string, mode: number, content: string | Buffer) => ({ name, mode, content });
const directory = (name: string, mode: number) => ({ name, mode, type: '5' });
afterAll(() => host.remove());

writeFileSync(
  archive,
  dockerArchive([
    directory('.', 0o777),
    directory('bin', 0o777),
    file('bin/busybox', 0o777, readFileSync('/usr/bin/busybox')),
    { name: 'bin/sh', type: '2', link: 'busybox' },
    directory('opt', 0o1777),
    file('opt/tool', 0o666, 'good\n'),
    { name: 'opt/again', type: '1', link: 'opt/tool' },
    { name: 'opt/fifo', type: '6', mode: 0o666 },
  ]),
);

beforeEach(() => {
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch);
  chmodSync(scratch, 0o1777);
});

const env = { JCDS_STORE: store };
const pull = (words: readonly string[] = [], person = user!) =>
  host.jcds(person, [...PULL, ...words], { env });
const tool = (variables: Record<string, string> = env, runtime: string[] = [], around?: Surroundings) =>
  host.jcds(user!, ['exec', '--local', ...runtime, NAME, '/bin/busybox', 'cat', '/opt/tool'], {
    env: variables,
    ...(around === undefined ? {} : { around }),
  });

/** Places below a directory that another user, of another group, may write: as find(1) of that user says, and as its attempts show. */
function writable(below: string): string {
  const script = `cd "$1" || exit; find .images -writable ! -type l
for t in $(find .images -path '*/opt/tool'); do { echo evil >"$t" && echo changed; } 2>/dev/null
{ mv "$t" "$t.old" && echo moved; } 2>/dev/null; { echo evil >"\${t%/*}/new" && echo added; } 2>/dev/null; done`;
  const other = ['--reuid', '65534', '--regid', '65534', '--clear-groups', '--inh-caps=-all'];
  return spawnSync('setpriv', [...other, 'sh', '-c', script, 'sh', below], { encoding: 'utf8' }).stdout;
}

/** The copy as an older jcds made it. */
function makeOld(): void {
  spawnSync('sh', ['-c', 'chmod a+w "$1"/.images/*/*/opt "$1"/.images/*/*/opt/tool', 'sh', store]);
  const script =
    'for r in "$1"/.jcds/images/*; do sed -i \'s/"rule":[0-9]*/"rule":1/\' "$r"; chown "$2" "$r"; done';
  spawnSync('sh', ['-c', script, 'sh', store, String(user!.uid)]);
}

test('nobody else can write into a copy, whatever its modes in the image', () => {
  expect(pull().code).toBe(0);
  expect(
    spawnSync('find', [store, '-path', '*/opt/*', '-printf', '%f %m\n'], { encoding: 'utf8' })
      .stdout.split('\n')
      .sort(),
  ).toEqual(['', 'again 644', 'fifo 644', 'tool 644']);
  expect(writable(store)).toBe('');
});

test.each(usableBy(user!))('%s runs such a copy', async name => {
  expect(pull().code).toBe(0);
  const around = await surroundingsOf(name, user!);
  try {
    expect(tool(env, ['--runtime', name], around)).toMatchObject({ code: 0, stdout: 'good\n' });
  } finally {
    await around.close?.();
  }
});

test('nor into one that is kept for others, which all can read', () => {
  expect(pull([], root).code).toBe(0);
  expect(writable(store)).toBe('');
  expect(tool({ JCDS_SHARED_STORES: store })).toEqual({ code: 0, stdout: 'good\n', stderr: '' });
});

test('one that an older jcds made is not run, and is made anew by pull', () => {
  for (const words of [[], ['--again']]) {
    expect(pull().code).toBe(0);
    makeOld();
    expect(writable(store)).toContain('changed');
    const { code, stdout, stderr } = tool();
    expect({ code, stdout }).toEqual({ code: 125, stdout: '' });
    expect(stderr).toContain('an older jcds made it such that others could write into it');
    expect(stderr).toContain(
      `hint: make it anew: jcds pull --again docker-archive:${archive} --as library/${NAME}\n`,
    );
    expect(pull(words).stderr).not.toContain('unchanged');
    expect([tool().stdout, writable(store)]).toEqual(['good\n', '']);
  }
});

test('nor is one that nothing is known of; where nobody else comes both run', () => {
  expect(pull().code).toBe(0);
  makeOld();
  chmodSync(store, 0o700);
  expect([tool().stdout, writable(store)]).toEqual(['good\n', '']);
  rmSync(join(store, '.jcds/images'), { recursive: true });
  expect(tool().stdout).toBe('good\n');
  chmodSync(store, 0o711);
  expect(tool().code).toBe(125);
});

test('jcds convert gives the modes of the image, for who publishes it', () => {
  const to = join(scratch, 'tree');
  expect(host.jcds(user!, ['convert', `docker-archive:${archive}`, '--to', to]).code).toBe(0);
  const modes = spawnSync('stat', ['-c', '%a', join(to, 'bin'), join(to, 'opt'), join(to, 'opt/tool')], {
    encoding: 'utf8',
  });
  expect(modes.stdout).toBe('777\n1777\n666\n');
});
