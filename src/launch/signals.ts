import { readLatin1 } from '../files/read.ts';

/**
 * Signals that end a program unless told otherwise, and that callers ignore on purpose (nohup, `trap '' INT`), with
 * Linux' numbers on x86 and ARM: a mask is only ever read from Linux' /proc, and node:os costs the start-up path.
 */
const ENDING = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGUSR1: 10,
  SIGUSR2: 12,
  SIGALRM: 14,
  SIGTERM: 15,
} as const;

/** The signals among `ENDING` that a process ignores, from the mask in its `/proc/PID/status`. */
export function ignoredSignals(status: string): (keyof typeof ENDING)[] {
  const mask = Number.parseInt(/^SigIgn:\s*[0-9a-f]*([0-9a-f]{8})$/m.exec(status)?.[1] ?? '0', 16);
  const names = Object.keys(ENDING) as (keyof typeof ENDING)[];
  return names.filter(name => mask & (1 << (ENDING[name] - 1)));
}

/**
 * Ignores what the launcher ignores: Node sets every signal back to its default when it starts, so `nohup jcds run`
 * would die of a closed terminal while it waits for a publication.
 */
export function ignoreAsLauncher(launcher: number, listen: (signal: NodeJS.Signals) => void = ignore): void {
  let status: string;
  try {
    status = readLatin1('system', `/proc/${launcher}/status`);
  } catch {
    return;
  }
  for (const signal of ignoredSignals(status)) listen(signal);
}

function ignore(signal: NodeJS.Signals): void {
  process.on(signal, () => {});
}
