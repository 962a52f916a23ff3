const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
/** Longer than Node's timers go, and than anybody waits. */
const LONGEST = 24 * 86_400;

/** Reads `30m`, `1h30m`, `90s` or `90` (seconds) into seconds; null when it is no such text, or is nothing or too long. */
export function parseDuration(text: string): number | null {
  if (!/^(?:\d{1,9}[smhd])+$|^\d{1,9}$/.test(text)) return null;
  const parts = [...text.matchAll(/(\d+)([smhd]?)/g)];
  const seconds = parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNITS[unit!] ?? 1), 0);
  return seconds > 0 && seconds <= LONGEST ? seconds : null;
}

/** For people: `45 s`, `12 min`, `2 h 5 min`. Seconds below an hour only where they matter. */
export function durationText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60)
    return whole % 60 === 0 || minutes >= 10 ? `${minutes} min` : `${minutes} min ${whole % 60} s`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
