import type { Plan } from '../launch/plan.ts';
import type { ContainerVariable, JobEnvironment } from './environment.ts';

/**
 * Variables by which a job's environment would steer the host's own programs that set the container up: the dynamic
 * loader, libc, libmount, shells (which make IFS their own), and the names that jcds' own scripts use.
 */
const STEERS_TOOLS =
  /^(?:LD_.*|GLIBC_TUNABLES|MALLOC_.*|GCONV_PATH|LOCPATH|NLSPATH|LIBMOUNT_.*|LIBBLKID_.*|POSIXLY_CORRECT|BASH_ENV|ENV|CDPATH|IFS|PS4|jcds_.*)$/s;

/**
 * Variables that name a locale. Once the root has changed its files are the image's, and those of a character set are code: the
 * host's programs that still run then must not follow these.
 */
export const LOCALES = /^(?:LANG|LANGUAGE|LC_.*)$/s;

/** Whether a variable would steer the host's own programs on the way to the job. */
export function steersTools(name: string): boolean {
  return STEERS_TOOLS.test(name);
}

/** Prompts, which bash forgets where it runs a script. */
export const PROMPTS: readonly string[] = ['PS1', 'PS2'];

/** Variables that a shell on the way changes: both directories it sets itself. */
export const CHANGED_BY_SHELLS: readonly string[] = ['OLDPWD', 'PWD', ...PROMPTS];

/** Under this and its own name a variable waits until the host's programs are done. */
const HELD = 'JCDS_HELD_';

/**
 * Splits the job's variables into those that harm no program on the way, and those that must reach only the job.
 * @param besides further names that a program on the way would change
 */
export function withhold(
  environment: JobEnvironment,
  besides: readonly string[] = [],
): {
  readonly harmless: ReadonlyMap<string, ContainerVariable>;
  readonly held: readonly ContainerVariable[];
} {
  const all = [...environment.variables];
  const isHeld = (name: string) => steersTools(name) || besides.includes(name);
  return {
    harmless: new Map(all.filter(([name]) => !isHeld(name))),
    held: all.filter(([name]) => isHeld(name)).map(([, variable]) => variable),
  };
}

/** The name that a held variable has on its way. */
export function withheldName(name: string): string {
  return `${HELD}${name}`;
}

/**
 * Every name under which some row has the launcher set this variable of the job: whoever prints an invocation masks
 * those of a secret by name, since its value may stand there escaped.
 */
export function launcherNames(name: string): readonly string[] {
  return [name, withheldName(name), `APPTAINERENV_${name}`, `SINGULARITYENV_${name}`];
}

/** The held variables as the launcher sets them: under names that steer nothing. */
export function withheldVariables(held: readonly ContainerVariable[]): Plan['environment']['set'] {
  return held.map(({ name, value }) => [withheldName(name), value] as const);
}
