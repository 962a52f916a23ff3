import { randomBytes } from 'node:crypto';
import { readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';

const BEGIN = '# >>> jcds completion >>>';
const END = '# <<< jcds completion <<<';
const BLOCK = new RegExp(`\\n?^${BEGIN}\\n(?:(?!# >>>).*\\n)*?${END}$\\n?`, 'gm');

/** The text of a start-up file with these lines at its end, between two marks; an older block of ours is replaced. */
export function withBlock(text: string, lines: readonly string[]): string {
  const rest = withoutBlock(text);
  return `${rest}${rest === '' ? '' : '\n'}${[BEGIN, ...lines, END].join('\n')}\n`;
}

/** The text without our block; all else stays, byte for byte. */
export function withoutBlock(text: string): string {
  return text.replace(BLOCK, '');
}

/**
 * Changes a start-up file: written aside and renamed where it really lies (people keep such files in a repository and
 * link them), with its own rights. Answers whether it had to be changed. A file that is not there counts as empty.
 * Throws like the file system; EPERM when it is another user's.
 */
export function editStartUpFile(file: string, uid: number, edit: (text: string) => string): boolean {
  const place = placeOf(file);
  const before = place === null ? '' : readFileSync(place.path, 'latin1');
  const after = edit(before);
  if (after === before) return false;
  if (place !== null && place.uid !== uid)
    throw Object.assign(new Error(`${file} belongs to another user`), { code: 'EPERM' });
  const target = place?.path ?? file;
  const aside = `${target}.${process.pid}-${randomBytes(6).toString('hex')}.aside`;
  try {
    writeFileSync(aside, after, { encoding: 'latin1', mode: place?.mode ?? 0o644, flag: 'wx' });
    renameSync(aside, target);
  } catch (thrown) {
    rmSync(aside, { force: true });
    throw thrown;
  }
  return true;
}

function placeOf(file: string): { path: string; mode: number; uid: number } | null {
  const status = statSync(file, { throwIfNoEntry: false });
  return status === undefined
    ? null
    : { path: realpathSync(file), mode: status.mode & 0o777, uid: status.uid };
}
