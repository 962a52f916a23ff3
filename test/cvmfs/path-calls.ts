import { posix } from 'node:path';

/** One system call that took a path, as strace -f printed it, with the path made absolute. */
export interface PathCall {
  readonly name: string;
  readonly path: string;
}

const LINE = /^(\d+)\s+(?:<\.\.\. )?(\w+)(?: resumed>)?(.*)$/;

/**
 * The calls with a path at or below `root`, in order. Working directories are followed (chdir, fork), so that a shell
 * that first goes there and then names what is in it is counted as well.
 * @param trace the output of `strace -f -s 4096 -e trace=%file,%process`, one file for all
 */
export function pathCallsBelow(root: string, trace: string, start: string): PathCall[] {
  const cwds = new Map<string, string>();
  const pending = new Map<string, string>();
  const calls: PathCall[] = [];
  for (const line of trace.split('\n')) {
    const [, pid, name, rest] = LINE.exec(line) ?? [];
    if (pid === undefined || name === undefined || rest === undefined) continue;
    const cwd = cwds.get(pid) ?? start;
    const resumed = line.includes(' resumed>');
    const argument = resumed ? pending.get(pid) : firstPath(name, rest);
    if (/^(clone3?|v?fork)$/.test(name)) {
      const child = /= (\d+)\s*$/.exec(rest)?.[1];
      if (child !== undefined && !cwds.has(child)) cwds.set(child, cwd);
    }
    // The kernel alone answers getcwd, and strace loses its path where another process comes in between.
    if (argument === undefined || argument === '' || name === 'getcwd') continue;
    const path = posix.resolve(cwd, argument);
    if (!resumed && (path === root || path.startsWith(`${root}/`))) calls.push({ name, path });
    if (line.includes('<unfinished ...>')) pending.set(pid, argument);
    else if (name === 'chdir' && / = 0\s*$/.test(rest)) cwds.set(pid, path);
  }
  return calls;
}

/** The first text among a call's arguments; calls relative to a descriptor other than AT_FDCWD are told by it. */
function firstPath(name: string, rest: string): string | undefined {
  if (name === 'symlink' || name === 'execve' || name === 'wait4') return undefined;
  const match = /^\((AT_FDCWD, |\d+, )?"((?:[^"\\]|\\.)*)"/.exec(rest);
  if (match?.[1] !== undefined && match[1] !== 'AT_FDCWD, ' && match[2] !== '')
    throw new Error(`relative to a descriptor: ${rest}`);
  return match?.[2]?.replace(/\\(["\\])/g, '$1');
}
