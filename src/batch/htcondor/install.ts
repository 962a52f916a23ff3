import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { commandText } from '../../command-text.ts';
import { JcdsError } from '../../errors.ts';
import { belowRoot } from '../../files/below-root.ts';
import { makeParents } from '../../files/make-parents.ts';
import { readText } from '../../files/read.ts';
import { fileTrouble, RefusedFile } from '../../files/refused-file.ts';
import { removeNamed } from '../../files/write.ts';
import { safeText } from '../../output/safe-text.ts';
import { writeScript } from '../../wrap/write-script.ts';
import { MARK, type PoolFiles } from './configuration.ts';

/** A directory for what is installed cannot be made, or is one where any user could replace what every job runs. */
export class NoDirectoryError extends JcdsError {
  constructor(directory: string, cause: unknown) {
    const code = fileTrouble(cause) ?? 'unknown error';
    const isRefused = cause instanceof RefusedFile;
    super({
      code: 'NO_DIRECTORY',
      message: `${safeText(directory, 300)} ${isRefused ? 'is not used' : 'cannot be made'} (${code})`,
      hint: isRefused
        ? commandText('ls', '-ld', directory)
        : 'as root, or into a directory of yours: jcds condor install --root DIRECTORY',
      cause,
    });
  }
}

/** A file in the place of one of jcds' is somebody else's. */
export class NotOursError extends JcdsError {
  constructor(file: string) {
    super({
      code: 'NOT_OURS',
      message: `${safeText(file, 300)} does not say that jcds wrote it`,
      hint: 'nothing was taken away: see what it is, and name the places with --prefix and --config',
    });
  }
}

/** Characters of a file in which its mark stands. */
const MARKED_WITHIN = 1000;

/** What is installed. */
export interface PoolTexts {
  readonly machineAd: string;
  readonly after: string;
  /** null: nothing is chained, or the file is there already. */
  readonly chain: string | null;
  readonly configuration: string;
}

/**
 * Writes the files of a pool below a root, each at once and whole; the configuration last, so that it never names what is
 * not there. All may read them and their directories, root alone may write, whatever the umask. Links of the node below the root lead
 * where they will lead there. Answers what was written. @throws NoDirectoryError, ScriptNotWrittenError
 * @param writeWrapper writes the job wrapper to this file
 */
export async function installPool(
  root: string,
  files: PoolFiles,
  texts: PoolTexts,
  writeWrapper: (file: string) => Promise<unknown>,
): Promise<readonly string[]> {
  const at = (path: string) => placeOf(root, path);
  for (const path of [files.wrapper, files.configuration]) makeDirectory(dirname(at(path)));
  const making = { force: true, isExact: true };
  await writeWrapper(at(files.wrapper));
  const scripts: readonly (readonly [string, string])[] = [
    [files.machineAd, texts.machineAd],
    [files.after, texts.after],
    ...(texts.chain === null ? [] : [[files.chain, texts.chain] as const]),
  ];
  for (const [path, text] of scripts) writeScript(at(path), Buffer.from(text), { ...making, mode: 0o755 });
  writeScript(at(files.configuration), Buffer.from(texts.configuration), { ...making, mode: 0o644 });
  return [files.wrapper, ...scripts.map(([path]) => path), files.configuration].map(at);
}

/**
 * Takes the files of a pool away, the configuration first, so that it never names what is not there. What does not say that jcds
 * wrote it stays. Answers what was taken away. @throws NotOursError
 */
export function uninstallPool(root: string, files: PoolFiles): readonly string[] {
  const { configuration, wrapper, machineAd, after, chain } = files;
  const there = [configuration, wrapper, machineAd, after, chain]
    .map(path => ({ file: placeOf(root, path), content: contentOf(root, path) }))
    .filter(({ content }) => existsSync(content));
  const strange = there.find(
    ({ content }) => !readText('installed-script', content).slice(0, MARKED_WITHIN).includes(MARK),
  );
  if (strange !== undefined) throw new NotOursError(strange.file);
  for (const { file } of there) removeNamed(file);
  return there.map(({ file }) => file);
}

/** Where a file is written: on this host as it is named; below another root where its directory is there. A link in its own place is replaced. */
function placeOf(root: string, path: string): string {
  return root === '/' ? path : join(resolved(root, dirname(path)), basename(path));
}

/** What is read as a file: behind a link in its place too. */
function contentOf(root: string, path: string): string {
  return root === '/' ? path : resolved(root, path);
}

function resolved(root: string, path: string): string {
  try {
    return belowRoot(root, path);
  } catch (thrown) {
    throw new NoDirectoryError(join(root, path), thrown);
  }
}

function makeDirectory(directory: string): void {
  try {
    makeParents(directory, 0o755, true);
    if ((statSync(directory).mode & 0o002) !== 0) throw new RefusedFile(directory, 'writable');
  } catch (thrown) {
    throw new NoDirectoryError(directory, thrown);
  }
}
