import { bytesText } from '../output/amount.ts';
import type { Progress } from '../output/progress.ts';

/** Bytes between two updates of a terminal's line. */
const STEP = 16 * 1024 * 1024;

/** Tells which of so many layers a conversion is at, and how many of its bytes, as they come out, are done. */
export function layerTeller(shown: Progress, layers: number): (layer: number, bytes: number) => void {
  let next = 0;
  return (layer, bytes) => {
    if (bytes === 0) next = 0;
    if (bytes < next) return;
    next = bytes + STEP;
    shown.update(`layer ${layer + 1} of ${layers}`, bytes > 0 ? `, ${bytesText(bytes)}` : '');
  };
}
