import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The words with which every process of this host was started that still runs, by its id; one that nobody has reaped yet does not. */
export function processes(): ReadonlyMap<number, readonly string[]> {
  const found = new Map<number, readonly string[]>();
  for (const pid of readdirSync('/proc').map(Number)) {
    const words = Number.isInteger(pid) && lives(pid) ? of(pid, 'cmdline').split('\0').slice(0, -1) : [];
    if (words.length > 0) found.set(pid, words);
  }
  return found;
}

/** Those in whose words, written with blanks between them, this text stands. */
export function processesOf(text: string): number[] {
  return [...processes()].filter(([, words]) => words.join(' ').includes(text)).map(([pid]) => pid);
}

/** Ends those that were started with this variable, as `NAME=value`. */
export function endProcessesWith(variable: string): void {
  for (const pid of processes().keys()) {
    if (!of(pid, 'environ').split('\0').includes(variable)) continue;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
  }
}

/** Whether a process still runs; one that nobody has reaped yet does not. */
export function lives(pid: number): boolean {
  return /^State:\s+[^XZ]/m.test(of(pid, 'status'));
}

/** The session of a process; '' where it is gone. */
export function sessionOf(pid: number): string {
  return (
    of(pid, 'stat')
      .replace(/^.*\) /s, '')
      .split(' ')[3] ?? ''
  );
}

/** What its descriptors lead to; one that it closes meanwhile is left out, and so are all of a process that ends. */
export function openFilesOf(pid: number): string[] {
  const unlessGone = <T>(look: () => T[]): T[] => {
    try {
      return look();
    } catch {
      return [];
    }
  };
  const names = unlessGone(() => readdirSync(`/proc/${pid}/fd`));
  return names.flatMap(fd => unlessGone(() => [readlinkSync(`/proc/${pid}/fd/${fd}`)]));
}

/** A file that the kernel shows of a process; '' where the process is gone or somebody else's. */
function of(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}
