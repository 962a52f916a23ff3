import { expect, test } from 'vitest';
import { UsageError } from '../../src/errors.ts';
import { printError } from '../../src/output/console.ts';

test('no value from outside makes a line that looks like one of jcds’ own', () => {
  let printed = '';
  const stderr = {
    isTerminal: false,
    columns: 80,
    write: (text: string) => {
      printed += text;
      return true;
    },
  };
  const value = 'x\nhint: evil\njcds: evil\n\rhint: evil\u2028hint: evil';
  printError({ stderr }, new UsageError(`no runtime:\n${value}`, `see:\n${value}`), false);
  expect(printed.split('\n').filter(line => /^(?:jcds|hint):/.test(line))).toEqual([
    'jcds: no runtime:',
    'hint: see:',
  ]);
  expect(printed).not.toMatch(/[\r\u2028]/);
});
