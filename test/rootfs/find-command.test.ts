import { chmodSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type CommandQuestion, findCommand } from '../../src/rootfs/find-command.ts';
import { elf, plant, temporaryDirectory } from './tree-on-disk.ts';

const AMD = elf({ machine: 62, bits: 64, little: true, loader: '/lib64/ld-linux-x86-64.so.2' });
const image = plant(temporaryDirectory(), {
  'usr/bin/dash': { program: AMD },
  'usr/bin/sh': { link: 'dash' },
  bin: { link: 'usr/bin' },
  lib64: { link: '/usr/lib64' },
  'usr/lib64/ld-linux-x86-64.so.2': { program: 'x' },
  'usr/bin/static': { program: elf() },
  'usr/bin/musl': {
    program: elf({ machine: 62, bits: 64, little: true, loader: '/lib/ld-musl-x86_64.so.1' }),
  },
  'usr/bin/arm': { program: elf({ machine: 183, bits: 64, little: true }) },
  'usr/bin/script': { program: '#!/bin/sh\n' },
  'usr/bin/python': { program: '#!/opt/python/bin/python3\n' },
  'usr/bin/nested': { program: '#!/usr/bin/python\n' },
  'usr/bin/endless': { program: '#!/usr/bin/endless\n' },
  'usr/bin/plain': { program: 'echo no interpreter\n' },
  'usr/bin/data': 'not executable',
  'usr/bin/folder/x': 'x',
  'usr/bin/dangling': { link: '/nowhere' },
  'usr/bin/loop': { link: 'loop' },
  'usr/bin/out': { link: '/etc/hostname' },
  'usr/local/bin/data': { program: '#!/bin/sh\n' },
  'usr/local/bin/folder': { program: '#!/bin/sh\n' },
  'work/run.sh': { program: '#!./interpreter\n' },
  'work/interpreter': { program: elf() },
});
const host = plant(temporaryDirectory(), {
  'mine.sh': { program: '#!/bin/sh\n' },
  'theirs.sh': { program: '#!/mine.sh\n' },
  'data.txt': 'x',
});

const ASKED: CommandQuestion = {
  word: '',
  searchPath: '/usr/bin',
  cwd: '/work',
  mounts: [{ source: host, destination: '/home/alice' }],
  architectures: ['amd64', '386'],
};
const NO = { state: 'notFound' };
const found = (path: string) => ({ state: 'found', path });
const refused = (path: string, obstacle: object) => ({ state: 'notExecutable', path, obstacle });

test.each([
  ['sh', {}, found('/usr/bin/sh')],
  ['sh', { searchPath: '/nowhere:/bin' }, found('/bin/sh')],
  ['static', {}, found('/usr/bin/static')],
  ['/bin/../bin/sh', {}, found('/bin/../bin/sh')],
  ['script', {}, found('/usr/bin/script')],
  ['plain', {}, found('/usr/bin/plain')],
  ['', {}, NO],
  ['nosuch', {}, NO],
  ['/usr/bin/nosuch', {}, NO],
  ['dangling', {}, NO],
  ['loop', {}, NO],
  // On the host /etc/hostname is a file; in the image it is not there.
  ['out', {}, NO],
  ['sh', { searchPath: '' }, NO],
  ['data', {}, refused('/usr/bin/data', { why: 'permission' })],
  ['data', { searchPath: '/usr/bin:/usr/local/bin' }, found('/usr/local/bin/data')],
  ['folder', {}, NO],
  ['folder', { searchPath: '/usr/bin:/usr/local/bin' }, found('/usr/local/bin/folder')],
  ['/usr/bin/folder', {}, refused('/usr/bin/folder', { why: 'directory' })],
  ['python', {}, refused('/usr/bin/python', { why: 'interpreter', missing: '/opt/python/bin/python3' })],
  ['nested', {}, refused('/usr/bin/nested', { why: 'interpreter', missing: '/opt/python/bin/python3' })],
  ['endless', {}, refused('/usr/bin/endless', { why: 'interpreter', missing: '/usr/bin/endless' })],
  ['musl', {}, refused('/usr/bin/musl', { why: 'loader', missing: '/lib/ld-musl-x86_64.so.1' })],
  ['arm', {}, refused('/usr/bin/arm', { why: 'architecture', architecture: 'arm64' })],
  ['arm', { architectures: ['amd64', 'arm64'] }, found('/usr/bin/arm')],
  // Relative to the working directory inside.
  ['./run.sh', {}, found('/work/./run.sh')],
  ['run.sh', { searchPath: ':/bin' }, found('/work/./run.sh')],
  ['run.sh', { searchPath: '../work' }, found('/work/../work/run.sh')],
  // What is shown of the host.
  ['/home/alice/mine.sh', {}, found('/home/alice/mine.sh')],
  ['./mine.sh', { cwd: '/home/alice' }, found('/home/alice/./mine.sh')],
  ['/home/alice/data.txt', {}, refused('/home/alice/data.txt', { why: 'permission' })],
  [
    '/home/alice/theirs.sh',
    {},
    refused('/home/alice/theirs.sh', { why: 'interpreter', missing: '/mine.sh' }),
  ],
  ['sh', { mounts: [{ source: host, destination: '/usr/bin' }] }, NO],
  // A destination is where its links lead, and what is empty hides what the image has.
  [
    'mine.sh',
    { mounts: [{ source: host, destination: '/bin' }] },
    refused('/usr/bin/mine.sh', { why: 'interpreter', missing: '/bin/sh' }),
  ],
  ['sh', { mounts: [{ source: null, destination: '/bin' }] }, NO],
  [
    'sh',
    {
      mounts: [
        { source: null, destination: '/usr/bin' },
        { source: join(image, 'usr'), destination: '/usr' },
      ],
    },
    found('/usr/bin/sh'),
  ],
  [
    'python',
    { mounts: [{ source: join(image, 'usr/bin'), destination: '/opt/python/bin' }] },
    refused('/usr/bin/python', { why: 'interpreter', missing: '/opt/python/bin/python3' }),
  ],
  [
    'python',
    { mounts: [{ source: join(image, 'usr/bin/dash'), destination: '/opt/python/bin/python3' }] },
    found('/usr/bin/python'),
  ],
])('%s with %j', (word, differing, expected) => {
  expect(findCommand(image, { ...ASKED, word, ...differing })).toEqual(expected);
});

test('a name with bytes that are not UTF-8 is found as it stands on the disk', () => {
  const odd = Buffer.concat([Buffer.from(`${host}/pr`), Buffer.of(0xf6), Buffer.from('g')]);
  writeFileSync(odd, '#!/bin/sh\n', { mode: 0o755 });
  symlinkSync(Buffer.concat([Buffer.from('pr'), Buffer.of(0xf6), Buffer.from('g')]), join(host, 'link'));
  const asTyped = '/home/alice/pr\udcf6g';
  expect(findCommand(image, { ...ASKED, word: asTyped })).toEqual(found(asTyped));
  expect(findCommand(image, { ...ASKED, word: '/home/alice/link' })).toEqual(found('/home/alice/link'));
  expect(findCommand(image, { ...ASKED, word: '/home/alice/pr\udcf7g' })).toEqual(NO);
});

test('a program that may be run and not read is found; a directory that may not be searched hides what is in it', () => {
  if (process.getuid?.() === 0) return; // Root reads everything: permissions.host.test.ts asks as another user.
  const closed = plant(temporaryDirectory(), {
    'bin/secret': { program: elf() },
    'dark/x': { program: elf() },
  });
  chmodSync(join(closed, 'bin/secret'), 0o111);
  chmodSync(join(closed, 'dark'), 0);
  const ask = (word: string) => findCommand(closed, { ...ASKED, word, mounts: [] });
  expect(ask('/bin/secret')).toEqual(found('/bin/secret'));
  expect(ask('/dark/x')).toEqual(refused('/dark/x', { why: 'permission' }));
  chmodSync(join(closed, 'dark'), 0o755);
});
