import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, readdirSync } from 'node:fs';
import { openNothing } from '../files/nothing.ts';

/**
 * Children that touch CVMFS. A process in a call to a hung mount obeys nothing, not even SIGKILL, until the call
 * returns; and Node cannot end while its own thread is in one. So every look happens in a child that can be left
 * behind: in a session of its own, without any descriptor of the caller (one kept open would keep the caller's
 * `$(…)` waiting), in `/` (its working directory may hang too), and not waited for.
 */
export interface AbandonableChild {
  readonly file: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const SHARED = { detached: true, cwd: '/', windowsHide: true } as const;

/** What a look printed, or why there is nothing. */
export type LookOutput =
  | { readonly state: 'ended'; readonly code: number | null; readonly output: Buffer }
  | { readonly state: 'timeout' }
  | { readonly state: 'failed'; readonly cause: string };

/**
 * Kills a whole session of $$ when jcds has gone, however it went: nobody but jcds holds the other end of what is read here. It
 * keeps nothing else open, and `exec` makes no copy of what was.
 */
const GUARD = 'read -r nothing; kill -KILL "-$$"';
/** Node's pipe for standard output is a socket, which can be read, too. */
const GUARDED_SCRIPT = `look=$!
{ exec <&1 >/dev/null; [ -S /proc/self/fd/0 ] && { ${GUARD}; }; } &
wait "$look"; code=$?; kill -KILL "$!"; exit "$code"`;
/** Becomes its arguments. What is read is descriptor 3. */
const GUARDED_PROGRAM = `{ exec <&3 3<&- >/dev/null; ${GUARD}; } & exec "$@" 3<&-`;

/**
 * Runs a shell script that touches CVMFS and waits for it, blocking. The shell that is started only waits, so that it can
 * be killed; the script runs in a subshell of it, which is what may be left behind.
 * @param timeout milliseconds
 */
export function runShell(script: string, args: readonly string[], timeout: number): LookOutput {
  let covered: ReturnType<typeof coverDescriptors> | null = null;
  try {
    covered = coverDescriptors('ignore');
    const run = spawnSync('/bin/sh', ['-c', `(${script}\n) & ${GUARDED_SCRIPT}`, 'jcds-look', ...args], {
      ...SHARED,
      stdio: covered.stdio,
      env: SHELL_ENVIRONMENT,
      // 0 would mean for ever, and a fraction is refused.
      timeout: Math.max(1, Math.ceil(timeout)),
      killSignal: 'SIGKILL',
    });
    const errno =
      run.error === undefined ? null : ((run.error as NodeJS.ErrnoException).code ?? run.error.message);
    if (errno === 'ETIMEDOUT') {
      killGroup(run.pid);
      return { state: 'timeout' };
    }
    return errno === null
      ? { state: 'ended', code: run.status, output: run.stdout }
      : { state: 'failed', cause: errno };
  } catch (thrown) {
    // Out of descriptors or memory.
    return { state: 'failed', cause: thrown instanceof Error ? thrown.message : String(thrown) };
  } finally {
    covered?.close();
  }
}

/** PATH for readlink and find; no CDPATH, no translations, nothing else of the caller. */
export const SHELL_ENVIRONMENT = { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C' };

/**
 * Starts a child with pipes for its input and output. It does not outlive jcds, if it can be killed at all. A program that is not
 * there ends with 127, one that cannot be started with 126.
 */
export function startChild({ file, args, environment }: AbandonableChild): ChildProcess {
  const covered = coverDescriptors('pipe');
  const [input, output, errors, , ...others] = covered.stdio;
  try {
    const child = spawn('/bin/sh', ['-c', GUARDED_PROGRAM, 'jcds-child', file, ...args], {
      ...SHARED,
      stdio: [input!, output!, errors!, 'pipe', ...others],
      env: { ...environment },
    });
    child.on('exit', () => child.stdio[3]?.destroy());
    return child;
  } finally {
    covered.close();
  }
}

/** Stops caring about a child: it is told to die when it can, and keeps neither jcds nor a descriptor. */
export function abandon(child: ChildProcess): void {
  child.stdout?.destroy();
  child.stdin?.destroy();
  child.stdio[3]?.destroy();
  if (child.exitCode === null && child.signalCode === null) killGroup(child.pid);
  child.unref();
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined || pid <= 0) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended by itself meanwhile.
  }
}

/**
 * Standard streams for a child, and /dev/null over every other open descriptor. Node sees to it that what it inherited
 * is closed on exec, but stops at the first gap above 15 (uv_disable_stdio_inheritance), and bash's are at 63.
 */
function coverDescriptors(input: 'ignore' | 'pipe'): {
  stdio: ('ignore' | 'pipe' | number)[];
  close(): void;
} {
  const empty = openNothing();
  const open = new Set(openDescriptors());
  const highest = Math.max(2, ...open);
  const others = Array.from({ length: highest - 2 }, (_, index) => (open.has(index + 3) ? empty : 'ignore'));
  return { stdio: [input, 'pipe', 'ignore', ...others], close: () => closeSync(empty) };
}

function openDescriptors(): number[] {
  for (const directory of ['/proc/self/fd', '/dev/fd']) {
    try {
      return readdirSync(directory).map(Number).filter(Number.isInteger);
    } catch {
      // Not on this system.
    }
  }
  return [];
}
