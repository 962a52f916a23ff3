import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { commandWords } from '../../src/job/command-words.ts';
import { variablesOf } from '../../src/job/env-options.ts';
import { chooseGpu } from '../../src/job/gpu.ts';
import { type JobStatus, removeStatusFile, writeStatusFile } from '../../src/job/status-file.ts';

const base = mkdtempSync(join(tmpdir(), 'jcds-job-'));
afterAll(() => rmSync(base, { recursive: true }));

describe('which words run: docker’s rules', () => {
  const both = { entrypoint: ['/e', '-x'], cmd: ['c', '1'] };
  const entry = { entrypoint: ['/e'], cmd: null };
  const cmd = { entrypoint: null, cmd: ['c', '1'] };
  const none = { entrypoint: null, cmd: null };
  test.each([
    ['run', both, false, ['/e', '-x', 'c', '1']],
    ['run', both, true, ['/e', '-x']],
    ['run', entry, false, ['/e']],
    ['run', entry, true, ['/e']],
    ['run', cmd, false, ['c', '1']],
    ['run', cmd, true, []],
    ['run', none, false, ['/bin/sh']],
    ['run', none, true, []],
    ['run', { entrypoint: [], cmd: [] }, false, ['/bin/sh']],
    ['exec', both, true, []],
    ['shell', both, false, ['/bin/sh']],
  ] as const)('%s %j, arguments: %s', (mode, config, hasArguments, words) => {
    expect(commandWords(mode, config, hasArguments, '/bin/sh')).toEqual(words);
  });
});

describe('--env and --env-file', () => {
  const file = join(base, 'env');
  writeFileSync(file, '# a comment\nA=1\r\n\nB=two words\nCALLER\n  \nC="kept"\n');

  test('a later value wins, a bare name passes the caller’s value on', () => {
    expect(variablesOf(['B=$HOME `x`', 'EMPTY=', 'UNSET'], [file], { CALLER: 'c' })).toEqual([
      ['A', '1'],
      ['B', '$HOME `x`'],
      ['CALLER', 'c'],
      ['C', '"kept"'],
      ['EMPTY', ''],
    ]);
  });

  test.each([
    [['1A=x'], [], '--env: "1A" is not a name that a shell can hold'],
    [['BASH_FUNC_m%%=() { :; }'], [], '--env: "BASH_FUNC_m%%" is not a name that a shell can hold'],
    [['=x'], [], '--env: "" is not a name that a shell can hold'],
    [['UID=7'], [], '--env: UID cannot be set: shells keep this name for themselves'],
    [['_=7'], [], '--env: _ cannot be set: shells keep this name for themselves'],
    [['A\nB=x'], [], '--env: "A\\nB" is not a name that a shell can hold'],
    [
      [`BIG=${'x'.repeat(131_072)}`],
      [],
      '--env: BIG has 131077 bytes; the kernel takes at most 131072 in one variable',
    ],
  ])('case %# is refused, without its value', (assignments, files, message) => {
    expect(() => variablesOf(assignments, files, {})).toThrow(
      expect.objectContaining({ code: 'INVALID_VARIABLE', message, exitCode: 2 }),
    );
  });

  test('an --env-file value of over 128 KiB is refused and names file and line', () => {
    const big = join(base, 'big');
    writeFileSync(big, `A=1\nSECRET=${'s'.repeat(140_000)}\n`);
    expect(() => variablesOf([], [big], {})).toThrow(
      expect.objectContaining({
        message: `--env-file "${big}", line 2: SECRET has 140008 bytes; the kernel takes at most 131072 in one variable`,
      }),
    );
  });

  test('an --env-file that is not there', () => {
    expect(() => variablesOf([], ['/no/such'], {})).toThrow(
      expect.objectContaining({
        code: 'ENV_FILE',
        message: '--env-file "/no/such" cannot be read (ENOENT)',
        hint: 'ls -l /no/such',
        exitCode: 2,
      }),
    );
  });
});

describe('GPU', () => {
  const nvidia = join(base, 'dev-nvidia');
  const amd = join(base, 'dev-amd');
  for (const directory of [nvidia, amd]) mkdirSync(directory);
  for (const name of ['nvidia0', 'nvidiactl']) writeFileSync(join(nvidia, name), '');
  writeFileSync(join(amd, 'kfd'), '');
  test.each([
    ['auto', {}, nvidia, 'nvidia'],
    ['auto', {}, amd, 'rocm'],
    ['auto', {}, join(base, 'none'), null],
    ['auto', { CUDA_VISIBLE_DEVICES: '10000' }, nvidia, null],
    ['auto', { NVIDIA_VISIBLE_DEVICES: 'none' }, nvidia, null],
    ['auto', { NVIDIA_VISIBLE_DEVICES: 'void' }, nvidia, null],
    ['auto', { CUDA_VISIBLE_DEVICES: '0' }, nvidia, 'nvidia'],
    ['nvidia', { CUDA_VISIBLE_DEVICES: '10000' }, amd, 'nvidia'],
    ['none', {}, nvidia, null],
  ] as const)('%s with %j', (wanted, environment, devices, expected) => {
    expect(chooseGpu(wanted, environment, devices)).toBe(expected);
  });
});

describe('the status file', () => {
  const status: JobStatus = {
    schemaVersion: 2,
    outcome: 'starting',
    image: 'a:1',
    repository: 'r',
    path: '/p',
    target: '/t',
    runtime: 'x',
    exitCode: null,
    error: null,
    waitingFor: null,
  };

  test('replaces what stood there, also a link, without following it', () => {
    const victim = join(base, 'victim');
    const file = join(base, 'status.json');
    writeFileSync(victim, 'precious');
    symlinkSync(victim, file);
    writeStatusFile(file, status);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(status);
    expect(readFileSync(victim, 'utf8')).toBe('precious');
    expect(readdirSync(base).filter(name => name.endsWith('.new'))).toEqual([]);
    removeStatusFile(file);
    removeStatusFile(file);
    expect(readdirSync(base)).not.toContain('status.json');
  });

  test('a directory that is not there', () => {
    expect(() => writeStatusFile('/no/such/status.json', status)).toThrow(
      expect.objectContaining({
        code: 'STATUS_FILE',
        message: '--status-file "/no/such/status.json" cannot be written (ENOENT)',
        hint: 'ls -ld /no/such',
        exitCode: 125,
      }),
    );
  });
});
