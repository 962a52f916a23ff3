import { readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';

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

/** Whether a process still runs; one that nobody has reaped yet does not. */
export function lives(pid: number): boolean {
  return /^State:\s+[^XZ]/m.test(of(pid, 'status'));
}

/** A file that the kernel shows of a process; '' where the process is gone or somebody else's. */
function of(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}

/**
 * Removes a folder, and ends before what a test has left running with it: whoever was started with its name in its words,
 * its environment or its working directory, such as a listing in the background for a home that lies there.
 */
export function removeFolder(folder: string): void {
  const clock = new Int32Array(new SharedArrayBuffer(4));
  for (let left = usersOf(folder); left.length > 0; left = usersOf(folder)) {
    for (const pid of left) kill(pid);
    Atomics.wait(clock, 0, 0, 5);
  }
  rmSync(folder, { recursive: true, force: true });
}

function usersOf(folder: string): number[] {
  const name = Buffer.from(folder).toString('latin1');
  const mentions = (pid: number) =>
    [of(pid, 'cmdline'), of(pid, 'environ'), directoryOf(pid)].some(text => text.includes(name));
  return [...processes().keys()].filter(pid => pid !== process.pid && mentions(pid));
}

function directoryOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`, 'latin1');
  } catch {
    return '';
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
