import { lstatSync, realpathSync, statSync, unlinkSync } from 'node:fs';
import { checkLinks } from './links.ts';
import { inOwnDirectory } from './own-directory.ts';
import { errnoOf, parentOf, RefusedFile } from './refused-file.ts';
import { create, replace, type WritingCalls } from './replace.ts';

/** A file of jcds' own: where it stands, and whose it is. */
export interface OwnFile {
  /** jcds' own directory. */
  readonly base: string;
  /** Below it: `images/0123.json`. */
  readonly name: string;
  readonly uid: number;
  /** See OwnDirectory. */
  readonly isNamed?: boolean;
}

/**
 * Writes a file of jcds' own for this user alone: aside and renamed, so that readers see all of it or nothing, and only where
 * `inOwnDirectory` allows. Throws RefusedFile, and what the system says.
 * `changedAt` is what its time is to be, in milliseconds since 1970.
 */
export function writeOwn(
  { base, name, uid, isNamed = false }: OwnFile,
  content: string | Uint8Array,
  { changedAt, calls }: { readonly changedAt?: number; readonly calls?: WritingCalls } = {},
): void {
  const names = name.split('/');
  const last = names.pop();
  inOwnDirectory({ base, names, uid, isNamed }, directory =>
    replace(`${directory}/${last}`, content, { mode: 0o600, changedAt }, calls),
  );
}

/**
 * Replaces a file of the user's where it really lies (people keep such files in a repository and link them), with its own
 * mode; a new one has `mode`. Its directory must be there. Throws RefusedFile for another user's, also where another user's link leads, and what the system says.
 */
export function writeUsers(file: string, content: string | Uint8Array, uid: number, mode: number): void {
  checkLinks(file, uid);
  const found = statSync(file, { throwIfNoEntry: false });
  const target = found === undefined ? file : realpathSync(file);
  const directory = statSync(parentOf(target));
  const isForeign = (found ?? directory).uid !== uid || ![uid, 0].includes(directory.uid);
  if (isForeign) throw new RefusedFile(target, 'foreign');
  if (found?.isFile() === false) throw new RefusedFile(target, 'no-file');
  replace(target, content, {
    mode: found === undefined ? mode : found.mode & 0o777,
    isExact: found !== undefined,
  });
}

/**
 * Writes the file that the user has named: aside and renamed, never through a link, and never in the place of a device, a
 * FIFO or a directory; and in no directory that another user's link leads to. The umask applies, unless `isExact`. Throws RefusedFile, and what the
 * system says.
 * @param isNew whether nothing may be there yet (EEXIST)
 */
export function writeNamed(
  file: string | Buffer,
  content: string | Uint8Array,
  {
    mode,
    isNew,
    isExact = false,
  }: { readonly mode: number; readonly isNew: boolean; readonly isExact?: boolean },
): void {
  checkWay(file);
  if (isNew) createNamed(file, content, { mode, isExact });
  else {
    checkReplaceable(file);
    replace(file, content, { mode, isExact });
  }
}

/** Of what is there and could not be replaced either, that is said: nobody need try. */
function createNamed(...[file, content, how]: Parameters<typeof create>): void {
  try {
    create(file, content, how);
  } catch (thrown) {
    if (errnoOf(thrown) === 'EEXIST') checkReplaceable(file);
    throw thrown;
  }
}

/** Removes the file that the user has named; one that is not there is no failure. Throws as `writeNamed` does. */
export function removeNamed(file: string | Buffer): void {
  checkWay(file);
  if (checkReplaceable(file)) unlinkSync(file);
}

/** Of the file itself, that it is no link or may be replaced as one is seen to elsewhere. */
function checkWay(file: string | Buffer): void {
  const bytes = Buffer.from(file as string);
  const at = bytes.lastIndexOf('/');
  if (at > 0) checkLinks(bytes.subarray(0, at), process.getuid?.() ?? -1);
}

/** Whether something is there that may be replaced. A link to a file is, itself; one to a device or a FIFO is not. */
function checkReplaceable(file: string | Buffer): boolean {
  const status = lstatSync(file, { throwIfNoEntry: false });
  const target = status?.isSymbolicLink() === true ? statSync(file, { throwIfNoEntry: false }) : status;
  if (target !== undefined && !target.isFile()) throw new RefusedFile(String(file), 'no-file');
  return status !== undefined;
}
