import { randomBytes } from 'node:crypto';
import { readdirSync, renameSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Context } from '../context.ts';
import { type HeldDirectory, holdNamed, letGo, withShownPath } from '../files/held-directory.ts';
import { inOwnWorkplace, sweepWorkplaces } from '../files/own-workplace.ts';
import { ownerName } from '../files/owner.ts';
import { errnoOf } from '../files/refused-file.ts';
import type { DirectoryTarget } from './convert.ts';
import { TargetExistsError } from './errors.ts';

/** How the directories begin in which something is made beside its place: what a killed process has left is known by it. */
const WORKPLACE = '.jcds-new-';

/**
 * Lets `make` fill a directory beside the target, on the same file system and for this user alone, and moves what it made into place at once:
 * nobody sees a half of it. Whatever happens, nothing else is left; what a killed process has left there is removed. Both directories are held open, so that nobody who may write beside the target
 * leads `make` elsewhere. Throws TargetExistsError, RefusedFile where another user's link leads there, what `make` throws, and what the
 * system says.
 * @param target absolute; nothing is there, or an empty directory
 */
export async function inPlace<T>(
  target: string,
  { uid, now }: Pick<Context, 'uid' | 'now'>,
  make: (place: DirectoryTarget) => Promise<T>,
): Promise<T> {
  const above = holdNamed(dirname(target), uid);
  try {
    checkFree(target, above);
    sweepWorkplaces(above, WORKPLACE, uid, now());
    const name = `${WORKPLACE}${ownerName()}-${randomBytes(6).toString('hex')}`;
    return await inOwnWorkplace(above, name, uid, async ({ path: workplace }) => {
      const directory = `${workplace}/rootfs`;
      const result = await make({ directory, workplace });
      moveInto(directory, target, above);
      return result;
    });
  } catch (thrown) {
    throw withShownPath(thrown);
  } finally {
    letGo(above);
  }
}

const TAKEN: ReadonlySet<string> = new Set(['ENOTEMPTY', 'EEXIST', 'ENOTDIR']);

function checkFree(target: string, above: HeldDirectory): void {
  try {
    if (readdirSync(within(above, target)).length > 0) throw new TargetExistsError(target);
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOTDIR') throw new TargetExistsError(target);
    if (errnoOf(thrown) !== 'ENOENT') throw thrown;
  }
}

function moveInto(made: string, target: string, above: HeldDirectory): void {
  try {
    renameSync(made, within(above, target));
  } catch (thrown) {
    if (TAKEN.has(errnoOf(thrown) ?? '')) throw new TargetExistsError(target);
    throw thrown;
  }
}

function within(above: HeldDirectory, target: string): string {
  return `${above.path}/${basename(target)}`;
}
