import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fullName } from '../../src/generate/usage.ts';
import { declarations } from '../../src/program.ts';

// What each command is called with where its home or its disk is no good. A command that is added without a row here fails the
// test that reads the table of commands.

const JOB = ['--runtime', 'apptainer', 'small:1'];

/** By command: what writes nothing, or nothing but what is remembered, so that its answer is that of an ordinary home. */
const ANSWERS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  run: [['run', ...JOB]],
  exec: [
    ['exec', ...JOB, 'ls'],
    ['exec', '-n', ...JOB, 'ls'],
    ['exec', '--runtime', 'apptainer', 'small:2', 'ls'],
  ],
  shell: [['shell', ...JOB]],
  resolve: [
    ['resolve', 'small:1'],
    ['resolve', 'small:2'],
  ],
  list: [['list']],
  status: [['status', 'small:1', 'small:2']],
  wait: [['wait', '--timeout', '1min', 'small:1']],
  doctor: [['doctor', '--runtime', 'apptainer', 'small:1']],
  cache: [['cache', 'small:1']],
  request: [['request', 'small:1']],
  requests: [['requests']],
  'auth status': [['auth', 'status']],
  'store list': [['store', 'list']],
  wrap: [['wrap', ...JOB, 'ls']],
  'condor submit': [['condor', 'submit', '--dry-run', 'small:1', '/bin/ls']],
  'condor wrapper': [['condor', 'wrapper']],
  'condor machine-ad': [['condor', 'machine-ad']],
  'condor install': [['condor', 'install', '--dry-run']],
  'config list': [['config', 'list']],
  'config get': [['config', 'get', 'gpu']],
  'config trust': [['config', 'trust', '/etc']],
  'config untrust': [['config', 'untrust', '/etc']],
  'completion bash': [['completion', 'bash']],
  'completion zsh': [['completion', 'zsh']],
  'completion fish': [['completion', 'fish']],
  help: [['help'], ['help', 'configuration'], ['--version']],
};

/** By command: where the write into the home is the command, its code. */
const WRITES: Readonly<Record<string, readonly (readonly [words: readonly string[], code: number])[]>> = {
  'config set': [[['config', 'set', 'gpu', 'none'], 2]],
  'config unset': [[['config', 'unset', 'gpu'], 2]],
  'completion install': [
    [['completion', 'install', 'fish'], 1],
    [['completion', 'install', 'bash'], 1],
  ],
  'completion refresh': [[['completion', 'refresh'], 1]],
};

/** Those that remove something: each file has a test of its own for them. */
const REMOVALS = ['cache prune', 'completion uninstall'];

/** Those that need an image that is not published: test/store, test/conversion and test/service have the bad places of these. */
const ELSEWHERE = ['convert', 'pull', 'store remove', 'store prune', 'store verify', 'sync'];

/** The command lines of all answers. */
export const ANSWER_LINES = Object.values(ANSWERS).flat();
/** The command lines of all writes into the home, with their codes. */
export const WRITE_LINES = Object.values(WRITES).flat();

/** Command lines that write into a directory which is named on them, with their codes where they cannot. */
export function writesInto(
  directory: string,
): readonly (readonly [words: readonly string[], code: number])[] {
  return [
    [['exec', '--status-file', join(directory, 'status.json'), ...JOB, 'ls'], 125],
    [['wrap', '-o', join(directory, 'script'), ...JOB, 'ls'], 1],
    [['condor', 'wrapper', '-o', join(directory, 'wrapper')], 1],
    [['condor', 'install', '--root', join(directory, 'root')], 1],
  ];
}

/** Holds that every command of the table of commands has its row. */
export function everyCommandIsHere(): void {
  test('every command is in the table', async () => {
    const names = (await declarations()).map(fullName);
    expect([...Object.keys(ANSWERS), ...Object.keys(WRITES), ...REMOVALS, ...ELSEWHERE].sort()).toEqual(
      names.sort(),
    );
  });
}
