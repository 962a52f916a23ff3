import { readLatin1 } from '../files/read.ts';

/** More processes than this are not followed at one look. */
const MOST = 4096;

/**
 * The largest memory that any process of a tree has had so far, in bytes, as the kernel keeps it for each living process
 * (VmHWM); null: it does not tell. What has ended between two looks is not seen.
 */
export function largestMemory(pid: number): number | null {
  const processes = [pid];
  let largest: number | null = null;
  for (let index = 0; index < processes.length && index < MOST; index += 1) {
    const one = processes[index]!;
    const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(readText(`/proc/${one}/status`))?.[1];
    if (kilobytes !== undefined) largest = Math.max(largest ?? 0, Number(kilobytes) * 1024);
    processes.push(...childrenOf(one));
  }
  return largest;
}

function childrenOf(pid: number): number[] {
  return readText(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
}

function readText(file: string): string {
  try {
    return readLatin1('system', file);
  } catch {
    return '';
  }
}
