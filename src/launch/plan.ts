import { EXIT, JcdsError } from '../errors.ts';
import { type EnvironmentChanges, environmentChanges } from './environment-changes.ts';
import type { LauncherEnvironment } from './launcher-environment.ts';
import { END_MARKER, latin1, quoteWord, type Word } from './quote.ts';
import { isShellName } from './shell-names.ts';
import { type Unlinked, unlinkedLines } from './unlinked.ts';

/** What the launcher does when the program is done: become `file` with these words and the caller's own arguments. */
export interface Plan {
  /** How many of the caller's words are jcds' own (a dropped `--` is one of them): the rest follows `args` as "$@". */
  readonly shift: number;
  /** Absolute path of the program to become. */
  readonly file: string;
  /** jcds' words, before the caller's. `{ input: 0 }` stands for the number of that input's descriptor. */
  readonly args: readonly (Word | { readonly input: number })[];
  /** Differences from the caller's environment. The values of `set` stand in no argument list. */
  readonly environment: {
    readonly set: readonly (readonly [name: string, value: Word])[];
    readonly unset: readonly string[];
  };
  /**
   * What a runtime reads from a descriptor: texts, of which each ends in a newline and has at most INPUT_LIMIT bytes, or few bytes
   * with zeros among them.
   */
  readonly inputs?: readonly Word[];
  /** Absolute path of the directory to start in; without it, the caller's. */
  readonly cwd?: string;
  /** What must be no link when the program starts. */
  readonly unlinked?: Unlinked;
}

/** Up to this many bytes every shell makes a here-document of a pipe alone; beyond, dash leaves a process beside the job. */
export const INPUT_LIMIT = 4096;

/** Linux takes no single argument or variable of more bytes than this (MAX_ARG_STRLEN, without the final zero). */
export const WORD_LIMIT = 131071;

/** Node has not said which descriptors are free: all that dash can name but 8, which the launcher uses. */
const ALL_DESCRIPTORS = [9, 7, 6, 5, 4, 3];

/** A variable that is to be set under a name that not every shell can hand on. */
export class UnholdableNameError extends JcdsError {
  constructor(name: string) {
    super({
      code: 'INVALID_ENVIRONMENT_NAME',
      message: `the environment variable ${JSON.stringify(name)} cannot be set: shells do not hand on such a name`,
      hint: 'use letters, digits and _, and none of the names that shells reserve (UID, RANDOM, SHLVL, …)',
    });
  }
}

/** A variable or word that is longer than Linux lets a program be started with. */
export class WordTooLongError extends JcdsError {
  constructor(what: string, bytes: number) {
    super({
      code: 'WORD_TOO_LONG',
      message: `${what} has ${bytes} bytes, and Linux starts no program with more than ${WORD_LIMIT}`,
      hint: 'put it into a file and let the job read that',
    });
  }
}

/** More inputs than free descriptors: the caller has taken all from 3 to 9. */
export class NoFreeDescriptorError extends JcdsError {
  constructor(needed: number, free: number) {
    super({
      code: 'NO_FREE_DESCRIPTOR',
      message: `the runtime needs ${needed} file descriptors below 10, and the caller leaves ${free} free`,
      hint: 'close descriptors before starting jcds, as in: jcds … 3>&- 4>&-',
    });
  }
}

/**
 * The plan as the launcher's shell evaluates it: raw bytes, every word in single quotes, the end marker last.
 * `descriptors` are those that the caller left free. Throws UnholdableNameError, WordTooLongError,
 * NoFreeDescriptorError.
 */
export function renderPlan(
  plan: Plan,
  environment: LauncherEnvironment,
  descriptors: readonly number[] = ALL_DESCRIPTORS,
): Buffer {
  const inputs = plan.inputs ?? [];
  if (inputs.length > descriptors.length) throw new NoFreeDescriptorError(inputs.length, descriptors.length);
  const changes = environmentChanges(plan, environment);
  const lines = [
    ...(plan.unlinked === undefined ? [] : unlinkedLines(plan.unlinked, 'jcds_plan', quoteWord)),
    ...(plan.cwd === undefined ? [] : [`cd -P ${quoteWord(plan.cwd)} || exit ${EXIT.failed}`]),
    ...inputs.map((text, index) => renderInput(text, descriptors[index]!)),
    ...changes.unsets.map(name => `unset ${name}`),
    ...changes.exports.map(([name, value]) => renderExport(name, value)),
    ...(plan.shift === 0 ? [] : [`shift ${plan.shift}`]),
    `${renderExec(plan, changes, descriptors)} ${END_MARKER}`,
  ];
  return Buffer.from(lines.join('\n'), 'latin1');
}

/** A deliberate end, which is a plan too: the launcher takes every other end for a failure. */
export function renderExit(code: number): Buffer {
  return Buffer.from(`exit ${code} ${END_MARKER}`, 'latin1');
}

function renderExec(plan: Plan, changes: EnvironmentChanges, descriptors: readonly number[]): string {
  const words = plan.args.map(word =>
    typeof word === 'object' && 'input' in word
      ? String(descriptors[word.input]!)
      : quoteBounded('an argument', word),
  );
  const underscore = changes.underscore === undefined ? '' : `_=${quoteWord(changes.underscore)} `;
  return `${underscore}exec ${[...envPrefix(plan.file, changes), quoteWord(plan.file), ...words, '"$@"'].join(' ')}`;
}

/** env(1) takes a program whose path has a `=` for a variable: such a program goes without what only env can restore. */
function envPrefix(file: string, { envArguments }: EnvironmentChanges): string[] {
  if (envArguments.length === 0 || file.includes('=')) return [];
  return ['/usr/bin/env', ...envArguments.map(word => quoteBounded('a variable of the environment', word))];
}

function renderExport(name: string, value: Word): string {
  if (!isShellName(name)) throw new UnholdableNameError(name);
  const assignment = `export ${name}=${quoteBounded(`the environment variable ${name}`, value, name.length + 1)}`;
  // bash says so when the locale is not installed here; it is the image's business.
  return /^(LC_|LANG)/.test(name) ? `${assignment} 2>/dev/null` : assignment;
}

/** The text goes through a variable: quoted like every word, it can hold neither the delimiter nor the end marker. */
function renderInput(text: Word, descriptor: number): string {
  const bytes = latin1(text);
  if (bytes.includes('\0')) return renderBytes(bytes, descriptor);
  if (bytes.length > INPUT_LIMIT || !bytes.endsWith('\n'))
    throw new RangeError(
      `an input must end in a newline and have at most ${INPUT_LIMIT} bytes, not ${bytes.length}`,
    );
  const value = quoteWord(Buffer.from(bytes.slice(0, -1), 'latin1'));
  return `jcds_plan=${value}\nexec ${descriptor}<<jcds_input\n$jcds_plan\njcds_input`;
}

/**
 * No here-document can hold a zero byte, but a shell's printf can write one: into the here-document, which is a pipe (or, with an
 * older bash, a file; hence `>>`). Its one newline is read first.
 */
function renderBytes(bytes: string, descriptor: number): string {
  const octal = bytes.replace(/[\s\S]/g, one => `\\${one.charCodeAt(0).toString(8).padStart(3, '0')}`);
  return `exec ${descriptor}<<jcds_input\n\njcds_input\nread -r jcds_plan <&${descriptor}\nprintf '${octal}' >>/proc/self/fd/${descriptor}`;
}

function quoteBounded(what: string, word: Word, extra = 0): string {
  const bytes = extra + latin1(word).length;
  if (bytes > WORD_LIMIT) throw new WordTooLongError(what, bytes);
  return quoteWord(word);
}
