import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readElf } from '../../src/rootfs/elf.ts';
import { hostArchitectures } from '../../src/rootfs/host-architectures.ts';
import { programHead } from '../../src/rootfs/program-head.ts';
import { elf, plant, temporaryDirectory } from './tree-on-disk.ts';

test.each([
  [62, 64, true, 'amd64'],
  [3, 32, true, '386'],
  [183, 64, true, 'arm64'],
  [40, 32, true, 'arm'],
  [21, 64, true, 'ppc64le'],
  [21, 64, false, 'ppc64'],
  [22, 64, false, 's390x'],
  [243, 64, true, 'riscv64'],
  [258, 64, true, 'loong64'],
  [8, 32, false, 'mips'],
  [8, 64, true, 'mips64le'],
  [9999, 64, true, null],
] as const)('machine %i, %i bits, little-endian %s is %s', (machine, bits, little, architecture) => {
  const loader = '/lib/ld-test.so.1';
  expect(readElf(elf({ machine, bits, little, loader }))).toEqual({ architecture, loader });
  expect(readElf(elf({ machine, bits, little }))).toEqual({ architecture, loader: null });
});

test('a real program of this host is read as what it is', () => {
  const head = readFileSync(process.execPath).subarray(0, 4096);
  expect(hostArchitectures()).toContain(readElf(head)?.architecture);
});

test('no head makes the reader fail', () => {
  const damaged = fc
    .tuple(
      fc.constantFrom(32 as const, 64 as const),
      fc.boolean(),
      fc.array(fc.tuple(fc.nat(511), fc.nat(255))),
      fc.nat(512),
    )
    .map(([bits, little, changes, length]) => {
      const head = elf({ machine: 62, bits, little, loader: '/x' });
      for (const [at, byte] of changes) if (at > 3) head[at] = byte;
      return head.subarray(0, length);
    });
  fc.assert(
    fc.property(damaged, head => {
      readElf(head);
    }),
  );
});

test.each([
  ['#!/bin/sh\necho', { kind: 'script', interpreter: '/bin/sh' }],
  ['#! \t/usr/bin/env python3\n', { kind: 'script', interpreter: '/usr/bin/env' }],
  ['#!sh', { kind: 'script', interpreter: 'sh' }],
  ['#!\n/bin/sh', { kind: 'other' }],
  ['#', { kind: 'other' }],
  ['', { kind: 'other' }],
  ['echo hello\n', { kind: 'other' }],
  ['\x7fELF', { kind: 'other' }],
])('a file that begins with %j', (text, expected) => {
  expect(programHead(Buffer.from(text, 'latin1'))).toEqual(expected);
});

test.each([
  ['x64', {}, ['amd64', '386']],
  ['arm64', {}, ['arm64', 'arm']],
  [
    'x64',
    { 'qemu-aarch64': 'enabled\ninterpreter /q\n', 'qemu-s390x': 'disabled\n', jar: 'enabled\n' },
    ['amd64', '386', 'arm64'],
  ],
  ['vax', {}, ['vax']],
])('a host of %s with the emulators %j starts %j', (machine, emulators, expected) => {
  expect(hostArchitectures(machine, plant(temporaryDirectory(), emulators))).toEqual(expected);
});
