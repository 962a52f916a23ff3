import { type ChildProcess, spawn } from 'node:child_process';
import { readLatin1 } from '../files/read.ts';
import { largestMemory } from './tree-memory.ts';

/** How a job ended, and what was seen of it. */
export interface JobEnd {
  /** The code that a shell would show: 128 and the signal's number where one ended it. */
  readonly code: number;
  readonly signal: NodeJS.Signals | null;
  /** Milliseconds. */
  readonly wall: number;
  /** The most bytes that a look has seen one process to have had; what lived between two looks is not in it. null: not known. */
  readonly peak: number | null;
}

/** Signals that a caller sends to what it started. */
const FORWARDED = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGALRM', 'SIGTERM'] as const;
/** Those that a terminal sends to the job as well. */
const FROM_TERMINAL: ReadonlySet<string> = new Set(['SIGINT', 'SIGQUIT']);
/** Milliseconds between two looks at the memory: the first follows at once, and each pause is twice the last. */
const SHORTEST_PAUSE = 5;
const LONGEST_PAUSE = 500;

/**
 * Runs a shell script as a child that shares this process' streams, group and terminal, hands signals on, and waits.
 * @param descriptors of this process that the child gets too
 * @param descriptor another, on which the shell reads the script
 */
export function supervise(
  script: Buffer,
  descriptors: readonly number[],
  descriptor: number,
): Promise<JobEnd> {
  const started = performance.now();
  const stdio: ('inherit' | 'ignore' | 'pipe' | number)[] = ['inherit', 'inherit', 'inherit'];
  for (let number = 3; number <= Math.max(descriptor, ...descriptors); number += 1)
    stdio[number] = number === descriptor ? 'pipe' : descriptors.includes(number) ? number : 'ignore';
  const read = `jcds_plan=$(/bin/cat <&${descriptor}) || exit 125; exec ${descriptor}<&-; eval "$jcds_plan"; exit 125`;
  const child = spawn('/bin/sh', ['-c', read, 'jcds'], { stdio });
  const input = child.stdio[descriptor] as NodeJS.WritableStream | null;
  input?.on('error', () => {});
  input?.end(script);
  const stopForwarding = forward(child);
  const memory = watchMemory(child);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      stopForwarding();
      resolve({
        code: code ?? 128 + signalNumber(signal),
        signal,
        wall: performance.now() - started,
        peak: memory.stop(),
      });
    });
  });
}

function forward(child: ChildProcess): () => void {
  const handlers = FORWARDED.map(signal => {
    const hand = (): void => {
      // A terminal has sent it to the whole group already.
      if (!(FROM_TERMINAL.has(signal) && isForeground())) child.kill(signal);
    };
    process.on(signal, hand);
    return [signal, hand] as const;
  });
  return () => {
    for (const [signal, hand] of handlers) process.off(signal, hand);
  };
}

/** Whether this process' group is the one that its terminal talks to: fields 5 and 8 of /proc/self/stat. */
function isForeground(): boolean {
  try {
    const fields = readLatin1('system', '/proc/self/stat')
      .replace(/^.*\) /s, '')
      .split(' ');
    return fields[2] === fields[5];
  } catch {
    return false;
  }
}

function watchMemory(child: ChildProcess): { stop(): number | null } {
  let peak: number | null = null;
  let timer: NodeJS.Timeout;
  const look = (pause: number): void => {
    const now = child.pid === undefined ? null : largestMemory(child.pid);
    if (now !== null) peak = Math.max(peak ?? 0, now);
    timer = setTimeout(look, pause, Math.min(LONGEST_PAUSE, pause * 2));
  };
  look(SHORTEST_PAUSE);
  return {
    stop: () => {
      clearTimeout(timer);
      return peak;
    },
  };
}

function signalNumber(signal: NodeJS.Signals | null): number {
  return signal === null ? 0 : (process.getBuiltinModule('node:os').constants.signals[signal] ?? 0);
}

/** Signals after which a core file would be written, which would be this process' and not the job's. */
const WITH_CORE: ReadonlySet<string> = new Set([
  'SIGQUIT',
  'SIGILL',
  'SIGTRAP',
  'SIGABRT',
  'SIGBUS',
  'SIGFPE',
  'SIGSEGV',
  'SIGSYS',
]);

/** Ends this process as the job ended, so that whoever waits sees the same signal. Returns where that cannot be. */
export function endLike({ signal }: Pick<JobEnd, 'signal'>): void {
  if (signal !== null && !WITH_CORE.has(signal)) process.kill(process.pid, signal);
}
