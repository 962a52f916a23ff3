/** When everything that a command gathers must be there. */
export interface Deadline {
  /** Milliseconds that are left, at least 1. */
  left(): number;
}

/** Counts from now. */
export function deadlineIn(milliseconds: number): Deadline {
  const end = performance.now() + milliseconds;
  return { left: () => Math.max(1, Math.ceil(end - performance.now())) };
}
