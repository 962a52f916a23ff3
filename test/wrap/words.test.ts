import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { fromBytes } from '../../src/launch/bytes.ts';
import { latin1, quoteWord } from '../../src/launch/quote.ts';
import { escapeForApptainer, isUtf8 } from '../../src/runtimes/apptainer-environment.ts';
import { BYTES } from '../../src/wrap/bytes-script.ts';
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
      { numRuns: 25 },
    );
  });

  test('it knows UTF-8 from what is none, and escapes values as the row for Apptainer does', () => {
    const text = fc.oneof(
      anyBytes,
      fc
        .array(fc.constantFrom(...INTERESTING), { minLength: 1, maxLength: 6 })
        .map(list => Buffer.from(list.flat())),
    );
    const prelude = `jcds_newline='\n'\njcds_ascii="$jcds_newline\t -~"\nLC_ALL=C\n${BYTES}\n`;
    fc.assert(
      fc.property(fc.array(text, { minLength: 40, maxLength: 40 }), list => {
        const texts = list.map(bytes => fromBytes(bytes));
        const each = `for text in ${texts.map(quoteWord).join(' ')}; do
          if jcds_is_spoilt "$text"; then printf 'bad\\n'; else printf 'good\\n'; fi
          jcds_escape "$text"; printf '%s\\0' "$jcds_text"
        done`;
        const { stdout } = runText(shell, prelude + each);
        const said = stdout.split('\0').slice(0, -1);
        expect(said.map(decoded)).toEqual(
          texts.map(one => `${isUtf8(one) ? 'good' : 'bad'}\n${latin1(one)}`),
        );
      }),
      { numRuns: 15 },
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

  test('arguments that are not UTF-8 travel in variables, from which the image’s sh makes arguments again', () => {
    const script = stage.wrap([NAME, 'sh', '-c']);
    const bytes = ['\udcff', "it's \udcc3(", '\n\n', '', '$x `y` \\', 'z'.repeat(6000)];
    const { started } = runText(shell, `set -- ${bytes.map(quoteWord).join(' ')}\n. '${script}'\n`);
    const at = started!.args.indexOf('/bin/sh');
    const [, dashC, restore = '', name] = started!.args.slice(at);
    expect([dashC, name, started!.args.length]).toEqual(['-c', 'sh', at + 4]);
    const variables = [...started!.environment].filter(([key]) =>
      key.startsWith('APPTAINERENV_JCDS_ARGUMENTS_'),
    );
    const inside = variables.map(
      ([key, value]) =>
        `${key.replace('APPTAINERENV_', '')}=${quoteWord(Buffer.from(decoded(value), 'latin1'))}`,
    );
    const { stdout } = runText(
      'dash',
      `${inside.join('\n')}\nset -- printf\n${restore.replace('exec "$@"', 'printf "%s\\0" "$@"')}`,
    );
    expect(stdout.split('\0').slice(0, -1)).toEqual(['sh', '-c', ...bytes.map(latin1)]);
  });
});

const INTERESTING = [
  ...[
    0x20, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0,
    0xf1, 0xf4,
  ],
  ...[0xf5, 0xff, 0x0a, 0x27, 0x5c, 0x24, 0x60, 0x81, 0x88, 0x5d, 0x5b, 0x2a, 0x2d],
  ...['Дубна', '\u20ac', '\u{1f600}', '\ud7ff\ue000', '\r\n'].map(text => [...Buffer.from(text)]),
];

/** What Apptainer's shell makes of a value, one character a byte. */
function decoded(value: string): string {
  return value
    .replace(/\$\(printf '((?:\\[0-7]{3})*)'\)/g, (_, octal: string) =>
      octal.replace(/\\([0-7]{3})/g, (_, digits: string) => `\u0100${digits}`),
    )
    .replace(/\\([$`\\])/g, '$1')
    .replace(/\u0100([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

test('what the tests take for Apptainer’s shell agrees with the row', () => {
  fc.assert(
    fc.property(anyBytes, bytes => {
      const text = fromBytes(bytes);
      expect(decoded(latin1(escapeForApptainer(text)))).toBe(latin1(text));
    }),
  );
});
