import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Context } from '../context.ts';
import { EXIT, JcdsError } from '../errors.ts';
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
      exitCode: EXIT.no,
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
    const text = readIfThere(place);
    if (text !== null) return text;
  }
  throw new CompletionScriptsMissingError(places);
}

/** Writes a script aside and renames it. false: a file is there that jcds has not written; it is left alone. */
export function writeScript(file: string, text: string): boolean {
  const there = readIfThere(file);
  if (there !== null && !MARK.test(there)) return false;
  mkdirSync(dirname(file), { recursive: true });
  const aside = join(dirname(file), `.jcds-${process.pid}-${randomBytes(6).toString('hex')}`);
  try {
    writeFileSync(aside, text, { mode: 0o644, flag: 'wx' });
    renameSync(aside, file);
  } catch (thrown) {
    rmSync(aside, { force: true });
    throw thrown;
  }
  return true;
}

/** Removes a script that jcds has written; `foreign`: another file is there, and stays. */
export function removeScript(file: string): 'removed' | 'absent' | 'foreign' {
  const there = readIfThere(file);
  if (there === null) return 'absent';
  if (!MARK.test(there)) return 'foreign';
  rmSync(file);
  return 'removed';
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw thrown;
  }
}
