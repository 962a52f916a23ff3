import { readFileSync } from 'node:fs';
import { constants } from 'node:os';

/** Signals that end a program unless told otherwise, and that callers ignore on purpose (nohup, `trap '' INT`). */
const ENDING = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGUSR1', 'SIGUSR2', 'SIGALRM'] as const;

/** The signals among `ENDING` that a process ignores, from the mask in its `/proc/PID/status`. */
export function ignoredSignals(status: string): (typeof ENDING)[number][] {
  const mask = Number.parseInt(/^SigIgn:\s*[0-9a-f]*([0-9a-f]{8})$/m.exec(status)?.[1] ?? '0', 16);
  return ENDING.filter(signal => mask & (1 << (constants.signals[signal] - 1)));
}

/**
 * Ignores what the launcher ignores: Node sets every signal back to its default when it starts, so `nohup jcds run`
 * would die of a closed terminal while it waits for a publication.
 */
export function ignoreAsLauncher(launcher: number, listen: (signal: NodeJS.Signals) => void = ignore): void {
  let status: string;
  try {
    status = readFileSync(`/proc/${launcher}/status`, 'latin1');
  } catch {
    return;
  }
  for (const signal of ignoredSignals(status)) listen(signal);
}

function ignore(signal: NodeJS.Signals): void {
  process.on(signal, () => {});
}
