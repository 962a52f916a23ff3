import { accessSync, constants, fstatSync, readlinkSync, statSync } from 'node:fs';
import type { Context, Output } from './context.ts';
import { errnoName } from './files/refused-file.ts';
import { fromBytes } from './launch/bytes.ts';
import { launcherLives, writeFully } from './launch/emit.ts';
import { readLauncherEnvironment } from './launch/launcher-environment.ts';

const DEFAULT_COLUMNS = 80;

/** The context of this very process. What costs a module or a look-up is found when it is first asked for. */
export function realContext(launcherPid: number | null): Context {
  const { env } = process;
  // Said by bin/jcds, which has just started this in `/`: in a directory that is gone it cannot start.
  const isAway = env.JCDS_NO_DIRECTORY !== undefined;
  if (isAway) delete env.JCDS_NO_DIRECTORY;
  return {
    environment: env,
    cwd: isAway ? null : workingDirectory(env.PWD),
    uid: process.getuid?.() ?? -1,
    gid: process.getgid?.() ?? -1,
    get home() {
      return exactly(env.HOME, 'HOME') || account()?.homedir || '/';
    },
    get accountHome() {
      return account()?.homedir;
    },
    get accountShell() {
      return account()?.shell ?? undefined;
    },
    get userName() {
      return account()?.username ?? env.USER ?? String(process.getuid?.() ?? '');
    },
    stdin: {
      get isTerminal() {
        return isTerminal(0);
      },
    },
    stdout: output(1, launcherPid),
    stderr: output(2, launcherPid),
    now: Date.now,
    // A standalone (.ci/standalone.mjs) is its own script: what Bun calls one is a name inside it.
    self: [process.execPath, ...('bun' in process.versions ? [] : process.argv.slice(1, 2))],
    launcherPid,
  };
}

/** A variable with the bytes that it has; Node has put U+FFFD where they are not UTF-8. */
function exactly(value: string | undefined, name: string): string | undefined {
  if (value?.includes('\ufffd') !== true) return value;
  const { passed } = readLauncherEnvironment(process.pid);
  return passed.find(([found]) => found === name)?.[1] ?? value;
}

/**
 * PWD when it is this directory (it keeps the links of the user's path), else the kernel's name of it. null: it was
 * removed, or nothing in it can be reached.
 */
function workingDirectory(pwd: string | undefined): string | null {
  try {
    accessSync('.', constants.X_OK);
  } catch {
    return null;
  }
  try {
    if (pwd?.startsWith('/')) {
      const [named, here] = [statSync(pwd, { throwIfNoEntry: false }), statSync('.')];
      if (named?.ino === here.ino && named.dev === here.dev) return pwd;
    }
  } catch {
    // The kernel may still know a name of a directory that cannot be read.
  }
  try {
    const cwd = process.cwd();
    return cwd.includes('\ufffd') ? fromBytes(readlinkSync('/proc/self/cwd', 'buffer')) : cwd;
  } catch {
    return null;
  }
}

/** A stream that writes at once and whole, and nothing in the name of a launcher that is dead. */
function output(descriptor: 1 | 2, launcherPid: number | null): Output {
  let failure: string | null = null;
  return {
    get isTerminal() {
      return isTerminal(descriptor);
    },
    get columns() {
      const stream = descriptor === 1 ? process.stdout : process.stderr;
      return isTerminal(descriptor) ? stream.columns || DEFAULT_COLUMNS : DEFAULT_COLUMNS;
    },
    get failure() {
      return failure;
    },
    write(text) {
      if (failure !== null || (launcherPid !== null && !launcherLives(launcherPid))) return false;
      try {
        return writeFully(descriptor, typeof text === 'string' ? Buffer.from(text) : text);
      } catch (thrown) {
        failure = errnoName(thrown as NodeJS.ErrnoException);
        return false;
      }
    },
  };
}

/**
 * node:tty brings node:net with it, some milliseconds on the start-up path: so only for what is a character device and
 * not one of the kernel's own (/dev/null), which is all that a batch job has.
 */
function isTerminal(descriptor: number): boolean {
  try {
    const status = fstatSync(descriptor);
    const isKernelDevice = status.rdev >> 8 === 1;
    if (!status.isCharacterDevice() || isKernelDevice) return false;
  } catch {
    return false;
  }
  return process.getBuiltinModule('node:tty').isatty(descriptor);
}

/** The account's entry, or nothing for a uid that has none (containers, batch slots). */
function account(): { username: string; homedir: string; shell: string | null } | undefined {
  try {
    return process.getBuiltinModule('node:os').userInfo();
  } catch {
    return undefined;
  }
}
