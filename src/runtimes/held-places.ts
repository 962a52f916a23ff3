import { existsSync } from 'node:fs';
import { readText } from '../files/read.ts';

/**
 * What root's jobs may not write to in /proc: what container engines hold read-only there, too. Files of root's are writable
 * for uid 0 without any capability, and /proc/sys/kernel/core_pattern names a program that the host runs.
 */
export const HELD_IN_PROC = ['bus', 'fs', 'irq', 'sys', 'sysrq-trigger'] as const;

/** What jobs of this uid see read-only: paths of the host in /proc and /sys, and what is mounted below them. */
export function heldPlaces(uid: number): readonly string[] {
  if (uid !== 0) return [];
  const held = [...HELD_IN_PROC.map(name => `/proc/${name}`), '/sys'].filter(path => existsSync(path));
  const below = mounted().filter(
    place => held.some(path => place.startsWith(`${path}/`)) && existsSync(place),
  );
  return [...held, ...new Set(below)];
}

/** proc(5): the fifth field of a line. A name with a blank is none of the kernel's own. */
function mounted(): string[] {
  try {
    return readText('system', '/proc/self/mountinfo')
      .split('\n')
      .map(line => line.split(' ')[4] ?? '');
  } catch {
    return [];
  }
}
