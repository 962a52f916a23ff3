import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AWKWARD } from './awkward-values.ts';
import { writeLayout } from './write-layout.ts';

// What Apptainer makes of the files that jcds writes, beside what it makes of an image that it built itself from the same layout.
const JCDS = resolve(import.meta.dirname, '../../bin/jcds');
const work = mkdtempSync(join(tmpdir(), 'jcds-own-files-'));
chmodSync(work, 0o755);
const [own, built] = [join(work, 'own'), join(work, 'built')];
/** Prints its words, each in brackets. */
const SHOW = '#!/bin/sh\nfor word in "$@"; do printf "[%s]" "$word"; done\necho " $GREETING"\n';
const PATH = '/opt/bin:/usr/bin:/bin';

beforeAll(() => {
  const root = join(work, 'root');
  for (const directory of ['bin', 'opt/bin', 'etc', 'tmp', 'dev', 'proc', 'sys'])
    mkdirSync(join(root, directory), { recursive: true });
  copyFileSync('/bin/busybox', join(root, 'bin/busybox'));
  for (const name of ['sh', 'env', 'cat', 'echo', 'printf']) symlinkSync('busybox', join(root, 'bin', name));
  writeFileSync(join(root, 'opt/bin/show'), SHOW, { mode: 0o755 });
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
  const layer = execFileSync('tar', ['-C', root, '--owner=0', '--group=0', '-cf', '-', '.'], {
    maxBuffer: 2 ** 26,
  });
  const Env = [`PATH=${PATH}`, 'GREETING=hello', ...AWKWARD.map(([name, value]) => `${name}=${value}`)];
  writeLayout(join(work, 'layout'), [layer], {
    config: { Env, Entrypoint: ['show', 'a b', `q"'$x\\`], Cmd: ['default', '$HOME', ''] },
  });
  execFileSync(JCDS, ['convert', '-q', `oci:${join(work, 'layout')}`, '--to', own], { stdio: 'pipe' });
  execFileSync(
    'apptainer',
    ['-q', 'build', '--fix-perms', '--sandbox', built, `oci:${join(work, 'layout')}`],
    { stdio: 'pipe' },
  );
}, 120_000);
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** Runs Apptainer as the ordinary user of the tests, who has nothing in the environment. */
function apptainer(environment: Record<string, string>, ...words: string[]): string {
  const account = ['--reuid=jcdstest', '--regid=jcdstest', '--init-groups'];
  const env = { PATH: process.env.PATH!, HOME: '/', ...environment };
  return execFileSync('setpriv', [...account, 'apptainer', '-s', ...words], {
    cwd: '/',
    env,
    encoding: 'utf8',
  });
}

function variables(image: string): Map<string, string> {
  const pairs = apptainer({}, 'exec', '--cleanenv', image, '/bin/env', '-0').split('\0');
  return new Map(pairs.map(pair => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
}

test('every ENV value arrives as the image says it, and what is right in an image of Apptainer’s own is the same', {
  timeout: 60_000,
}, () => {
  const [mine, theirs] = [variables(own), variables(built)];
  expect(Object.fromEntries(AWKWARD.map(([name]) => [name, mine.get(name)]))).toEqual(
    Object.fromEntries(AWKWARD),
  );
  const others = (all: Map<string, string>) =>
    [...all]
      .filter(([name]) => !/^V\d+$|^(?:APPTAINER|SINGULARITY)_(?:CONTAINER|NAME)$|^_$/.test(name))
      .sort();
  // One that Apptainer cannot read makes it drop all of its own file.
  expect(others(mine).filter(([name]) => name !== 'GREETING' && name !== 'PATH')).toEqual(
    others(theirs).filter(([name]) => name !== 'GREETING' && name !== 'PATH'),
  );
  expect(mine.get('GREETING')).toBe('hello');
  // Apptainer puts its own default behind it.
  expect(mine.get('PATH')!.startsWith(`${PATH}:`)).toBe(true);
});

test.each([
  [[], {}],
  [['x'], {}],
  [['a b', '', "it's", '$USER'], {}],
  [['a b', '', `"q"'`, '$HOME `id` \\'], { APPTAINERENV_SINGULARITY_NO_EVAL: '1' }],
  [[], { APPTAINERENV_SINGULARITY_NO_EVAL: '1' }],
])(
  'apptainer run with %j, %j: the same words as with an image that Apptainer built',
  { timeout: 60_000 },
  (words, environment) => {
    const environments = {
      ...environment,
      APPTAINERENV_GREETING: 'yes',
      APPTAINERENV_APPEND_PATH: '/opt/bin',
    };
    const said = apptainer(environments, 'run', '--cleanenv', own, ...words);
    expect(said).toBe(apptainer(environments, 'run', '--cleanenv', built, ...words));
    expect(said).toMatch(/^\[a b\]\[q"'\$x\\\]/);
  },
);

test('a test, and what inspect says', { timeout: 60_000 }, () => {
  expect(apptainer({}, 'test', '--cleanenv', own)).toBe('');
  const labels = (image: string) =>
    JSON.parse(apptainer({}, 'inspect', '--labels', '--json', image)).data.attributes.labels;
  expect(labels(own)).toMatchObject({
    'org.label-schema.build-arch': 'amd64',
    'org.label-schema.usage.singularity.deffile.bootstrap': 'oci',
  });
  expect(Object.keys(labels(built))).toEqual(expect.arrayContaining(Object.keys(labels(own))));
});
