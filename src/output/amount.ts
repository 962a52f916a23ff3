const UNITS = ['kB', 'MB', 'GB', 'TB', 'PB'];

/** Bytes for people, in powers of 1000: `0 B`, `999 B`, `1.5 kB`, `31 MB`, `4.2 GB`. */
export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${Math.round(bytes)} B`;
  let amount = bytes;
  let unit = -1;
  // 999.5 would be shown as 1000 of a unit.
  while (unit < 0 || (amount >= 999.5 && unit < UNITS.length - 1)) {
    amount /= 1000;
    unit += 1;
  }
  return `${amount < 9.95 ? amount.toFixed(1) : Math.round(amount)} ${UNITS[unit]}`;
}

/** `1 %`, `26.7 %`; no more digits than are of use. */
export function percentText(percent: number): string {
  return `${percent > 0 && percent < 99.95 && percent % 1 !== 0 ? percent.toFixed(1) : Math.round(percent)} %`;
}

const BAR = 10;

/** A share between 0 and 1 as a bar: `[###-------]`. Not empty where there is something, not full where it is not. */
export function bar(share: number): string {
  const bounded = Math.min(1, Math.max(0, share));
  const full =
    bounded <= 0 ? 0 : bounded >= 1 ? BAR : Math.min(BAR - 1, Math.max(1, Math.round(bounded * BAR)));
  return `[${'#'.repeat(full)}${'-'.repeat(BAR - full)}]`;
}
