import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { fromBytes } from '../../src/launch/bytes.ts';
import { latin1, quoteWord } from '../../src/launch/quote.ts';
import { escapeForApptainer, isUtf8 } from '../../src/runtimes/apptainer-environment.ts';
import { apptainerScript } from '../../src/wrap/apptainer-script.ts';
import { part } from '../../src/wrap/part.ts';
import COMMON from '../../src/wrap/shell/common.sh';
import HAND from '../../src/wrap/shell/hand.sh';
import { singularityRecord, smallImage } from '../hosts/image-files.ts';
import { anyBytes } from '../launch/bytes.ts';
import { SHELLS, Stage } from './stage.ts';

const stage = new Stage();
afterAll(() => stage.remove());
const NAME = 'library/small:1';
stage.publish({
  [NAME]: { files: { ...smallImage(), ...singularityRecord({ from: 'small:1', env: { PATH: '/bin' } }) } },
});

/** Runs a file of shell text that may hold any bytes. */
function runText(shell: string, text: string) {
  const file = join(stage.folder, 'text');
  writeFileSync(file, Buffer.from(text, 'latin1'));
  return stage.run(stage.by(shell, file));
}

/** What a script needs in order to give a job a variable that only whoever runs it has. */
const GIVES = {
  ...{ binds: [], passed: ['X'], policy: 'keep', registryCheck: null },
  program: { name: 'apptainer', path: null, prefix: 'APPTAINERENV_' },
};

describe.each(SHELLS)('%s', shell => {
  test('arguments that are UTF-8 stand in the runtime’s own, as they are', () => {
    const script = stage.wrap([NAME, 'sh', "it's $x", '--', '-o']);
    const words = fc.array(
      fc.oneof(fc.string({ unit: 'binary', maxLength: 12 }), fc.constantFrom('', "'", '$(x)', '\n', '-')),
      { maxLength: 8 },
    );
    const usable = words.map(list => list.map(word => word.replaceAll('\0', '')).filter(isUtf8));
    fc.assert(
      fc.property(usable, list => {
        const line = `set -- ${list.map(quoteWord).join(' ')}\n. '${script}'\n`;
        const { started } = runText(shell, line);
        expect(started!.args.slice(started!.args.indexOf('sh') + 1)).toEqual([
          "it's $x",
          '--',
          '-o',
          ...list.map(latin1),
        ]);
      }),
      { numRuns: 25, examples: [[['a\r', '']]] },
    );
  });

  test('it knows what Apptainer would change, and escapes all else as the row for Apptainer does', () => {
    const text = fc.oneof(
      anyBytes,
      fc
        .array(fc.constantFrom(...INTERESTING), { minLength: 1, maxLength: 6 })
        .map(list => Buffer.from(list.flat())),
    );
    const prelude = `jcds_newline='\n'
IFS=$jcds_newline LC_ALL=C jcds_said=''
jcds_one=$(printf '\\1') jcds_return=$(printf '\\r')
jcds_fail() { printf 'changed\\0'; exit; }
${part(COMMON)}
${apptainerScript.functions(GIVES as never).join('\n')}
jcds_hand() {
${part(HAND, { CHANGED: 'jcds_fail' })}
}
`;
    fc.assert(
      fc.property(fc.array(text, { minLength: 40, maxLength: 40 }), list => {
        const texts = list.map(bytes => fromBytes(bytes));
        const each = texts.map(
          one =>
            `(jcds_hand ${quoteWord(one)}; jcds_give X ${quoteWord(one)}; printf '%s\\0' "$APPTAINERENV_X")`,
        );
        const { stdout } = runText(shell, `${prelude}${each.join('\n')}`);
        // A byte 1 stands for a line end in a script.
        const isKept = (one: string) => isUtf8(one) && !/\r[\n\u0001]/.test(one);
        expect(stdout.split('\0').slice(0, -1)).toEqual(
          texts.map(one => (isKept(one) ? latin1(escapeForApptainer(one)) : 'changed')),
        );
      }),
      { numRuns: 10 },
    );
  });

  test('whoever calls it cannot break out of it: hostile arguments, variables and PATH', () => {
    const script = stage.wrap([NAME, 'sh']);
    const hostile = [
      '$(touch pwned)',
      '`touch pwned`',
      '; touch pwned',
      "'; touch pwned; '",
      '"$(touch pwned)"',
      '--help',
      '\n touch pwned',
    ];
    const caller = stage.environment(
      Object.fromEntries(
        hostile
          .map((value, index) => [`V${index}`, value])
          .concat([
            ['IFS', '/'],
            ['ENV', '/etc/passwd'],
            ['BASH_ENV', '/no/such'],
            ['CDPATH', '/'],
            ['PS4', '$(touch pwned)'],
            ['JCDS_CVMFS_TIMEOUT', '1; touch pwned'],
            ['CVMFS_BASE', '$(touch pwned)'],
            ['KRB5CCNAME', 'FILE:$(touch pwned)'],
          ]),
      ),
    );
    const { started, stderr } = stage.run([...stage.by(shell, script), ...hostile], caller);
    expect(stderr).toBe('');
    expect(started!.args.slice(-hostile.length)).toEqual(hostile);
    for (const [index, value] of hostile.entries()) expect(started!.environment.get(`V${index}`)).toBe(value);
    expect(() => statSync(join(stage.work, 'pwned'))).toThrow('ENOENT');
  });

  test.each(['\udcff', "it's \udcc3(", 'a\r\nb'])(
    'an argument that Apptainer would change ends the script: %j',
    word => {
      const script = stage.wrap([NAME, 'sh', '-c']);
      expect(runText(shell, `set -- ${quoteWord(word)}\n. '${script}'\n`)).toEqual({
        ...{ status: 125, stdout: '', started: null },
        stderr: expect.stringMatching(
          /^jcds: apptainer would change an argument or a variable: .*\nhint: jcds exec hands it on; .*\n$/,
        ),
      });
    },
  );
});

const INTERESTING = [
  ...[
    0x20, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0,
    0xf1, 0xf4,
  ],
  ...[0xf5, 0xff, 0x0a, 0x27, 0x5c, 0x24, 0x60, 0x81, 0x88, 0x5d, 0x5b, 0x2a, 0x2d],
  ...['Дубна', '\u20ac', '\u{1f600}', '\ud7ff\ue000', '\r\n'].map(text => [...Buffer.from(text)]),
];
