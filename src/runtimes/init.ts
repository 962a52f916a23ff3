import type { ProbeContext } from './runtime.ts';

/**
 * A static init of this host that can be PID 1 in any image, or null. tini first: catatonit leaves the signals of Ctrl-Z
 * blocked in the job, and knows no 126 and 127 (tried with 0.1.7).
 */
export function findInit(search: ProbeContext): string | null {
  return findTini(search) ?? search.which('catatonit');
}

/** tini by the names of its static builds; the one called tini is linked to libraries that images lack. */
export function findTini(search: ProbeContext): string | null {
  return search.which('tini-static') ?? search.which('docker-init');
}
