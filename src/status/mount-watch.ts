import type { Context } from '../context.ts';
import { readAttributes } from '../cvmfs/attributes.ts';
import { pauseWithTicks } from './tick.ts';

/** Seconds between two looks at what a mount shows: one extended attribute, answered by the client from memory. */
const STEP = 4;
/** Milliseconds for one of them. */
const PATIENCE = 2000;

/** Pauses that end early where a mount shows something new. */
export interface MountWatch {
  /** @param tick called every second */
  pause(seconds: number, tick?: () => void): Promise<void>;
}

/**
 * Watches which revisions mounts show from now on: after a remount by hand, or by the client itself, something new can be seen at
 * once. Where no revision can be read, pauses last as long as they should.
 * @param paths where repositories are mounted
 */
export function watchMounts(paths: readonly string[], context: Pick<Context, 'environment'>): MountWatch {
  let shown = revisionsAt(paths, context);
  const hasMoved = async (): Promise<boolean> => {
    const [before, now] = [await shown, await revisionsAt(paths, context)];
    if (now !== null) shown = Promise.resolve(now);
    return before !== null && now !== null && before !== now;
  };
  return {
    async pause(seconds, tick = () => {}) {
      const end = performance.now() + seconds * 1000;
      for (let left = seconds; left > 0; left = (end - performance.now()) / 1000) {
        await pauseWithTicks(Math.min(STEP, left), tick);
        if (left > STEP && (await hasMoved())) return;
      }
    },
  };
}

/** null: none is told. */
async function revisionsAt(
  paths: readonly string[],
  { environment }: Pick<Context, 'environment'>,
): Promise<string | null> {
  const names = ['revision', 'root_hash'];
  const read = await Promise.all(
    paths.map(path => readAttributes({ path, names, environment, timeout: PATIENCE })),
  );
  const told = read.map(one => (one.state === 'read' ? Object.values(one.values).join(' ') : ''));
  return told.some(text => text !== '') ? told.join('\n') : null;
}
