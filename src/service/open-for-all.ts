import { chmodSync, lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { shownPath } from '../conversion/errors.ts';
import { ImageUnpublishableError } from './errors.ts';

const [KIND, DIRECTORY, LINK] = [0o170000, 0o040000, 0o120000];
/** Entries between two turns of the event loop, in which signals are noticed and other images go on. */
const AT_ONCE = 500;

/**
 * Lets everybody read a root filesystem (`chmod a+rX`): clients of CVMFS show all files as those of one account that is nobody's. Answers how many entries were closed. Throws
 * ImageUnpublishableError for what CVMFS would show otherwise than it is: links that clients expand, names that publishing takes for deletions.
 * @param root this process's alone
 */
export async function openForAll(root: string, image: string): Promise<number> {
  let opened = 0;
  let looked = 0;
  const todo = [''];
  for (let path = todo.pop(); path !== undefined; path = todo.pop()) {
    looked += 1;
    if (looked % AT_ONCE === 0) await turn();
    const at = Buffer.from(`${Buffer.from(root).toString('latin1')}/${path}`, 'latin1');
    const { mode } = lstatSync(at);
    const kind = mode & KIND;
    if (kind === LINK) {
      checkLink(image, path, readlinkSync(at, { encoding: 'latin1' as BufferEncoding }));
      continue;
    }
    const mayRun = kind === DIRECTORY || (mode & 0o111) !== 0;
    const wanted = (mode & 0o7777) | 0o444 | (mayRun ? 0o111 : 0);
    if (wanted !== (mode & 0o7777)) {
      chmodSync(at, wanted);
      opened += 1;
    }
    if (kind !== DIRECTORY) continue;
    for (const name of readdirSync(at, 'latin1')) {
      const inner = path === '' ? name : `${path}/${name}`;
      if (name.startsWith('.wh.'))
        throw new ImageUnpublishableError(image, `${shownPath(inner)} has the name of a deletion`);
      todo.push(inner);
    }
  }
  return opened;
}

function checkLink(image: string, path: string, text: string): void {
  if (text.includes('$('))
    throw new ImageUnpublishableError(
      image,
      `the link ${shownPath(path)} holds $(, which clients of CVMFS expand: ${shownPath(text)}`,
    );
}
