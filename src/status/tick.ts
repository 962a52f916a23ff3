/** Lets seconds pass and calls `tick` every second meanwhile. */
export function pauseWithTicks(seconds: number, tick: () => void): Promise<void> {
  return new Promise(resolve => {
    const ticking = setInterval(tick, 1000);
    setTimeout(() => {
      clearInterval(ticking);
      resolve();
    }, seconds * 1000);
  });
}
