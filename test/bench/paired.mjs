// Paired timings: the commands of a row run in turn, A B A B …, so that a drift of the machine's speed meets both.
import { spawnSync } from 'node:child_process';
import { loadavg } from 'node:os';

/** Wall time of one run of `words`, in milliseconds. A command that fails ends the bench: its time means nothing. */
function time(words, options) {
  const started = process.hrtime.bigint();
  const { status, error, stderr } = spawnSync(words[0], words.slice(1), {
    stdio: ['ignore', 'ignore', 'pipe'],
    ...options,
  });
  const elapsed = Number(process.hrtime.bigint() - started) / 1e6;
  if (error !== undefined || status !== 0)
    throw new Error(`${words.join(' ')}: ${error?.message ?? `ended with ${status}: ${stderr}`}`);
  return elapsed;
}

/** The middle value. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Times commands in turn.
 * @param sides name -> list of commands that run one after another and count together
 * @returns name -> list of times in milliseconds, pair by pair
 */
export function paired(sides, { runs = 20, warmup = 2, options = {} } = {}) {
  const times = Object.fromEntries(Object.keys(sides).map(name => [name, []]));
  for (let run = -warmup; run < runs; run += 1)
    for (const [name, commands] of Object.entries(sides)) {
      const elapsed = commands.reduce((sum, words) => sum + time(words, options), 0);
      if (run >= 0) times[name].push(elapsed);
    }
  return times;
}

/** The median of the ratios of each pair, which a drift of the machine does not touch. */
export function ratio(a, b) {
  return median(a.map((value, index) => value / b[index]));
}

/** A line about the machine, for the table's caption. */
export function machine() {
  return `Node ${process.version}, load ${loadavg()[0].toFixed(1)}`;
}
