import { expect, test } from 'vitest';
import { scanWords } from '../src/scan-words.ts';

const ROWS = [
  { flags: '-v, --verbose', description: '' },
  { flags: '--json', description: '' },
  { flags: '-B, --bind <spec>', description: '' },
  { flags: '--status-file <file>', description: '' },
];

test.each<[string, number | undefined, Record<string, string | true>, string[], string[]]>([
  ['exec IMG prog --json', 2, {}, ['exec', 'IMG'], []],
  ['exec --json IMG prog', 2, { json: true }, ['exec', 'IMG'], []],
  ['-v exec IMG', 2, { verbose: true }, ['exec', 'IMG'], []],
  ['exec -- IMG --json', 2, {}, ['exec'], []],
  ['exec --bind --json IMG', 2, { bind: '--json' }, ['exec', 'IMG'], []],
  ['exec -B--json --bind=x IMG', 2, { bind: 'x' }, ['exec', 'IMG'], []],
  ['exec --status-file', 2, { statusFile: true }, ['exec'], []],
  ['exec --status-file=a=b', 2, { statusFile: 'a=b' }, ['exec'], []],
  ['exec -e A=1 --json IMG', 2, {}, ['exec', 'A=1'], ['-e']],
  ['exec --bad - --json', 2, {}, ['exec', '-'], ['--bad']],
  ['list a b --json', undefined, { json: true }, ['list', 'a', 'b'], []],
])('%s', (line, most, options, operands, unknown) => {
  expect(scanWords(line.split(' '), ROWS, most)).toEqual({ options, operands, unknown });
});
