import { fstatSync } from 'node:fs';
import { readLatin1 } from '../files/read.ts';
import type { RunRequest } from '../runtimes/runtime.ts';

/** What a job inherits from whoever starts it, and what a runtime whose daemon starts it has to be told. */
export type Caller = Pick<RunRequest, 'umask' | 'limits' | 'hasInput'> & {
  readonly groups: readonly number[];
};

/** The names of setrlimit(2), by those of /proc/PID/limits. */
const LIMITS: Readonly<Record<string, string>> = {
  'cpu time': 'cpu',
  'file size': 'fsize',
  'data size': 'data',
  'stack size': 'stack',
  'core file size': 'core',
  'resident set': 'rss',
  processes: 'nproc',
  'open files': 'nofile',
  'locked memory': 'memlock',
  'address space': 'as',
  'file locks': 'locks',
  'pending signals': 'sigpending',
  'msgqueue size': 'msgqueue',
  'nice priority': 'nice',
  'realtime priority': 'rtprio',
  'realtime timeout': 'rttime',
};

/** Reads it of this process; the limits of the launcher's, since Node.js raises its own. */
export function readCaller(
  launcherPid: number | null,
  read: (file: string) => string = file => readLatin1('system', file),
  standardInput = 0,
): Caller {
  return {
    umask: process.umask(),
    groups: process.getgroups?.() ?? [],
    limits: limitsIn(quietly(() => read(`/proc/${launcherPid ?? 'self'}/limits`)) ?? ''),
    hasInput: quietly(() => hasInput(fstatSync(standardInput))) ?? false,
  };
}

/** Lines are `Max open files            1024                 4096                 files`. */
function limitsIn(text: string): RunRequest['limits'] {
  const number = (word: string) => (word === 'unlimited' ? null : Number(word));
  return [...text.matchAll(/^Max (.+?)\s{2,}(\w+)\s+(\w+)/gm)].flatMap(
    ([, title = '', soft = '', hard = '']) => {
      const name = LIMITS[title];
      return name === undefined ? [] : [{ name, soft: number(soft), hard: number(hard) }];
    },
  );
}

/** A file, a pipe or a socket may hold something; /dev/null does not, and of a terminal `interactive` tells. */
function hasInput(stats: { isCharacterDevice(): boolean }): boolean {
  return !stats.isCharacterDevice();
}

function quietly<T>(look: () => T): T | null {
  try {
    return look();
  } catch {
    return null; // closed, or /proc is hidden
  }
}
