import { expect, test } from 'vitest';
import type { Entries, LauncherEnvironment } from '../../src/launch/launcher-environment.ts';
import {
  INPUT_LIMIT,
  NoFreeDescriptorError,
  type Plan,
  renderExit,
  renderPlan,
  UnholdableNameError,
  WORD_LIMIT,
  WordTooLongError,
} from '../../src/launch/plan.ts';
import { ZeroByteError } from '../../src/launch/quote.ts';

const BARE: Plan = { shift: 0, file: '/bin/true', args: [], environment: { set: [], unset: [] } };
const PLAIN: Entries = [['HOME', '/home/u']];
const NOTHING: LauncherEnvironment = { given: PLAIN, passed: PLAIN };

function render(
  plan: Partial<Plan>,
  environment: Partial<LauncherEnvironment> = {},
  descriptors?: number[],
): string {
  return renderPlan({ ...BARE, ...plan }, { ...NOTHING, ...environment }, descriptors).toString('latin1');
}

const EXEC = `exec '/bin/true' "$@" #jcds:end`;

const plans: [string, string, string][] = [
  ['nothing but a program', render({}), EXEC],
  [
    'words, one of them not UTF-8, and the shift',
    render({ shift: 3, args: ["it's", Buffer.from([0xff]), '\udcfe', ''] }),
    `shift 3\nexec '/bin/true' 'it'\\''s' '\xff' '\xfe' '' "$@" #jcds:end`,
  ],
  [
    'a set and an unset variable',
    render({ environment: { set: [['A', 'b']], unset: ['HOME', 'NOT_THERE'] } }),
    `unset HOME\nexport A='b'\n${EXEC}`,
  ],
  [
    'set beats unset',
    render({ environment: { set: [['HOME', '/x']], unset: ['HOME'] } }),
    `export HOME='/x'\n${EXEC}`,
  ],
  [
    'a locale',
    render({ environment: { set: [['LC_ALL', 'xx_YY']], unset: [] } }),
    `export LC_ALL='xx_YY' 2>/dev/null\n${EXEC}`,
  ],
  ['what the shell added goes', render({}, { passed: [...PLAIN, ['PWD', '/']] }), `unset PWD\n${EXEC}`],
  [
    'what the shell cannot remove goes by env',
    render({}, { passed: [...PLAIN, ['SHLVL', '0']] }),
    `exec /usr/bin/env '-u' 'SHLVL' '/bin/true' "$@" #jcds:end`,
  ],
  [
    'what the shell lost or changed comes back',
    render(
      {},
      { given: [['m%%', '() { :; }'], ['PPID', '3'], ...PLAIN], passed: [['PPID', '99'], ...PLAIN] },
    ),
    `exec /usr/bin/env 'm%%=() { :; }' 'PPID=3' '/bin/true' "$@" #jcds:end`,
  ],
  [
    'a lost variable that the plan drops stays lost',
    render({ environment: { set: [], unset: ['m%%'] } }, { given: [['m%%', '1'], ...PLAIN] }),
    EXEC,
  ],
  [
    'a value of the plan never goes by env',
    render(
      { environment: { set: [['A', 'secret']], unset: [] } },
      { given: [['A', 'x']], passed: [['A', 'y']] },
    ),
    `export A='secret'\n${EXEC}`,
  ],
  ['_ as bash loses it', render({}, { given: [['_', '/bin/jcds'], ...PLAIN] }), `_='/bin/jcds' ${EXEC}`],
  ['NODE_OPTIONS is only hidden from Node', render({}, { given: [['NODE_OPTIONS', '-x'], ...PLAIN] }), EXEC],
  [
    'NODE_OPTIONS that the plan drops',
    render(
      { environment: { set: [], unset: ['NODE_OPTIONS'] } },
      { given: [['NODE_OPTIONS', '-x'], ...PLAIN] },
    ),
    `unset NODE_OPTIONS\n${EXEC}`,
  ],
  [
    'a directory, with PWD and OLDPWD as they were',
    render({ cwd: '/a b' }, { given: [['PWD', '/p']], passed: [['PWD', '/p']] }),
    `cd -P '/a b' || exit 125\nunset OLDPWD\nexport PWD='/p'\n${EXEC}`,
  ],
  [
    'inputs',
    render({ inputs: ["root'\n", '\n'], args: ['--file', { input: 1 }, { input: 0 }] }, {}, [7, 4]),
    `jcds_plan='root'\\'''\nexec 7<<jcds_input\n$jcds_plan\njcds_input\n` +
      `jcds_plan=''\nexec 4<<jcds_input\n$jcds_plan\njcds_input\n` +
      `exec '/bin/true' '--file' 4 7 "$@" #jcds:end`,
  ],
  [
    'a program that env would take for a variable goes without env',
    render({ file: '/a=b/c' }, { given: [['m%%', '1'], ...PLAIN] }),
    `exec '/a=b/c' "$@" #jcds:end`,
  ],
];

test.each(plans)('%s', (_name, rendered, expected) => expect(rendered).toBe(expected));

test('a deliberate end is a plan', () => expect(renderExit(75).toString()).toBe('exit 75 #jcds:end'));

const long = 'x'.repeat(WORD_LIMIT);
const refused: [string, () => unknown, new (...facts: never[]) => Error, string][] = [
  [
    'a name with a dash',
    () => render({ environment: { set: [['A-B', '']], unset: [] } }),
    UnholdableNameError,
    'the environment variable "A-B" cannot be set: shells do not hand on such a name',
  ],
  [
    'a name that bash reserves',
    () => render({ environment: { set: [['UID', '0']], unset: [] } }),
    UnholdableNameError,
    'the environment variable "UID" cannot be set: shells do not hand on such a name',
  ],
  [
    'a value that is too long',
    () => render({ environment: { set: [['A', long]], unset: [] } }),
    WordTooLongError,
    `the environment variable A has ${WORD_LIMIT + 2} bytes, and Linux starts no program with more than ${WORD_LIMIT}`,
  ],
  [
    'an argument that is too long',
    () => render({ args: [`${long}y`] }),
    WordTooLongError,
    `an argument has ${WORD_LIMIT + 1} bytes, and Linux starts no program with more than ${WORD_LIMIT}`,
  ],
  [
    'no descriptor left',
    () => render({ inputs: ['\n', '\n'] }, {}, [9]),
    NoFreeDescriptorError,
    'the runtime needs 2 file descriptors below 10, and the caller leaves 1 free',
  ],
  [
    'a zero byte',
    () => render({ args: ['a\0b'] }),
    ZeroByteError,
    'a word of the plan holds a zero byte: "a\\u0000b"',
  ],
  [
    'an input that is too long',
    () => render({ inputs: [`${'x'.repeat(INPUT_LIMIT)}\n`] }),
    RangeError,
    `an input must end in a newline and have at most ${INPUT_LIMIT} bytes, not ${INPUT_LIMIT + 1}`,
  ],
];

test.each(refused)('refused: %s', (_name, act, kind, message) => {
  expect(act).toThrow(kind);
  expect(act).toThrow(message);
});

test('the longest value and the longest argument pass', () => {
  expect(
    render({ environment: { set: [['A', long.slice(2)]], unset: [] }, args: [long] }).length,
  ).toBeGreaterThan(2 * WORD_LIMIT);
});
