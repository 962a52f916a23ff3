import { expect, test } from 'vitest';
import {
  freeDescriptors,
  parseEnvironment,
  readArguments,
  readLauncherEnvironment,
} from '../../src/launch/launcher-environment.ts';

test('entries in order, the first of two, none without a name or =', () => {
  const block = Buffer.from('B=1\0A==x=\0B=2\0none\0=x\0E=\0\xff=\xfe\0', 'latin1');
  expect(parseEnvironment(block)).toEqual([
    ['B', '1'],
    ['A', '=x='],
    ['E', ''],
    ['\udcff', '\udcfe'],
  ]);
  expect(parseEnvironment(Buffer.alloc(0))).toEqual([]);
});

test('where /proc is hidden, what this process was given stands for both', () => {
  const files: Record<string, string> = { '/proc/self/environ': 'A=1\0', '/proc/7/environ': 'A=2\0' };
  const read = (file: string) => (files[file] === undefined ? undefined : Buffer.from(files[file]));
  expect(readLauncherEnvironment(7, read)).toEqual({ given: [['A', '2']], passed: [['A', '1']] });
  expect(readLauncherEnvironment(8, read)).toEqual({ given: [['A', '1']], passed: [['A', '1']] });
  const own = { B: '3' };
  expect(readLauncherEnvironment(8, () => undefined, own)).toEqual({
    given: [['B', '3']],
    passed: [['B', '3']],
  });
});

test('the last arguments as bytes', () => {
  const read = () => Buffer.from('node\0file\0--jcds-plan\x001\0a\0\xff\0\0', 'latin1');
  expect(readArguments(3, read)).toEqual(['a', '\udcff', '']);
  expect(readArguments(3, () => undefined)).toBeUndefined();
});

test('descriptors that the caller left free', () => {
  expect(freeDescriptors(1, () => ['0', '1', '2', '3', '7', '10', '255'])).toEqual([9, 6, 5, 4]);
  expect(
    freeDescriptors(1, () => {
      throw new Error('hidden');
    }),
  ).toEqual([9, 7, 6, 5, 4, 3]);
});
