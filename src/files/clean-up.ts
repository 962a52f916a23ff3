/** What ends a process from outside, and can be noticed by it. */
const SIGNALS = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const;

/**
 * Lets `act` work, and cleans up behind it: also where a signal ends the process meanwhile, of which it dies then as it would have. A signal is noticed
 * when the event loop turns, so who works long lets it (RegularFile.pieces does). Of SIGKILL nobody hears: the next one sweeps.
 */
export async function cleaningUp<T>(clean: () => void, act: () => Promise<T>): Promise<T> {
  const end = (signal: NodeJS.Signals): void => {
    letPass();
    try {
      clean();
    } finally {
      process.kill(process.pid, signal);
    }
  };
  const letPass = (): void => {
    for (const signal of SIGNALS) process.off(signal, end);
  };
  for (const signal of SIGNALS) process.on(signal, end);
  try {
    return await act();
  } finally {
    letPass();
    clean();
  }
}
