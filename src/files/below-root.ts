import { readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf, RefusedFile } from './refused-file.ts';

/** The kernel's own bound (MAXSYMLINKS). */
const LINK_LIMIT = 40;

/**
 * Where a path of another host leads, whose root is a directory of this one: a link counts as it will count there, so an absolute
 * one starts again at that root, and `..` never leaves it. What is not there yet is where it is named. The answer has no link
 * below the root. Throws RefusedFile for links that lead round in a circle.
 */
export function belowRoot(root: string, path: string): string {
  const done: string[] = [];
  const todo = namesOf(path);
  for (let links = 0; todo.length > 0; ) {
    const name = todo.shift()!;
    if (name === '..') {
      done.pop();
      continue;
    }
    const at = join(root, ...done, name);
    const target = targetOf(at);
    if (target === null) {
      done.push(name);
      continue;
    }
    links += 1;
    if (links > LINK_LIMIT) throw new RefusedFile(at, 'link');
    if (target.startsWith('/')) done.length = 0;
    todo.unshift(...namesOf(target));
  }
  return join(root, ...done);
}

function namesOf(path: string): string[] {
  return path.split('/').filter(name => name !== '' && name !== '.');
}

/** null for what is no link, is not there, or cannot be seen: whoever uses the path hears of that. */
function targetOf(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch (thrown) {
    if (errnoOf(thrown) === null) throw thrown;
    return null;
  }
}
