import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { makeOsgRepository } from '../hosts/tree.ts';
import { environmentFile, runscript } from '../rootfs/apptainer-writes.ts';
import { elf, temporaryDirectory } from '../rootfs/tree-on-disk.ts';
import { bundled } from './look-setting.ts';
import { type PathCall, pathCallsBelow } from './path-calls.ts';

/** How many system calls with a path a look costs; on CVMFS each may be a round trip. At /cvmfs, in a private mount namespace. */
const R = 'containers.jinr.ru';
const PRIVATE = resolve(import.meta.dirname, '../hosts/private.sh');
const tree = realpathSync(temporaryDirectory());
let program: string;

beforeAll(() => {
  makeOsgRepository(join(tree, R), {
    // What apptainer build leaves of a Debian image, as far as a look can see.
    'nica/docker-images/bmn:latest': {
      files: {
        ...Object.fromEntries(['lib', 'lib64', 'sbin'].map(name => [name, { link: `usr/${name}` }])),
        bin: { link: 'usr/bin' },
        'usr/bin/sh': { link: 'dash' },
        'usr/bin/dash': { program: elf() },
        'usr/bin/cat': {
          program: elf({ machine: 62, bits: 64, little: true, loader: '/lib64/ld-linux-x86-64.so.2' }),
        },
        'usr/lib64/ld-linux-x86-64.so.2': { link: '../lib/x86_64-linux-gnu/ld-linux-x86-64.so.2' },
        'usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2': { program: elf() },
        'usr/local/bin/x': 'x',
        'usr/local/sbin/x': 'x',
        'usr/sbin/x': 'x',
        'etc/passwd': 'root:x:0:0::/root:/bin/sh\n',
        'etc/group': 'root:x:0:\n',
        'etc/mtab': { link: '../proc/mounts' },
        'etc/os-release': { link: '../usr/lib/os-release' },
        ...Object.fromEntries(
          ['exec', 'run', 'shell', 'test'].map(name => [
            `.${name}`,
            { link: `.singularity.d/actions/${name}` },
          ]),
        ),
        environment: { link: '.singularity.d/env/90-environment.sh' },
        singularity: { link: '.singularity.d/runscript' },
        '.singularity.d/Singularity':
          'bootstrap: docker\nfrom: git.jinr.ru:5005/nica/docker-images/bmn:latest\n\n',
        '.singularity.d/labels.json': '{}',
        '.singularity.d/runscript': { program: runscript(null, ['bash']) },
        '.singularity.d/env/10-docker2singularity.sh': environmentFile([['PATH', '/usr/bin']]),
        '.singularity.d/env/90-environment.sh': '#!/bin/sh\n',
        '.singularity.d/env/99-base.sh': '#!/bin/sh\n',
        '.singularity.d/actions/run': { program: '#!/bin/sh\n' },
      },
    },
  });
  const directory = temporaryDirectory();
  chmodSync(directory, 0o755);
  program = bundled(
    `
    import { LOOK_WORD } from './cvmfs/ask-look.ts';
    import { runLookProgram } from './cvmfs/look-program.ts';
    import { findPublication } from './cvmfs/find-publication.ts';
    import { findCommandInImage, findImage, readImage } from './cvmfs/look-at-image.ts';
    import { parseReference } from './image/reference.ts';
    const [word, root, name, home] = process.argv.slice(2);
    const context = { self: [process.execPath, process.argv[1]!], environment: {}, home: home!, uid: process.getuid!(), now: Date.now };
    const search = { root: root!, repositories: [{ name: '${R}', layout: 'detect' as const, allowedLinkTargets: [] }], timeout: 20 };
    const image = () => ({ kind: 'reference' as const, reference: parseReference(name!), platform: null });
    const command = { word: 'cat', searchPath: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', cwd: '/', mounts: [], architectures: ['amd64'] };
    const steps = {
      find: () => findPublication(image(), search, context),
      image: () => findImage(image(), search, [], context),
      listings: () => findImage(image(), search, ['/', '/etc'], context),
      command: async () => {
        const { publication } = await findImage(image(), search, [], context);
        if (publication.state === 'published') console.log(JSON.stringify(await findCommandInImage(publication, command, 20, context)));
      },
    };
    if (word === LOOK_WORD) runLookProgram();
    else void steps[word as keyof typeof steps]();
  `,
    directory,
  );
});

/** What a step asks of the repository, at /cvmfs or at another root. */
function traced(step: string, name: string, home: string, root = '/cvmfs'): PathCall[] {
  const trace = join(temporaryDirectory(), 'trace');
  const strace = [
    'strace',
    '-f',
    '-s',
    '4096',
    '-e',
    'trace=%file,%process',
    '-e',
    'signal=none',
    '-o',
    trace,
  ];
  const asked = [...strace, process.execPath, program, step, root, name, home];
  const [file, ...args] = root === '/cvmfs' ? [PRIVATE, '--cvmfs', tree, ...asked] : asked;
  const run = spawnSync(file!, args, { cwd: '/', encoding: 'utf8' });
  expect(run.stderr).toBe('');
  expect(existsSync(trace)).toBe(true);
  return pathCallsBelow(`${root}/${R}`, readFileSync(trace, 'utf8'), '/');
}

const BMN = 'git.jinr.ru:5005/nica/docker-images/bmn:latest';
const home = (): string => {
  const directory = join(temporaryDirectory(), 'home');
  mkdirSync(directory);
  return directory;
};

test('an image is found with at most 12 calls, at /cvmfs and elsewhere, present or missing', () => {
  const found = traced('find', BMN, home());
  const elsewhere = traced('find', BMN, home(), tree);
  const missing = traced('find', 'git.jinr.ru:5005/nica/docker-images/nosuch:1', home());
  for (const calls of [found, elsewhere, missing])
    expect(calls.length, JSON.stringify(calls)).toBeLessThanOrEqual(12);
  // The last is the one listing of the directory that the tag leads to.
  expect(found.at(-1)).toEqual({ name: 'openat', path: `/cvmfs/${R}/nica/docker-images/bmn:latest` });
  expect(found.length).toBeLessThan(missing.length);
  expect(found.some(({ path }) => path === `/cvmfs/${R}`)).toBe(true);
});

test('an image is read with at most 16 calls more, and then never again', () => {
  const where = home();
  const first = traced('image', BMN, where);
  const again = traced('image', BMN, where);
  expect(again).toEqual(traced('find', BMN, home()));
  expect(first.length - again.length, JSON.stringify(first)).toBeLessThanOrEqual(16);
});

test('a listing costs one call, and one for each link in it', () => {
  const where = home();
  const basic = traced('image', BMN, home()).length;
  const listed = traced('listings', BMN, where).length;
  // "/" is read anyway, and its link bin; ten more links there, /etc and two links in it.
  expect(listed - basic).toBe(9 + 1 + 2);
  expect(traced('listings', BMN, where)).toEqual(traced('find', BMN, where));
});

test('a command is found with few calls, and then with none', () => {
  const where = home();
  traced('image', BMN, where);
  const first = traced('command', BMN, where);
  const again = traced('command', BMN, where);
  expect(again).toEqual(traced('find', BMN, where));
  // Six places on PATH and the loader's path: each directory and each link on the way is asked for once.
  expect(first.length - again.length, JSON.stringify(first)).toBeLessThanOrEqual(18);
});
