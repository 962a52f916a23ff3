import { lstatSync } from 'node:fs';
import { commandText } from '../command-text.ts';
import { JcdsError } from '../errors.ts';
import { inOwnDirectory } from '../files/own-directory.ts';
import { isOwnTree, removeTree, type TreeEntry } from '../files/own-tree.ts';
import { fileTrouble, parentOf } from '../files/refused-file.ts';
import { toBytes } from '../launch/bytes.ts';
import { type EngineFiles, type KeptFiles, programIn, rootIn, textIn } from './engine-files.ts';

/** The directory of an engine's files cannot be used. */
export class EngineFilesError extends JcdsError {
  constructor(store: string, reason: string) {
    super({
      code: 'ENGINE_FILES',
      message: `files for the container are kept in ${JSON.stringify(store)}, which cannot be used: ${reason}`,
      hint: `${commandText('ls', '-ld', parentOf(store), store)}; or another runtime: jcds run --runtime …`,
    });
  }
}

/**
 * Looks at what lies in the place of an engine's files before a start uses it, as it becomes the root of a container: what is not
 * exactly as jcds makes it is removed, and the start makes it anew. Its directory is made where it is missing. @throws EngineFilesError
 */
export function checkEngineFiles({ store, path, work }: KeptFiles, uid: number): void {
  const directory = { base: parentOf(store), names: [store.slice(store.lastIndexOf('/') + 1)], uid };
  try {
    inOwnDirectory(directory, at => {
      const kept = `${at}${path.slice(store.length)}`;
      if (lstatSync(kept, { throwIfNoEntry: false }) === undefined) return;
      if (!isOwnTree(kept, entriesOf(work), { place: 'engine-file', uid })) removeTree(kept);
    });
  } catch (thrown) {
    const reason = fileTrouble(thrown);
    if (reason === null) throw thrown;
    throw new EngineFilesError(store, reason);
  }
}

function entriesOf({ directories, files, links, texts, programs = [] }: EngineFiles): Map<string, TreeEntry> {
  const entries = new Map<string, TreeEntry>();
  const add = (path: string, entry: TreeEntry): void => {
    const at = toBytes(path).toString('latin1');
    for (let above = parentOf(at); above !== '/'; above = parentOf(above))
      entries.set(above, { kind: 'directory' });
    entries.set(at, entry);
  };
  const file = (content: string): TreeEntry => ({
    kind: 'file',
    content: toBytes(content).toString('latin1'),
  });
  add(rootIn(''), { kind: 'directory' });
  for (const at of directories) add(`${rootIn('')}${at}`, { kind: 'directory' });
  for (const at of files) add(`${rootIn('')}${at}`, file(''));
  for (const [at, target] of links)
    add(`${rootIn('')}${at}`, { kind: 'link', target: toBytes(target).toString('latin1') });
  for (const [index, text] of texts.entries()) add(textIn('', index), file(text));
  for (const [index, program] of programs.entries()) add(programIn('', index), file(program));
  return entries;
}
