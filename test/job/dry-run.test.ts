import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { commandLine } from '../../src/job/dry-run.ts';
import type { Invocation } from '../../src/runtimes/runtime.ts';
import { aRequest } from '../runtimes/requests.ts';

function line(
  invocation: Partial<Invocation> & { readonly cwd?: string },
  given: string[] | null = [],
): string {
  const whole = { file: '/bin/sh', args: [], environment: { set: [], unset: [] }, ...invocation };
  return commandLine({ invocation: whole, userArguments: ['a b'], request: aRequest(), given });
}

test('variables stand in front, those of --env masked under every name that a runtime gives them', () => {
  const set = [
    ['A', 'se cret'],
    ['APPTAINERENV_A', 'se\\cret'],
    ['JCDS_HELD_A', 'secret'],
    ['AB', 'x y'],
  ] as const;
  const unset = ['LD_PRELOAD', 'ODD%'];
  const invocation = { args: ['-c', 'x'], environment: { set, unset } };
  const rest = "AB='x y' /usr/bin/env -u LD_PRELOAD -u ODD% /bin/sh -c x 'a b'";
  expect(line(invocation, ['A'])).toBe(`A='***' APPTAINERENV_A='***' JCDS_HELD_A='***' ${rest}`);
  expect(line(invocation, null)).toBe(`A='se cret' APPTAINERENV_A='se\\cret' JCDS_HELD_A=secret ${rest}`);
});

test('a runtime that cannot start where the caller is starts elsewhere', () => {
  expect(line({ cwd: '/' })).toBe("cd / && /bin/sh 'a b'");
});

test('what reads bytes that no here-document holds is left out, and the other descriptors stay', () => {
  const args = ['-c', 'cat <&"$1"', 'sh', { input: 1 }, '--filter', { input: 0 }];
  const shown = line({ args, inputs: [Buffer.from([0, 1]), 'text\n'] });
  expect(shown).not.toContain('--filter');
  expect(spawnSync('/bin/sh', ['-c', shown]).stdout.toString()).toBe('text\n');
});

describe.each(['/bin/dash', '/bin/bash'])('in %s', shell => {
  test('texts for descriptors arrive, whatever an image has put into them', () => {
    const inputs = [
      'JCDS\nJCDS_\n$(echo evaluated) `echo evaluated` \\\\ \\$x "q" \'\n',
      '\u001b[2J\u202e caf\udce9\r\nJCDS__\n',
    ];
    const args = ['-c', 'cat <&"$1"; cat <&"$2"; echo "$3"', 'sh', { input: 0 }, { input: 1 }];
    const shown = line({ args, inputs });
    expect(shown.replace(/\n/g, '')).toMatch(/^[^\p{Cc}\p{Cf}\p{Cs}]*$/u);
    const { stdout, stderr } = spawnSync(shell, ['-c', shown]);
    const [first = '', second = ''] = inputs;
    expect(stdout.toString('latin1')).toBe(
      `${first}${Buffer.from(second.replace('\udce9', '')).toString('latin1').replace('caf', 'caf\xe9')}a b\n`,
    );
    expect(stderr.toString()).toBe('');
  });
});
