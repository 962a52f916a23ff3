/** The pace below which a server counts as hanging, in bytes a second (CVMFS_LOW_SPEED_LIMIT's default). */
export const LOWEST_SPEED = 1024;

/**
 * Ends a request that does not move: within each period at least `LOWEST_SPEED` bytes a second must arrive. That
 * bounds the whole: a body of n bytes takes at most one period more than n / LOWEST_SPEED seconds.
 */
export class PaceWatch {
  readonly #stop = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly signal: AbortSignal;
  failure: 'timeout' | 'slow' | undefined;
  #bytes = 0;
  #hasBegun = false;

  constructor(period: number, outer: AbortSignal | undefined) {
    this.signal = outer ? AbortSignal.any([outer, this.#stop.signal]) : this.#stop.signal;
    this.#timer = setInterval(() => this.#look(period), period);
  }

  received(bytes: number): void {
    this.#bytes += bytes;
    this.#hasBegun = true;
  }

  end(): void {
    clearInterval(this.#timer);
  }

  #look(period: number): void {
    if (this.#bytes * 1000 >= LOWEST_SPEED * period) {
      this.#bytes = 0;
      return;
    }
    this.failure = this.#hasBegun ? 'slow' : 'timeout';
    this.#stop.abort();
  }
}
