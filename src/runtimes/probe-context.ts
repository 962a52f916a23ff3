import type { ChildProcess } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { withoutOthersHomes } from '../files/others-homes.ts';
import type { ProbeContext } from './runtime.ts';

/** Where batch systems that give a job no PATH still have their programs. */
const USUAL_PLACES = '/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin';

/** What a probe says of a program that could not be started at all. */
const NOT_STARTED = 126;

/** The real host, for probes. */
export function probeContext(
  environment: ProbeContext['environment'],
  uid: number = process.getuid?.() ?? 0,
  cache = `${environment.HOME ?? ''}/.cache/jcds`,
): ProbeContext {
  const own = withoutOthersHomes(environment, uid);
  return { environment: own, uid, cache, which: name => which(name, environment.PATH), run };
}

function which(name: string, path: string | undefined): string | null {
  const places = [
    ...(path ?? '').split(':').filter(place => place.startsWith('/')),
    ...USUAL_PLACES.split(':'),
  ];
  return places.map(place => `${place.replace(/\/+$/, '')}/${name}`).find(isProgram) ?? null;
}

function isProgram(path: string): boolean {
  try {
    // Most are not there, and an error costs more than the look.
    if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false;
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Milliseconds that a program has to die of SIGKILL: one in a call to a hung file system does not. */
const DYING = 500;

/** The programs that run now. One listener kills all: Node warns of many, and `doctor` asks a dozen programs at once. */
const running = new Set<ChildProcess>();
const killAll = (): void => {
  for (const child of running) child.kill('SIGKILL');
};

/** Interrupted while it probes, jcds leaves nothing behind. */
function remember(child: ChildProcess): void {
  if (running.size === 0) process.on('exit', killAll);
  running.add(child);
}

function forget(child: ChildProcess): void {
  running.delete(child);
  if (running.size === 0) process.off('exit', killAll);
}

/** Loaded only here: remembered probes, the usual case, start no program. */
const run: ProbeContext['run'] = async (file, args, timeout) => {
  const { execFile } = await import('node:child_process');
  return new Promise(resolve => {
    const child = execFile(
      file,
      [...args],
      { timeout, killSignal: 'SIGKILL', maxBuffer: 1 << 20, env: cleanEnvironment(), cwd: '/' },
      (error, stdout, stderr) => {
        const code =
          error === null
            ? 0
            : typeof error.code === 'number'
              ? error.code
              : error.killed
                ? null
                : NOT_STARTED;
        clearTimeout(timer);
        forget(child);
        resolve({ code, stdout, stderr });
      },
    );
    remember(child);
    child.stdin?.end();
    const timer = setTimeout(() => {
      for (const stream of [child.stdout, child.stderr]) stream?.destroy();
      child.unref();
      resolve({ code: null, stdout: '', stderr: '' });
    }, timeout + DYING);
  });
};

/** A probe asks about the host: nothing of the caller's environment may steer it but what finds programs. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const { HOME } = withoutOthersHomes({ HOME: process.env.HOME ?? '/' });
  const home = HOME === undefined ? {} : { HOME };
  return { PATH: `${process.env.PATH ?? ''}:${USUAL_PLACES}`, ...home, LC_ALL: 'C' };
}
