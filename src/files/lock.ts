import { spawnSync } from 'node:child_process';
import { closeSync, constants, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { ownerName } from './owner.ts';

const { O_RDWR, O_CREAT, O_NOFOLLOW } = constants;
/** What flock(1) is told to end with where another one holds the lock. */
const TAKEN = 99;

/** What became of the wish to lock a file. `no-program`: flock(1) of util-linux is not there. */
export type Locking =
  | { readonly state: 'locked'; release(): void }
  | { readonly state: 'taken'; readonly owner: string }
  | { readonly state: 'no-program' };

/**
 * Locks a file, which is made where it is missing, by flock(2): the kernel lets go of it when this process ends, however that ends. Node has no call for it; the
 * program is given the open file, and a lock belongs to that and not to who asked for it. Throws what the system says.
 */
export function lockFile(file: string): Locking {
  const descriptor = openSync(file, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600);
  const release = (): void => closeSync(descriptor);
  try {
    const words = ['--exclusive', '--nonblock', '--conflict-exit-code', String(TAKEN), '3'];
    const { status } = spawnSync('flock', words, { stdio: ['ignore', 'ignore', 'ignore', descriptor] });
    if (status === 0) {
      ftruncateSync(descriptor);
      writeSync(descriptor, ownerName(), 0);
      return { state: 'locked', release };
    }
    const owner = Buffer.alloc(200);
    const length = readSync(descriptor, owner, 0, owner.length, 0);
    release();
    return status === TAKEN
      ? { state: 'taken', owner: owner.toString('utf8', 0, length) }
      : { state: 'no-program' };
  } catch (thrown) {
    release();
    throw thrown;
  }
}
