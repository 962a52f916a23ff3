import { existsSync } from 'node:fs';
import { readPlace } from '../files/read.ts';
import { writeUsers } from '../files/write.ts';

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
 * Changes a start-up file where it really lies, with its own rights. Answers whether it had to be changed. A file that is not
 * there counts as empty. Throws RefusedFile (another user's), and what the system says.
 */
export function editStartUpFile(file: string, uid: number, edit: (text: string) => string): boolean {
  const isThere = existsSync(file);
  const before = isThere ? readPlace('start-up-file', file).bytes.toString('latin1') : '';
  const after = edit(before);
  if (after === before) return false;
  writeUsers(file, Buffer.from(after, 'latin1'), uid, 0o644);
  return true;
}
