import type { Copy } from './contents.ts';

/** A copy that was used so recently may be in use: nothing on the host tells (milliseconds). */
export const RECENT = 48 * 3600 * 1000;

/**
 * Which copies go so that the others take `bound` bytes at most: the least recently used first, and never one that was used or made in
 * the last 48 hours.
 * @param now milliseconds since 1970
 */
export function superfluous(copies: readonly Copy[], bound: number, now: number): Copy[] {
  let total = copies.reduce((sum, { record }) => sum + (record?.bytes ?? 0), 0);
  const chosen: Copy[] = [];
  for (const copy of [...copies].sort((one, other) => lastOf(one, now) - lastOf(other, now))) {
    if (total <= bound) break;
    if (now - lastOf(copy, now) < RECENT) continue;
    chosen.push(copy);
    total -= copy.record?.bytes ?? 0;
  }
  return chosen;
}

/** A time that no clock which works could give (a record that was made up) says nothing, or the copy would stay for ever. */
function lastOf({ usedAt, record }: Copy, now: number): number {
  const times = [usedAt ?? 0, record?.madeAt ?? 0];
  return Math.max(0, ...times.filter(time => time < now + RECENT));
}
