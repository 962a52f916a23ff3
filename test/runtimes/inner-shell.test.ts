import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromBytes, toBytes } from '../../src/launch/bytes.ts';
import {
  encode,
  type InnerWork,
  innerVariables,
  innerWords,
  needsInnerShell,
} from '../../src/runtimes/inner-shell.ts';
import { SHELLS } from '../wrap/stage.ts';
import { aRequest } from './requests.ts';

const NOTHING: InnerWork = { encoded: [], lost: [], surplus: [], umask: null };

const someBytes = fc
  .array(fc.oneof(fc.constantFrom(...Buffer.from('\\$`"\'%\n 0123')), fc.integer({ min: 1, max: 255 })), {
    maxLength: 20,
  })
  .map(bytes => fromBytes(Buffer.from(bytes)));

/** Runs the words by this shell as an engine would: the words, then the caller's arguments, spoiled. */
function run(
  shell: string,
  words: readonly string[],
  spoiled: readonly string[],
  env: NodeJS.ProcessEnv = {},
) {
  const rest = words.slice(1);
  const { stdout, stderr } = spawnSync(shell, [...rest, ...spoiled], {
    stdio: ['ignore', 'pipe', 'pipe'],
    argv0: 'sh',
    env: { PATH: process.env.PATH, ...env },
  });
  expect(stderr.toString()).toBe('');
  return stdout.toString('latin1');
}

describe.each(SHELLS)('%s', shell => {
  test('words and arguments of any bytes arrive', () => {
    fc.assert(
      fc.property(fc.array(someBytes, { maxLength: 4 }), args => {
        const request = aRequest({ words: ['printf', '%s\\0', '-', '\udcff'], rawArguments: args });
        const expected = ['-', '\udcff', ...args].map(arg => `${toBytes(arg).toString('latin1')}\0`).join('');
        const spoiled = args.map(() => 'spoiled');
        expect(run(shell, innerWords(request, NOTHING), spoiled)).toBe(expected);
      }),
      { numRuns: 25 },
    );
  });

  test('variables of any bytes arrive under their own name alone', () => {
    fc.assert(
      fc.property(someBytes, value => {
        const work = { ...NOTHING, encoded: [['LD_X', value]] as const };
        const words = innerWords(aRequest({ words: ['env', '-0'] }), work);
        const all = run(shell, words, [], Object.fromEntries(innerVariables(work))).split('\0');
        expect(all.filter(entry => /^(?:LD_X|[^=]*jcds)/.test(entry))).toEqual([
          `LD_X=${toBytes(value).toString('latin1')}`,
        ]);
      }),
      { numRuns: 25 },
    );
  });

  test('umask, names that no shell holds, and names that shells add', () => {
    const work: InnerWork = {
      encoded: [],
      lost: [['BASH_FUNC_m%%', '() { :\n}']],
      surplus: ['SHLVL', 'OLDPWD'],
      umask: 0o027,
    };
    const see = (...words: string[]) => run(shell, innerWords(aRequest({ words }), work), []);
    expect(see('sh', '-c', 'umask')).toBe('0027\n');
    const names = see('env', '-0').split('\0');
    expect(names).toContain('BASH_FUNC_m%%=() { :\n}');
    expect(names.filter(entry => /^(?:SHLVL|OLDPWD)=/.test(entry))).toEqual([]);
  });
});

test('encoded text is harmless ASCII', () => {
  expect(encode('a \\ % é\n\udcff')).toBe('a \\0134 % \\0303\\0251\\0012\\0377');
});

test('the image’s shell is needed only for what engines cannot hand on', () => {
  const needs = (changes: Parameters<typeof aRequest>[0], work: Partial<InnerWork> = {}) =>
    needsInnerShell(aRequest(changes), { ...NOTHING, ...work });
  expect([
    needs({}),
    needs({}, { lost: [['a%', '1']], surplus: ['SHLVL'] }),
    needs({ words: ['\udc80'] }),
    needs({ rawArguments: ['\udc80'] }),
    needs({}, { umask: 0o27 }),
    needs({}, { encoded: [['LD_X', '']] }),
  ]).toEqual([false, false, true, true, true, true]);
});
