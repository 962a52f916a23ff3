import { readdirSync } from 'node:fs';
import { readLatin1 } from '../files/read.ts';
import { ignoredSignals } from './signals.ts';

/** What a process loses when Node starts it, and a shell can give back. */
export interface LauncherState {
  /** Soft limits as `ulimit` takes them (files; kB of address space); null: not known. */
  readonly openFiles: string | null;
  readonly addressSpace: string | null;
  /** Names without SIG. */
  readonly ignored: readonly string[];
  /** Descriptors above 2 that the caller left open. */
  readonly descriptors: readonly number[];
}

/** What the launcher opens for itself while a plan is made. */
const LAUNCHERS_OWN: ReadonlySet<number> = new Set([8, 9]);
/** Node takes a list as long as the highest number: beyond this nobody means a job to have it. */
const HIGHEST_DESCRIPTOR = 255;

/** Reads the state of a launcher from /proc; where that is hidden, nothing of it is known. */
export function readLauncherState(launcher: number): LauncherState {
  const limits = readText(`/proc/${launcher}/limits`);
  const status = readText(`/proc/${launcher}/status`);
  const soft = (name: string): string | null =>
    new RegExp(`^${name} +(\\S+) `, 'm').exec(limits)?.[1] ?? null;
  const space = soft('Max address space');
  return {
    openFiles: soft('Max open files'),
    addressSpace: space === null || space === 'unlimited' ? space : String(Math.floor(Number(space) / 1024)),
    ignored: ignoredSignals(status).map(name => name.slice('SIG'.length)),
    descriptors: openDescriptors(launcher),
  };
}

function openDescriptors(launcher: number): number[] {
  try {
    return readdirSync(`/proc/${launcher}/fd`)
      .map(Number)
      .filter(number => number > 2 && number <= HIGHEST_DESCRIPTOR && !LAUNCHERS_OWN.has(number))
      .filter(number => !isClosedOnExec(readText(`/proc/${launcher}/fdinfo/${number}`)));
  } catch {
    return [];
  }
}

/** Shells keep their own open in this way (O_CLOEXEC, on x86 and ARM): no caller's, and not open in what they start. */
function isClosedOnExec(information: string): boolean {
  return (Number.parseInt(/^flags:\s*([0-7]+)$/m.exec(information)?.[1] ?? '0', 8) & 0o2000000) !== 0;
}

function readText(file: string): string {
  try {
    return readLatin1('system', file);
  } catch {
    return '';
  }
}
