import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { seal, unseal } from '../../src/files/sealed.ts';
import { people } from '../contract/containers.ts';
import { removePodmanState } from '../contract/podman-state.ts';
import { installProgram } from '../standalone/install-program.ts';

// What jobs of this user can write may be all over the memory of the probes. Whole starts, and what they do with it.
const [user] = people() as [ReturnType<typeof people>[0]];
const REPOSITORIES = `${process.env.JCDS_TEST_ROOT ?? '/srv/jcds-test'}/cvmfs`;
const work = mkdtempSync(join(tmpdir(), 'jcds-memory-'));
const home = join(work, 'home');
const runtimeDirectory = join(work, 'run');
const cache = join(home, '.cache/jcds');
let file: string;
let good: string;

const own = (path: string) => chownSync(path, user.uid, user.gid);

beforeAll(() => {
  installProgram(work);
  chmodSync(work, 0o755);
  for (const path of [home, runtimeDirectory]) {
    mkdirSync(path, { mode: 0o700 });
    own(path);
  }
  expect(start()).toEqual(RIGHT);
  file = join(cache, readdirSync(cache).find(name => name.startsWith('runtimes-'))!);
  good = unseal(readFileSync(file))!;
});
afterAll(() => removePodmanState(work, runtimeDirectory));
beforeEach(() => put(good));

const RIGHT = { code: 0, stdout: 'ok\n', stderr: '' };
/** Milliseconds: what an ordinary start takes here, many times over; a look at a hung thing takes for ever. */
const BOUND = 20_000;

function start(runtime = 'unshare') {
  const command = [...user.become, join(work, 'bin/jcds'), 'exec', '--runtime', runtime];
  const [program = '', ...args] = [...command, 'library/debian:12', 'echo', 'ok'];
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: '/',
    encoding: 'utf8',
    timeout: BOUND,
    env: {
      PATH: `${process.execPath.replace(/\/node$/, '')}:/usr/sbin:/usr/bin:/bin`,
      HOME: home,
      XDG_RUNTIME_DIR: runtimeDirectory,
      JCDS_CVMFS_ROOT: REPOSITORIES,
    },
  });
  return { code: status, stdout, stderr };
}

function put(text: string): void {
  rmSync(file, { recursive: true, force: true });
  writeFileSync(file, seal(text), { mode: 0o600 });
  own(file);
}

test.each<[string, () => void]>([
  ['cut short', () => truncateSync(file, good.length / 2)],
  ['empty', () => truncateSync(file, 0)],
  ['of 1 GB', () => truncateSync(file, 1 << 30)],
  ['a FIFO', () => replaceBy(() => spawnSync('mkfifo', [file]))],
  ['a link to a device that never ends', () => replaceBy(() => symlinkSync('/dev/zero', file))],
  ['a device that never ends', () => replaceBy(() => spawnSync('mknod', [file, 'c', '1', '5']))],
  ['a directory', () => replaceBy(() => mkdirSync(file))],
  ['a link to itself', () => replaceBy(() => symlinkSync(file, file))],
  [
    'another name of a file of somebody else',
    () =>
      replaceBy(() => {
        writeFileSync(join(work, 'elses'), seal(good));
        linkSync(join(work, 'elses'), file);
      }),
  ],
])('a memory that is %s: the right answer, in time', (_, spoil) => {
  spoil();
  expect(start()).toEqual(RIGHT);
});

function replaceBy(make: () => void): void {
  rmSync(file, { recursive: true });
  make();
  if (lstatSync(file).isFIFO()) own(file);
}

test('any byte of it changed: the right answer, or jcds’ own words', () => {
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 127 }), (at, change) => {
      const changed = good.charCodeAt(at) ^ change;
      put(`${good.slice(0, at)}${String.fromCharCode(changed)}${good.slice(at + 1)}`);
      const { code, stderr } = start();
      if (code !== 0)
        expect({ code, stderr }).toEqual({ code: 125, stderr: expect.stringMatching(/^jcds: /) });
    }),
    { numRuns: 40 },
  );
});

describe('a memory made by a hostile job', () => {
  const evil = join(work, 'evil');
  const proof = join(home, 'proof');
  beforeAll(() => {
    mkdirSync(evil);
    for (const name of ['unshare', 'bwrap', 'sh', 'mount', 'ld.so', 'apptainer'])
      writeFileSync(join(evil, name), `#!/bin/sh\ntouch ${proof}\nexit 0\n`, { mode: 0o755 });
    for (const name of [evil, ...readdirSync(evil).map(one => join(evil, one))]) own(name);
  });

  test.each(['unshare', 'bubblewrap', 'charliecloud', 'apptainer', 'podman'])(
    '%s: whatever path stands in it, no program of theirs runs',
    runtime => {
      put('');
      rmSync(file);
      start(runtime);
      const text = unseal(readFileSync(file))!;
      const names =
        'program sh shell mount umount mkdir ln rm setpriv pivotRoot env runc init oci store unshare';
      const facts = names.split(' ').map(name => `"${name}":"${evil}/sh",`);
      const others = text
        .replace(/"facts":\{/g, `"program":"${evil}/${runtime}","facts":{${facts.join('')}`)
        .replace(/,\}/g, '}');
      const libraries = text
        .replace(/"loader":"[^"]*"/g, `"loader":"${evil}/ld.so"`)
        .replace(/"libraries":\[[^\]]*\]/g, `"libraries":["${evil}"]`);
      expect(others).not.toBe(text);
      for (const changed of [others, libraries]) {
        put(changed);
        expect(start(runtime)).toMatchObject({ code: 0, stdout: 'ok\n' });
        expect(existsSync(proof)).toBe(false);
      }
    },
  );
});

test('a start that fails empties it, since what it remembers may be why', () => {
  // A loader that is none, where only root could have put it.
  const folder = '/usr/lib/jcds-test';
  mkdirSync(folder, { recursive: true });
  try {
    writeFileSync(`${folder}/ld-none.so.2`, '', { mode: 0o644 });
    const changed = good.replace(/"loader":"[^"]*"/, `"loader":"${folder}/ld-none.so.2"`);
    expect(changed).not.toBe(good);
    put(changed);
    const { code, stderr } = start();
    expect({ code, stderr }).toEqual({
      code: 125,
      stderr: 'jcds: unshare: the old root cannot be detached\n',
    });
    // No program can remove it there: they are started by that loader.
    expect(lstatSync(file).size).toBe(0);
    expect(start()).toEqual(RIGHT);
    expect(lstatSync(file).size).toBeGreaterThan(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('in a directory that others may write to nothing is remembered', () => {
  chmodSync(cache, 0o777);
  const kept = `${file}.kept`;
  renameSync(file, kept);
  try {
    expect(start()).toEqual(RIGHT);
    expect(existsSync(file)).toBe(false);
  } finally {
    chmodSync(cache, 0o700);
    renameSync(kept, file);
  }
});
