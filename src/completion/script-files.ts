import { realpathSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Context } from '../context.ts';
import { JcdsError } from '../errors.ts';
import { makeUsersParents } from '../files/make-parents.ts';
import { readTextIfThere } from '../files/read.ts';
import { writeUsers } from '../files/write.ts';
import { safeText } from '../output/safe-text.ts';

/** The shells that have completion, and the script of each in completions/. */
export const SHELL_SCRIPTS = { bash: 'jcds.bash', zsh: '_jcds', fish: 'jcds.fish' } as const;
export type ShellName = keyof typeof SHELL_SCRIPTS;
export const SHELLS = Object.keys(SHELL_SCRIPTS) as readonly ShellName[];

/** Within the first two lines of what is ours (zsh wants `#compdef jcds` on the first). */
const MARK = /^(?:#compdef jcds\n)?# jcds completion for (?:bash|zsh|fish)\b/;

/** An installation without its completions/ directory. */
export class CompletionScriptsMissingError extends JcdsError {
  constructor(places: readonly string[]) {
    super({
      code: 'COMPLETION_SCRIPTS_MISSING',
      message: `the completion scripts of this installation are not there: ${places.map(place => safeText(place)).join(', ')}`,
      hint: 'install jcds anew, with its directory completions/',
    });
  }
}

/** The script of a shell as this installation has it. @throws CompletionScriptsMissingError */
export function shippedScript(shell: ShellName, { self }: Pick<Context, 'self'>): string {
  const program = realpathSync(self.at(-1) ?? process.execPath);
  const places = ['../completions', 'completions', '../share/jcds/completions'].map(place =>
    resolve(dirname(program), place, SHELL_SCRIPTS[shell]),
  );
  for (const place of places) {
    const text = readTextIfThere('shipped-script', place);
    if (text !== null) return text;
  }
  throw new CompletionScriptsMissingError(places);
}

/**
 * Writes a script aside and renames it. false: a file is there that jcds has not written; it is left alone. Throws RefusedFile
 * and what the system says.
 */
export function writeScript(file: string, text: string, uid: number): boolean {
  const there = readTextIfThere('installed-script', file);
  if (there !== null && !MARK.test(there)) return false;
  makeUsersParents(dirname(file), uid);
  writeUsers(file, text, uid, 0o644);
  return true;
}

/** Removes a script that jcds has written; `foreign`: another file is there, and stays. */
export function removeScript(file: string): 'removed' | 'absent' | 'foreign' {
  const there = readTextIfThere('installed-script', file);
  if (there === null) return 'absent';
  if (!MARK.test(there)) return 'foreign';
  rmSync(file);
  return 'removed';
}
