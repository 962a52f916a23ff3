import { statSync } from 'node:fs';
import type { Context } from '../context.ts';
import { readText } from '../files/read.ts';
import { fileTrouble } from '../files/refused-file.ts';
import { statusIfThere } from '../files/status.ts';
import { askBash, askZsh } from './ask-shell.ts';
import { bashPlace, fishPlace, isInUse, type Place, zshPlace } from './places.ts';
import { removeScript, type ShellName, shippedScript, writeScript } from './script-files.ts';
import { editStartUpFile, withBlock, withoutBlock } from './start-up-file.ts';

type InstallContext = Pick<Context, 'environment' | 'home' | 'uid' | 'self'>;

/** What was done for one shell. */
export interface InstallRow {
  readonly shell: ShellName;
  readonly file: string;
  /** `foreign`: a file that jcds has not written is there and stays; `failed`: the reason is the system's code. */
  readonly script: 'written' | 'removed' | 'absent' | 'foreign' | { readonly failed: string };
  readonly startUp: StartUpResult;
}

/**
 * What became of the start-up file. `needless`: the shell finds the script by itself; `absent`: there is no such shell;
 * `wanted`: it is to be changed by hand (the shell did not answer, is not used here, or this was not to be done).
 */
export type StartUpResult =
  | { readonly kind: 'needless' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'changed'; readonly file: string }
  | { readonly kind: 'unchanged'; readonly file: string }
  | {
      readonly kind: 'wanted';
      readonly file: string;
      readonly lines: readonly string[];
      readonly reason: string | null;
    };

const NEEDLESS: StartUpResult = { kind: 'needless' };

/**
 * Installs the script of a shell where a new shell finds it. Where it looks nowhere that a user may write to, a marked
 * block at the end of its start-up file tells it, if the user works with that shell and `editStartUp` allows it.
 * @throws CompletionScriptsMissingError
 */
export async function installFor(
  shell: ShellName,
  context: InstallContext,
  editStartUp: boolean,
  parent = parentName(),
): Promise<InstallRow> {
  const text = shippedScript(shell, context);
  const place = await placeOf(shell, context);
  const script = attempt(() => {
    // What is missing below a home is made, but no home.
    statSync(context.home);
    return writeScript(place.file, text, context.uid) ? 'written' : 'foreign';
  });
  const may = editStartUp && isInUse(shell, place, context, parent);
  const startUp = script === 'written' ? tellShell(place, context.uid, may) : NEEDLESS;
  return { shell, file: place.file, script, startUp };
}

/** Removes the script of a shell, and our block from its start-up file; nothing else. */
export async function uninstallFor(shell: ShellName, context: InstallContext): Promise<InstallRow> {
  const place = await placeOf(shell, context);
  const script = attempt(() => removeScript(place.file));
  const file = place.startUp?.file;
  if (file === undefined) return { shell, file: place.file, script, startUp: NEEDLESS };
  const edited = attempt(() => (editStartUpFile(file, context.uid, withoutBlock) ? 'changed' : 'unchanged'));
  const startUp: StartUpResult =
    typeof edited === 'string'
      ? { kind: edited, file }
      : { kind: 'wanted', file, lines: [], reason: edited.failed };
  return { shell, file: place.file, script, startUp };
}

/** The script that is installed for a shell; null: there is none. Changes nothing. Throws what the system says of what it cannot see. */
export async function installedFor(shell: ShellName, context: InstallContext): Promise<string | null> {
  const { file } = await placeOf(shell, context);
  return statusIfThere(file)?.isFile() === true ? file : null;
}

async function placeOf(shell: ShellName, context: InstallContext): Promise<Place> {
  switch (shell) {
    case 'bash':
      return bashPlace(context, await askBash(context));
    case 'zsh':
      return zshPlace(context, await askZsh(context));
    case 'fish':
      return fishPlace(context);
    default:
      return shell satisfies never;
  }
}

function tellShell({ found, startUp }: Place, uid: number, may: boolean): StartUpResult {
  if (found === 'absent') return { kind: 'absent' };
  if (startUp === null || found === true) return NEEDLESS;
  const { file, lines } = startUp;
  if (found === 'silent')
    return { kind: 'wanted', file, lines, reason: 'it did not say whether it finds this' };
  if (!may) return { kind: 'wanted', file, lines, reason: null };
  const edited = attempt(() =>
    editStartUpFile(file, uid, text => withBlock(text, lines)) ? 'changed' : 'unchanged',
  );
  return typeof edited === 'string'
    ? { kind: edited, file }
    : { kind: 'wanted', file, lines, reason: edited.failed };
}

/** Errors of the file system are an answer; one shell's must not keep the others from theirs. */
function attempt<Result>(act: () => Result): Result | { failed: string } {
  try {
    return act();
  } catch (thrown) {
    const failed = fileTrouble(thrown);
    if (failed === null) throw thrown;
    return { failed };
  }
}

/** The program that has started jcds: the launcher has made way for it, so mostly the user's shell. */
function parentName(): string | null {
  try {
    return readText('system', `/proc/${process.ppid}/comm`).trim();
  } catch {
    return null;
  }
}
