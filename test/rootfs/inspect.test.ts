import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isFacts } from '../../src/rootfs/facts-schema.ts';
import { inspectImage } from '../../src/rootfs/inspect.ts';
import { environmentFile, runscript } from './apptainer-writes.ts';
import { type Content, elf, plant, temporaryDirectory } from './tree-on-disk.ts';

const APPTAINER: Readonly<Record<string, Content>> = {
  '.singularity.d/env/10-docker2singularity.sh': environmentFile([
    ['PATH', '/opt/app/bin:/usr/bin'],
    ['FOO', 'bar baz'],
  ]),
  '.singularity.d/env/90-environment.sh': '#!/bin/sh\n',
  '.singularity.d/env/99-base.sh': '#!/bin/sh\n',
  '.singularity.d/runscript': { program: runscript(['/entry.sh'], ['echo', 'hello world']) },
  '.singularity.d/Singularity': 'bootstrap: docker\nfrom: git.jinr.ru:5005/nica/bmn:1\n\n',
  '.singularity.d/labels.json':
    '{"org.label-schema.usage.singularity.deffile.bootstrap":"docker","org.label-schema.usage.singularity.deffile.from":"other:1"}',
  '.run': { link: '.singularity.d/actions/run' },
  bin: { link: 'usr/bin' },
  'usr/bin/sh': { link: 'dash' },
  'usr/bin/dash': { program: elf() },
  'etc/passwd': 'root:x:0:0:root:/root:/bin/bash\n',
  'etc/group': 'root:x:0:\n',
  'etc/mtab': { link: '../proc/mounts' },
};

/** Everything of the image above but what a test changes; `null` leaves a path out. */
function inspected(changes: Readonly<Record<string, Content | undefined>>, listings: readonly string[] = []) {
  const kept = Object.entries({ ...APPTAINER, ...changes }).filter(([, content]) => content !== undefined);
  const directory = plant(temporaryDirectory(), Object.fromEntries(kept) as Record<string, Content>);
  const { directory: stated, ...facts } = inspectImage(directory, listings);
  expect(stated).toBe(directory);
  expect(isFacts(JSON.parse(JSON.stringify({ directory, ...facts })))).toBe(true);
  return facts;
}

const WHOLE = {
  schema: 1,
  config: {
    env: [
      ['PATH', '/opt/app/bin:/usr/bin'],
      ['FOO', 'bar baz'],
    ],
    entrypoint: ['/entry.sh'],
    cmd: ['echo', 'hello world'],
    workdir: null,
    user: null,
    source: 'singularity.d',
  },
  environmentFileDropped: false,
  environmentScripts: [],
  origin: { bootstrap: 'docker', from: 'git.jinr.ru:5005/nica/bmn:1' },
  architecture: 'amd64',
  hasShell: true,
  singularityMissing: [],
  directories: {},
  passwd: 'root:x:0:0:root:/root:/bin/bash\n',
  group: 'root:x:0:\n',
};
const NONE = { env: [], entrypoint: null, cmd: null, workdir: null, user: null, source: 'none' };

test('an image as apptainer build leaves it', () => {
  expect(inspected({})).toEqual(WHOLE);
});

test('listings hold every name, and the text of every link', () => {
  expect(inspected({}, ['/', '/etc', '/nowhere', '/usr/bin/sh']).directories).toEqual({
    '/': [
      { name: '.run', kind: 'link', target: '.singularity.d/actions/run' },
      { name: '.singularity.d', kind: 'directory' },
      { name: 'bin', kind: 'link', target: 'usr/bin' },
      { name: 'etc', kind: 'directory' },
      { name: 'usr', kind: 'directory' },
    ],
    '/etc': [
      { name: 'group', kind: 'file' },
      { name: 'mtab', kind: 'link', target: '../proc/mounts' },
      { name: 'passwd', kind: 'file' },
    ],
    '/nowhere': [],
    '/usr/bin/sh': [],
  });
});

const gone = (...names: string[]) => Object.fromEntries(names.map(name => [name, undefined]));
const META = Object.keys(APPTAINER).filter(name => name.startsWith('.singularity.d/'));

test.each<[string, Record<string, Content | undefined>, object]>([
  ['lost its metadata (cvmfs#4208)', gone(...META), { config: NONE, origin: null, singularityMissing: null }],
  [
    'an empty .singularity.d',
    { ...gone(...META), '.singularity.d': null },
    { config: NONE, origin: null, singularityMissing: ['env', 'runscript'] },
  ],
  [
    'no ENV file',
    gone('.singularity.d/env/10-docker2singularity.sh'),
    {
      config: { ...WHOLE.config, env: [] },
      singularityMissing: ['env/10-docker2singularity.sh'],
    },
  ],
  [
    'no base file: Apptainer drops --env',
    gone('.singularity.d/env/99-base.sh'),
    { singularityMissing: ['env/99-base.sh'] },
  ],
  [
    'no runscript',
    gone('.singularity.d/runscript'),
    {
      config: { ...WHOLE.config, entrypoint: null, cmd: null },
      singularityMissing: ['runscript'],
    },
  ],
  [
    'a definition file’s image: no ENV file is missed',
    {
      ...gone('.singularity.d/env/10-docker2singularity.sh'),
      '.singularity.d/runscript': '#!/bin/sh\nexec fortune\n',
      '.singularity.d/Singularity': 'bootstrap: yum\nfrom: x\n',
    },
    {
      config: { ...WHOLE.config, env: [], entrypoint: ['/.singularity.d/runscript'], cmd: null },
      origin: { bootstrap: 'yum', from: 'x' },
    },
  ],
  [
    'no definition: the labels tell',
    gone('.singularity.d/Singularity'),
    { origin: { bootstrap: 'docker', from: 'other:1' } },
  ],
  ['no record at all', gone('.singularity.d/Singularity', '.singularity.d/labels.json'), { origin: null }],
  [
    'a perverse ENV',
    {
      '.singularity.d/env/10-docker2singularity.sh': environmentFile([
        ['A', '`'],
        ['B', '2'],
      ]),
    },
    {
      config: {
        ...WHOLE.config,
        env: [
          ['A', '`'],
          ['B', '2'],
        ],
      },
      environmentFileDropped: true,
    },
  ],
  ['no shell', gone('usr/bin/sh'), { hasShell: false, architecture: null }],
  ['a shell that may not be run', { 'usr/bin/dash': elf() }, { hasShell: false, architecture: null }],
  [
    'a shell of another machine',
    { 'usr/bin/dash': { program: elf({ machine: 183, bits: 64, little: true }) } },
    { architecture: 'arm64' },
  ],
  ['a shell that is a script', { 'usr/bin/dash': { program: '#!/bin/busybox' } }, { architecture: null }],
  // Each of these is there on the host.
  [
    'links that would leave the image',
    { 'usr/bin/sh': { link: '/proc/self/exe' }, 'etc/passwd': { link: '/etc/hostname' } },
    {
      hasShell: false,
      architecture: null,
      passwd: null,
    },
  ],
  [
    'an absolute link within',
    {
      'usr/bin/sh': { link: '/bin/dash' },
      'etc/passwd': { link: '/usr/etc/passwd' },
      'usr/etc/passwd': 'x\n',
    },
    { passwd: 'x\n' },
  ],
  [
    'a file where a directory belongs',
    { ...gone(...META), '.singularity.d': 'x' },
    { config: NONE, origin: null, singularityMissing: null },
  ],
  [
    'directories where files belong',
    {
      ...gone('etc/passwd', 'etc/group', '.singularity.d/runscript'),
      'etc/passwd/x': 'x',
      '.singularity.d/runscript/x': 'x',
    },
    {
      config: { ...WHOLE.config, entrypoint: null, cmd: null },
      passwd: null,
      group: null,
      singularityMissing: ['runscript'],
    },
  ],
  ['no accounts', gone('etc/passwd', 'etc/group', 'etc/mtab'), { passwd: null, group: null }],
  [
    'a long passwd: whole lines of its first 64 KiB',
    { 'etc/passwd': 'x'.repeat(99).concat('\n').repeat(1000) },
    {
      passwd: 'x'.repeat(99).concat('\n').repeat(655),
    },
  ],
])('an image with %s', (_what, changes, differing) => {
  expect(inspected(changes)).toEqual({ ...WHOLE, ...differing });
});

test('a FIFO in the place of a file delays nothing', async () => {
  const directory = plant(temporaryDirectory(), { 'bin/x': 'x' });
  const { execFileSync } = await import('node:child_process');
  mkdirSync(join(directory, 'etc'));
  execFileSync(
    'mkfifo',
    ['etc/passwd', 'bin/sh'].map(name => join(directory, name)),
  );
  expect(inspectImage(directory, [])).toMatchObject({ passwd: null, hasShell: false });
});

test('a directory that is not there is an error, not an image without anything', () => {
  expect(() => inspectImage(join(temporaryDirectory(), 'gone'), [])).toThrow(/^ENOENT: /);
});
