import { expect, test } from 'vitest';
import { watch } from '../../src/output/watch.ts';

/** Watches until the reader has had enough. */
async function watched(isTerminal: boolean, reads: number) {
  const written: string[] = [];
  const pauses: number[] = [];
  let round = 0;
  const write = (text: string): boolean => written.push(text) < reads;
  const look = async () => ({ text: `round ${++round}\n`, code: round });
  const code = await watch(look, { isTerminal, columns: 80, write }, 30_000, async milliseconds => {
    pauses.push(milliseconds);
  });
  return { written, pauses, code };
}

test('a pipe gets round after round, and when it is closed the last code counts', async () => {
  expect(await watched(false, 3)).toEqual({
    written: ['round 1\n', 'round 2\n', 'round 3\n'],
    pauses: [30_000, 30_000],
    code: 3,
  });
});

test('a terminal shows one round alone', async () => {
  const { written } = await watched(true, 2);
  expect(written[1]).toBe('\u001b[H\u001b[2J\u001b[3Jround 2\n');
});
