import { expect, test } from 'vitest';
import { progress } from '../../src/output/progress.ts';

function told(isTerminal: boolean, settings: { quiet?: boolean; dumb?: boolean; columns?: number } = {}) {
  let text = '';
  const write = (piece: string): boolean => {
    text += piece;
    return true;
  };
  const { quiet = false, dumb = false, columns = 30 } = settings;
  const line = progress({ isTerminal, columns, write }, { quiet, dumb });
  line.update('the server is at 812', ', 1 s');
  line.update('the server is at 812', ', 2 s');
  line.update('the \u001b[31mserver is at 813, this client at 812');
  line.end();
  return text;
}

test('a terminal has one line, which is replaced, cut to its width, and cleared at the end', () => {
  expect(told(true)).toBe(
    ['', 'the server is at 812, 1 s', 'the server is at 812, 2 s', 'the ?[31mserver is at 813,...', ''].join(
      '\r\u001b[K',
    ),
  );
});

test.each([
  ['a log', false, {}],
  ['a dumb terminal', true, { dumb: true }],
])('%s gets a line for all that is new', (_what, isTerminal, settings) => {
  expect(told(isTerminal, settings)).toBe(
    'jcds: the server is at 812\njcds: the ?[31mserver is at 813, this client at 812\n',
  );
});

test('-q says nothing', () => {
  expect(told(true, { quiet: true })).toBe('');
});
