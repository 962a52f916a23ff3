import { writeSync } from 'node:fs';

/** The descriptor that bin/jcds opens for the plan. */
export const PLAN_DESCRIPTOR = 9;

/** How often a planning program looks whether its launcher still lives, in milliseconds. */
const LAUNCHER_CHECK = 200;

/** Whether the shell that waits for the plan is still this process' parent. */
export function launcherLives(launcher: number, parent: () => number = () => process.ppid): boolean {
  return parent() === launcher;
}

/**
 * Calls `gone` once the launcher has died (SIGTERM, SIGKILL, a closed terminal), so that nothing is computed, printed
 * or waited for in its name. Never keeps the program alive. Returns how to stop looking.
 */
export function watchLauncher(launcher: number, gone: () => void): () => void {
  const timer = setInterval(() => {
    if (!launcherLives(launcher)) gone();
  }, LAUNCHER_CHECK);
  timer.unref();
  return () => clearInterval(timer);
}

/**
 * Writes the plan for the launcher, whole, before it returns. False when the launcher is no longer there to take it:
 * that is no failure, there is nobody to tell.
 */
export function emitPlan(plan: Buffer, launcher: number, descriptor: number = PLAN_DESCRIPTOR): boolean {
  return launcherLives(launcher) && writeFully(descriptor, plan);
}

/**
 * Writes all bytes synchronously, also to a descriptor that someone else made non-blocking (then it waits a
 * millisecond at a time). False once the reader is gone (EPIPE) or the descriptor is closed (EBADF).
 */
export function writeFully(descriptor: number, bytes: Buffer): boolean {
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(descriptor, bytes, written);
    } catch (thrown) {
      const code = (thrown as NodeJS.ErrnoException).code;
      if (code === 'EPIPE' || code === 'EBADF') return false;
      if (code !== 'EAGAIN') throw thrown;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
  return true;
}
