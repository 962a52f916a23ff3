import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from '@lydell/node-pty';
import { afterAll, expect, test } from 'vitest';
import { NoRuntimeError } from '../../src/runtimes/select.ts';
import { singularityRecord, smallImage } from '../hosts/image-files.ts';
import { Stage } from './stage.ts';

const stage = new Stage();
afterAll(() => stage.remove());
const NAME = 'library/small:1';
const [target] = Object.values(
  stage.publish({ [NAME]: { files: { ...smallImage(), ...singularityRecord({ from: 'small:1' }) } } }),
);
const file = join(stage.work, 'script');
const wrap = (...words: string[]) => stage.run([stage.jcds, 'wrap', ...words]);
const nothing = { status: 0, stdout: '', stderr: '', started: null };

test('it is written to standard output, or to a file that anybody may run; a file that is there stays', () => {
  const { stdout, status } = wrap(NAME, 'sh');
  expect(status).toBe(0);
  expect(stdout).toMatch(/^#!\/bin\/sh\n# sh in the container image library\/small:1,/);
  expect(wrap('-o', 'script', NAME, 'sh')).toEqual(nothing);
  expect(readFileSync(file, 'latin1')).toBe(stdout);
  expect(statSync(file).mode & 0o777).toBe(0o755 & ~process.umask());
  expect(wrap('-o', 'script', NAME, 'true')).toEqual({
    ...nothing,
    status: 1,
    stderr: 'jcds: script cannot be written (EEXIST)\nhint: replace it with --force\n',
  });
  expect(readFileSync(file, 'latin1')).toBe(stdout);
  expect(wrap('--force', '-o', 'script', NAME, 'true')).toEqual(nothing);
  expect(readFileSync(file, 'latin1')).not.toBe(stdout);
});

test('what --force would not replace either is no matter of --force', () => {
  symlinkSync('/dev/null', join(stage.work, 'to-device'));
  symlinkSync('round', join(stage.work, 'round'));
  for (const [file, reason] of [
    ['.', 'it is no regular file'],
    ['to-device', 'it is no regular file'],
    ['round', 'ELOOP'],
  ] as const)
    for (const force of [[], ['--force']])
      expect(wrap(...force, '-o', file, NAME, 'sh')).toEqual({
        ...nothing,
        status: 1,
        stderr: `jcds: ${file} cannot be written (${reason})\nhint: ls -ld .\n`,
      });
});

test.each([
  ['behind IMAGE', [NAME, '-o', 'there', '--pin', '--force', 'sh', '-o', 'x']],
  ['with =', [NAME, '--output=there', '--force', '--pin', 'sh', '-o', 'x']],
  ['before IMAGE, with --', ['--pin', '--output', 'there', '--force', NAME, '--', 'sh', '-o', 'x']],
])('its own options may stand %s', (_, words) => {
  expect(wrap(...words)).toEqual(nothing);
  const { started } = stage.run([join(stage.work, 'there')]);
  expect(started!.args.slice(-4)).toEqual([target, 'sh', '-o', 'x']);
});

test('values of --env are nobody else’s to read', () => {
  const { stderr } = wrap('--env', 'PASSWORD=secret', '-o', 'private', NAME, 'sh');
  expect(stderr).toBe('jcds: private holds values of --env: only you may read it\n');
  expect(statSync(join(stage.work, 'private')).mode & 0o777).toBe(0o700);
});

test('without a command the script takes it from its arguments, and wants one', () => {
  const script = stage.wrap([NAME]);
  expect(stage.run([script])).toEqual({
    status: 125,
    stdout: '',
    stderr: `jcds: this script needs a command\nhint: ${script} COMMAND [ARGUMENT...]\n`,
    started: null,
  });
  expect(stage.run([script, 'sh', '-c', '']).started!.args.slice(-3)).toEqual(['sh', '-c', '']);
});

test.each([
  [
    ['--runtime', 'podman', NAME],
    'jcds: a script without jcds cannot start podman: podman needs jcds to prepare it at each start\nhint: jcds wrap --runtime apptainer …, or call jcds exec in a script of your own\n',
    1,
  ],
  [
    ['--runtime', 'unshare', NAME],
    'jcds: a script without jcds cannot start unshare: unshare builds its root by tools and libraries of this very host, which jcds finds at each start\nhint: jcds wrap --runtime bubblewrap …, or call jcds exec in a script of your own\n',
    1,
  ],
  [
    ['--runtime', 'bubblewrap', '--writable-tmpfs', NAME],
    'jcds: bubblewrap cannot lay a writable layer over an image\nhint: jcds run --runtime apptainer (or singularity)\n',
    1,
  ],
  [['--runtime', 'docker-compose', NAME], 'jcds: jcds knows no runtime "docker-compose"\n', 1],
  [
    [NAME, '-x', 'sh'],
    'jcds: "-x" stands where the command is expected\nhint: options of jcds stand before IMAGE\n',
    2,
  ],
  [[NAME, '-o'], 'jcds: -o needs a file\nhint: jcds wrap IMAGE -o FILE [COMMAND…]\n', 2],
  [['--env', 'a b=c', NAME], 'jcds: --env: "a b" is not a name that a shell can hold\n', 2],
  [
    ['--env', 'HOME=/x', NAME],
    'jcds: --env cannot set HOME in the container\nhint: jcds run --home DIR\n',
    1,
  ],
  [['-B', 'a:b', NAME], 'jcds: --bind "a:b": the place inside, "b", must be absolute\n', 2],
  [['--workdir', 'x', NAME], 'jcds: --workdir "x" must be an absolute path inside, or `image`\n', 2],
  [['--workdir', 'image', NAME], 'jcds: the image library/small:1 does not say its working directory', 1],
  [['--home', 'no/such', NAME], 'jcds: --home "no/such": ', 2],
  [['-o', 'no/such/file', NAME], 'jcds: no/such/file cannot be written (ENOENT)\nhint: ls -ld no/such\n', 1],
  [['library/small:2'], 'jcds: library/small:2 is not published in containers.jinr.ru', 1],
  [[], 'jcds: missing required argument', 2],
])('what cannot be written is refused now: %j', (words, said, code) => {
  const { status, stderr, stdout } = wrap(...words);
  expect(stderr.startsWith(Buffer.from(said).toString('latin1')), stderr).toBe(true);
  expect([status, stdout]).toEqual([code, '']);
});

test('a host without a runtime may write a script for others', () => {
  const empty = join(stage.folder, 'empty');
  mkdirSync(empty);
  const node = stage.environment({ PATH: empty, JCDS_NODE: process.execPath, JCDS_RUNTIMES: 'singularity' });
  const { status, stderr, stdout } = stage.run([stage.jcds, 'wrap', NAME, 'sh'], node);
  if (stderr === '') return; // a singularity in one of the usual places
  expect(status).toBe(0);
  expect(stderr).toBe(
    'jcds: no runtime that a script can start works on this host; it will look for singularity where it runs\n',
  );
  writeFileSync(join(stage.work, 'elsewhere'), stdout, { mode: 0o755 });
  expect(stage.run([join(stage.work, 'elsewhere')]).started!.args.slice(-1)).toEqual(['sh']);
});

test('the program is looked for anew where it is not at its place any more, and missed in jcds’ own words', () => {
  const script = readFileSync(stage.wrap(['--runtime', 'apptainer', NAME, 'sh']), 'latin1');
  const moved = join(stage.work, 'moved');
  writeFileSync(moved, script.replaceAll(join(stage.programs, 'apptainer'), '/no/such/apptainer'), {
    mode: 0o755,
  });
  expect(stage.run([moved]).started!.args.at(-1)).toBe('sh');
  const nowhere = script
    .replaceAll(stage.programs, '/no/such')
    .replaceAll('command -v apptainer', 'command -v no-such-apptainer');
  writeFileSync(moved, nowhere, { mode: 0o755 });
  const missing = new NoRuntimeError([
    {
      name: 'apptainer',
      reason: 'is not installed',
      cure: 'install Apptainer, or load the site module that has it',
    },
  ]);
  expect(stage.run([moved])).toEqual({
    status: 125,
    stdout: '',
    stderr: `jcds: ${missing.message}\nhint: ${missing.hint}\n`,
    started: null,
  });
});

test('a bind that was asked for must be there when the script runs; relative names count from where it was written', () => {
  mkdirSync(join(stage.work, 'data'));
  const script = stage.wrap(['-B', 'data:/data', NAME, 'sh']);
  expect(stage.run([script], stage.environment(), '/').started!.args).toContain(
    `${join(stage.work, 'data')}:/data`,
  );
  const gone = stage.wrap(['-B', '/no/such:/data', NAME, 'sh']);
  expect(stage.run([gone])).toMatchObject({
    status: 125,
    stderr: 'jcds: the directory to bind, "/no/such", does not exist\nhint: ls -ld /no/such\n',
  });
});

test('every bind comes after the one that it is below', () => {
  const below = join(stage.work, 'below');
  mkdirSync(join(stage.work, 'own'));
  const script = stage.wrap([
    '--workdir',
    '/x',
    '-B',
    `/etc:${below}`,
    '-B',
    '/etc:/cvmfs/a',
    '-B',
    `/etc:${stage.folder}`,
    '-B',
    '/etc:/zz',
    NAME,
    'sh',
  ]);
  const places = stage
    .run([script])
    .started!.args.flatMap((word, at, all) => (all[at - 1] === '--bind' ? [word.split(':')[1]!] : []));
  for (const [at, place] of places.entries())
    for (const later of places.slice(at + 1))
      expect(place.startsWith(`${later}/`), `${place} before ${later}`).toBe(false);
  const asked = [below, '/cvmfs/a', stage.folder, '/zz'];
  expect(places).toEqual(expect.arrayContaining([...asked, '/cvmfs', stage.cvmfs]));
});

test('a terminal gets nothing of a publisher that would steer it', async () => {
  const env = { TITLE: '\x1b]0;owned\x07' };
  stage.publish({
    'library/odd:1': { files: { ...smallImage(), ...singularityRecord({ from: 'odd:1', env }) } },
  });
  const words = ['wrap', '--runtime', 'bubblewrap', 'library/odd:1', 'sh'];
  expect(wrap(...words.slice(1)).stdout).toContain(env.TITLE);
  const pty = spawn(stage.jcds, words, {
    cwd: stage.work,
    env: stage.environment({ TERM: 'xterm' }),
    cols: 2000,
  });
  let shown = '';
  // The end of what it says may come after its exit.
  const said = new Promise<void>(resolve =>
    pty.onData(piece => {
      shown += piece;
      if (shown.includes('add -o FILE')) resolve();
    }),
  );
  const code = await new Promise(resolve => pty.onExit(({ exitCode }) => resolve(exitCode)));
  await said;
  expect([code, shown.includes("jcds_give TITLE '?]0;owned?'"), /[\x1b\x07]/.test(shown)]).toEqual([
    0,
    true,
    false,
  ]);
  expect(shown.replaceAll('\r\n', '\n')).toContain(
    'jcds: characters that would steer a terminal are shown as ?: for the script itself, add -o FILE\n',
  );
});
