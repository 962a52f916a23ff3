import { isShellName } from '../launch/shell-names.ts';
import { isUtf8 } from './apptainer-environment.ts';
import type { ContainerVariable, JobEnvironment } from './environment.ts';
import { type InnerWork, innerVariables } from './inner-shell.ts';
import type { Invocation, RunRequest } from './runtime.ts';
import { CHANGED_BY_SHELLS, steersTools } from './withheld-variables.ts';

/** How the job's variables go to an engine that is told their names and takes the values from its own environment. */
export interface EngineEnvironment {
  /** Words: NAME where the engine's own environment has the job's value, NAME=VALUE otherwise. Never one of --env. */
  readonly words: readonly string[];
  /** The change of the environment that the engine is started with. */
  readonly change: Invocation['environment'];
  readonly inner: InnerWork;
}

/** Variables that any shell on the way changes. */
const CHANGED_ON_THE_WAY = new RegExp(`^(?:${CHANGED_BY_SHELLS.join('|')})$`);
const ADDED_BY_SHELLS = ['SHLVL', 'OLDPWD'];

/**
 * Splits the job's variables. Those that would steer the engine itself keep their value for the engine (or have none,
 * where they steer any program), and the job's is stated; if a person gave it, it waits for the image's shell under another name.
 * @param steers names that the engine itself reads, besides those that steer any program
 * @param umask what the image's shell has to set, if anything
 * @param fits whether the engine can hand on such a value
 * @param changed names that do not reach the engine as they came
 */
export function engineEnvironment(
  request: RunRequest,
  { variables }: JobEnvironment,
  steers: RegExp,
  umask: number | null = null,
  fits: (value: string) => boolean = isUtf8,
  changed: RegExp = CHANGED_ON_THE_WAY,
): EngineEnvironment {
  const { others = [] } = request.environment;
  const host = new Map(request.environment.host);
  const words: string[] = [];
  const set: [string, string][] = [];
  const encoded: [string, string][] = [];
  const lost: [string, string][] = [];
  for (const variable of variables.values()) {
    const { name, value } = variable;
    const neverKept = changed.test(name) || steersTools(name) || !isShellName(name) || others.includes(name);
    const isKept = host.get(name) === value && !neverKept;
    const isStated = neverKept || steers.test(name);
    if (!isShellName(name)) lost.push([name, value]);
    // Under a name that no shell holds nothing can wait for one.
    if (isShellName(name) ? !fits(value) : !isUtf8(value)) encoded.push([name, value]);
    else if (isKept) words.push(name);
    else if (!isStated) {
      words.push(name);
      set.push([name, value]);
    } else if (isGiven(variable)) encoded.push([name, value]);
    else words.push(`${name}=${value}`);
  }
  const surplus = ADDED_BY_SHELLS.filter(name => !variables.has(name));
  const inner = { encoded, lost, surplus, umask };
  const carriers = innerVariables(inner);
  return {
    words: [...words, ...carriers.map(([name]) => name)],
    change: {
      set: [...set, ...carriers],
      unset: [...host.keys()].filter(name => steersTools(name) || others.includes(name)),
    },
    inner,
  };
}

/** Values that stand in no argument list: what the person gave, in whatever way. */
function isGiven({ from }: ContainerVariable): boolean {
  return from === 'set' || from === 'addressed';
}

/** A variable that an engine cannot hand on at all, as the sentence of the error; null: there is none. */
export function unheldVariable(who: string, { variables }: JobEnvironment): string | null {
  const found = [...variables.values()].find(
    ({ name, value }) => !isUtf8(name) || (!isShellName(name) && !isUtf8(value)),
  );
  return found === undefined
    ? null
    : `${who} cannot hand on the variable ${JSON.stringify(found.name)}: it is not UTF-8`;
}
