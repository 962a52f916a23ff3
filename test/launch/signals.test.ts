import { constants } from 'node:os';
import { expect, test } from 'vitest';
import { ignoreAsLauncher, ignoredSignals } from '../../src/launch/signals.ts';

const table: [string, string, string[]][] = [
  ['nothing', 'SigIgn:\t0000000000000000\n', []],
  ['nohup', 'SigBlk:\t0000000000000001\nSigIgn:\t0000000000000001\nSigCgt:\t0000000000000002\n', ['SIGHUP']],
  ['INT and QUIT, as for a background job', 'SigIgn:\t0000000000000006\n', ['SIGINT', 'SIGQUIT']],
  [
    'all that end',
    'SigIgn:\tffffffffffffffff\n',
    ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGALRM', 'SIGTERM'],
  ],
  ['no such line', 'Name:\tsh\n', []],
];
test.each(table)('%s', (_name, status, expected) => expect(ignoredSignals(status)).toEqual(expected));

test('the numbers are those of this machine', () => {
  for (const name of ignoredSignals('SigIgn:\tffffffffffffffff\n')) {
    const mask = (2n ** BigInt(constants.signals[name] - 1)).toString(16).padStart(16, '0');
    expect(ignoredSignals(`SigIgn:\t${mask}\n`)).toEqual([name]);
  }
});

test('no /proc, nothing ignored', () => {
  ignoreAsLauncher(0, signal => expect.unreachable(signal));
});
