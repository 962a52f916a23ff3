import { randomBytes } from 'node:crypto';
import { closeSync, linkSync, lstatSync, openSync, readdirSync, renameSync, writeSync } from 'node:fs';
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
export function inPlace<T>(
  target: string,
  context: PlaceContext,
  make: (place: DirectoryTarget) => Promise<T>,
): Promise<T> {
  return beside(target, context, async (place, above) => {
    checkFree(target, above);
    const result = await make(place);
    moveInto(place.directory, target, above);
    return result;
  });
}

/**
 * The same for a file, which `make` writes by the function that it is given.
 * @param target absolute; nothing is there
 */
export function inPlaceOfFile<T>(
  target: string,
  context: PlaceContext,
  make: (place: DirectoryTarget, write: (bytes: Buffer) => void) => Promise<T>,
): Promise<T> {
  return beside(target, context, async (place, above) => {
    if (lstatSync(within(above, target), { throwIfNoEntry: false }) !== undefined)
      throw new TargetExistsError(target);
    const made = `${place.workplace}/file`;
    const descriptor = openSync(made, 'wx');
    try {
      const result = await make(place, bytes => {
        for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at, bytes.length - at);
      });
      linkInto(made, target, above);
      return result;
    } finally {
      closeSync(descriptor);
    }
  });
}

/** Lets `make` work in a directory for what is only in passing: TMPDIR, or /tmp. Throws as `inPlace`. */
export function inPassing<T>(
  { environment, ...context }: PlaceContext & Pick<Context, 'environment'>,
  make: (place: DirectoryTarget) => Promise<T>,
): Promise<T> {
  const named = environment.TMPDIR;
  return beside(`${named?.startsWith('/') === true ? named : '/tmp'}/x`, context, make);
}

type PlaceContext = Pick<Context, 'uid' | 'now'>;

async function beside<T>(
  target: string,
  { uid, now }: PlaceContext,
  make: (place: DirectoryTarget, above: HeldDirectory) => Promise<T>,
): Promise<T> {
  const above = holdNamed(dirname(target), uid);
  try {
    sweepWorkplaces(above, WORKPLACE, uid, now());
    const name = `${WORKPLACE}${ownerName()}-${randomBytes(6).toString('hex')}`;
    return await inOwnWorkplace(above, name, uid, ({ path: workplace }) =>
      make({ directory: `${workplace}/rootfs`, workplace }, above),
    );
  } catch (thrown) {
    throw withShownPath(thrown);
  } finally {
    letGo(above);
  }
}

const TAKEN: ReadonlySet<string> = new Set(['ENOTEMPTY', 'EEXIST', 'ENOTDIR']);
const NO_LINKS: ReadonlySet<string> = new Set(['EPERM', 'EMLINK', 'ENOTSUP', 'ENOSYS']);

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

/** By link(2), which replaces nothing; a file system that knows no hard links gets a rename. */
function linkInto(made: string, target: string, above: HeldDirectory): void {
  const place = within(above, target);
  try {
    linkSync(made, place);
  } catch (thrown) {
    const errno = errnoOf(thrown) ?? '';
    if (TAKEN.has(errno)) throw new TargetExistsError(target);
    if (!NO_LINKS.has(errno)) throw thrown;
    renameSync(made, place);
  }
}

function within(above: HeldDirectory, target: string): string {
  return `${above.path}/${basename(target)}`;
}
