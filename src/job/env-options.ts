import { commandText } from '../command-text.ts';
import type { Configuration } from '../configuration/load.ts';
import type { Settings } from '../configuration/settings.ts';
import { JcdsError } from '../errors.ts';
import { readPlace } from '../files/read.ts';
import { fileTrouble } from '../files/refused-file.ts';
import { fromBytes, toBytes } from '../launch/bytes.ts';
import { isShellName } from '../launch/shell-names.ts';
import { cleansEnvironment } from '../runtimes/apptainer-site.ts';

/** `--env` or a line of `--env-file` that cannot be passed on. The value itself is never in the message. */
export class InvalidVariableError extends JcdsError {
  constructor(place: string, reason: string) {
    super({
      code: 'INVALID_VARIABLE',
      message: `${place}: ${reason}`,
      hint: 'write NAME=value, the name of letters, digits and _, and none that shells keep (UID, RANDOM, SHLVL, …)',
    });
  }
}

/** `--env-file` that cannot be read. */
export class EnvironmentFileError extends JcdsError {
  constructor(file: string, cause: unknown) {
    super({
      code: 'ENV_FILE',
      message: `--env-file ${JSON.stringify(file)} cannot be read (${fileTrouble(cause) ?? 'unknown error'})`,
      hint: commandText('ls', '-l', file),
      cause,
    });
  }
}

/** Linux' bound on one string of an environment (MAX_ARG_STRLEN, 32 pages): a longer one is E2BIG, whoever starts it. */
const LONGEST_STRING = 131_072;

/**
 * Which policy decides about the job's environment: the one that was chosen, by an option or in the configuration; else a
 * site that sets APPTAINER_CLEANENV (or CONTAINALL, COMPAT) wants none of the caller's variables, whatever the runtime is.
 * @throws SiteVariableError
 */
export function policyOf(
  { settings, sources }: Pick<Configuration, 'settings' | 'sources'>,
  environment: Readonly<Record<string, string | undefined>>,
): Settings['envPolicy'] {
  const isChosen = sources.envPolicy !== undefined;
  return !isChosen && cleansEnvironment(environment) ? 'clean' : settings.envPolicy;
}

/**
 * The variables of `--env-file` and `--env`, in this order; a later value of a name wins. `NAME` alone passes the
 * caller's value on (docker's rule), and is dropped when the caller has none.
 * @throws InvalidVariableError, EnvironmentFileError
 */
export function variablesOf(
  assignments: readonly string[],
  files: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): [name: string, value: string][] {
  const found = new Map<string, string>();
  const add = (place: string, assignment: string): void => {
    const equals = assignment.indexOf('=');
    const name = equals < 0 ? assignment : assignment.slice(0, equals);
    const value = equals < 0 ? environment[name] : assignment.slice(equals + 1);
    check(place, name, value, place === '--env' ? JSON.stringify(name) : 'what stands before =');
    if (value !== undefined) found.set(name, value);
  };
  for (const file of files)
    for (const [line, text] of linesOf(file)) add(`--env-file ${JSON.stringify(file)}, line ${line}`, text);
  for (const assignment of assignments) add('--env', assignment);
  return [...found];
}

/** @param shown the name for a message: a line of a file that is none may be a piece of a secret */
function check(place: string, name: string, value: string | undefined, shown: string): void {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    throw new InvalidVariableError(place, `${shown} is not a name that a shell can hold`);
  if (!isShellName(name))
    throw new InvalidVariableError(place, `${name} cannot be set: shells keep this name for themselves`);
  if (value === undefined) return;
  const size = toBytes(`${name}=${value}`).length + 1;
  if (size > LONGEST_STRING)
    throw new InvalidVariableError(
      place,
      `${name} has ${size} bytes; the kernel takes at most ${LONGEST_STRING} in one variable`,
    );
}

/** Docker's form: NAME=value lines, `#` at the start of a line is a comment, no quotes. */
function linesOf(file: string): [line: number, text: string][] {
  let text: string;
  try {
    text = fromBytes(readPlace('variables-file', toBytes(file)).bytes);
  } catch (thrown) {
    throw new EnvironmentFileError(file, thrown);
  }
  return text
    .split('\n')
    .map((line, index): [number, string] => [index + 1, line.replace(/\r$/, '')])
    .filter(([, line]) => line.trim() !== '' && !line.trimStart().startsWith('#'));
}
