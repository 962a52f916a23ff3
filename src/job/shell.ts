import type { Entries } from '../launch/launcher-environment.ts';
import { jobEnvironment } from '../runtimes/environment.ts';
import type { RunRequest } from '../runtimes/runtime.ts';

/**
 * Options by which a shell, by the name of its program, leaves out the start-up files in a home directory that is the
 * host's: they name the host's programs, and set a prompt that does not say where one is.
 */
const WITHOUT_FILES: Readonly<Record<string, readonly string[]>> = {
  bash: ['--norc'],
  zsh: ['--no-rcs'],
  fish: ['--no-config'],
};

/** A file of an image that nobody can look into: bash where it is there, as Apptainer has it. */
const IN_A_FILE =
  '[ ! -x /bin/bash ] || SHELL=/bin/bash exec /bin/bash --norc "$@"; SHELL=/bin/sh exec /bin/sh "$@"';

/** Variables of the caller's by which shells find start-up files, or set the prompt anew each time. */
const STEERS_SHELLS = ['ENV', 'PROMPT_COMMAND'];

/**
 * The request of `jcds shell`: the words that open this shell, SHELL, and a prompt that says which image it is. What the
 * person gives by --env comes after that.
 * @param shell its path inside; null: nobody knows what shells there are
 * @param image the readable name
 */
export function withShell(request: RunRequest, shell: string | null, image: string): RunRequest {
  const { variables } = jobEnvironment(request);
  const taken = STEERS_SHELLS.filter(name => variables.get(name)?.from === 'host');
  const own: Entries = [
    ...(shell === null ? [] : [['SHELL', shell] as const]),
    ['PS1', promptOf(image)],
    ...taken.map(name => [name, ''] as const),
  ];
  const { environment } = request;
  return {
    ...request,
    words: shell === null ? ['/bin/sh', '-c', IN_A_FILE, 'sh'] : shellWords(shell),
    environment: { ...environment, set: [...own, ...environment.set] },
  };
}

function shellWords(shell: string): string[] {
  return [shell, ...(WITHOUT_FILES[shell.slice(shell.lastIndexOf('/') + 1)] ?? [])];
}

/** Nothing in it means anything to a shell. */
function promptOf(image: string): string {
  return `${image.replace(/[^\w./:@+-]/g, '_')}> `;
}
