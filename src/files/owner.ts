import { hostname } from 'node:os';
import { readText } from './read.ts';

/** How long what a process of another host has made is left alone: nobody here can ask whether that process lives. Milliseconds. */
const FOREIGN_AGE = 6 * 3600 * 1000;

/** The name of this process for what it makes in directories that many hosts may share: `HOST-PID-BOOT.START`. */
export function ownerName(): string {
  return `${hostname().slice(0, 64)}-${process.pid}-${bootOf()}.${startOf(process.pid) ?? 0}`;
}

/**
 * Whether the process of such a name is gone. One of another host counts as gone by age, and by a time that no clock of a host that works could give.
 * @param changedAt when what it has made was touched last, in milliseconds since 1970
 */
export function isGone(name: string, changedAt: number, now: number): boolean {
  const [, host, pid = '', boot, start] = /^(.*)-([0-9]+)-([0-9a-f]*)\.([0-9]+)/.exec(name) ?? [];
  if (host !== hostname().slice(0, 64)) return Math.abs(now - changedAt) > FOREIGN_AGE;
  return boot !== bootOf() || startOf(Number(pid)) !== Number(start);
}

function bootOf(): string {
  try {
    return readText('system', '/proc/sys/kernel/random/boot_id')
      .replace(/[^0-9a-f]/g, '')
      .slice(0, 8);
  } catch {
    return '';
  }
}

/** When a process began, in ticks since the host did (proc(5): the 22nd field); null: there is none. */
function startOf(pid: number): number | null {
  try {
    const fields = readText('system', `/proc/${pid}/stat`)
      .replace(/^.*\) /s, '')
      .split(' ');
    return Number(fields[19]);
  } catch {
    return null;
  }
}
