import { EXIT, JcdsError } from '../errors.ts';
import type { Plan } from '../launch/plan.ts';
import { ruleFor } from './environment-policy.ts';
import type { RunRequest } from './runtime.ts';

/** A variable of the job. `addressed`: by the caller's APPTAINERENV_NAME or SINGULARITYENV_NAME. */
export interface ContainerVariable {
  readonly name: string;
  /** Keeps every byte (launch/bytes.ts). */
  readonly value: string;
  readonly from: 'host' | 'image' | 'addressed' | 'set' | 'jcds';
}

/** The job's whole environment as the policy decides it, on every runtime. */
export interface JobEnvironment {
  readonly variables: ReadonlyMap<string, ContainerVariable>;
  /** Names of the caller's that `-v` reports as left behind. Never values. */
  readonly leftBehind: readonly string[];
}

/** What apptainer, docker and most images have when nobody says otherwise. */
export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** `--env` names what another option decides, or what some runtime cannot set. */
export class VariableNotSettableError extends JcdsError {
  constructor(name: string, hint: string) {
    super({
      code: 'INVALID_ENVIRONMENT_NAME',
      message: `--env cannot set ${name} in the container`,
      hint,
      exitCode: EXIT.failed,
    });
  }
}

/** Apptainer warns or changes something else when it is told to set these, so no runtime sets them. */
const NOT_SETTABLE: Readonly<Record<string, string>> = {
  HOME: 'jcds run --home DIR',
  GID: 'shells reserve this name',
  PREPEND_PATH: 'set the whole PATH: --env PATH=…',
  APPEND_PATH: 'set the whole PATH: --env PATH=…',
};

const ADDRESSED = /^(?:APPTAINERENV|SINGULARITYENV)_(.+)$/s;

/**
 * The job's environment: the caller's variables that the policy lets through, then the image's own, then what is
 * addressed to the container, then `--env`; HOME and PWD are the request's. Pure. @throws VariableNotSettableError
 */
export function jobEnvironment(request: RunRequest): JobEnvironment {
  const { policy, host, set } = request.environment;
  const image = request.image.facts?.config.env ?? [];
  const inImage = new Set(image.map(([name]) => name));
  const variables = new Map<string, ContainerVariable>();
  const leftBehind: string[] = [];
  const add = (from: ContainerVariable['from'], name: string, value: string) =>
    variables.set(name, { name, value, from });

  for (const [name, value] of host) {
    const rule = ruleFor(name);
    if (rule[policy] === 'host' && !(value === '' && inImage.has(name))) add('host', name, value);
    else if (rule.noted) leftBehind.push(name);
  }
  for (const [name, value] of image) if (variables.get(name)?.from !== 'host') add('image', name, value);
  const path = variables.get('PATH');
  if (path === undefined) add('jcds', 'PATH', DEFAULT_PATH);
  else add('image', 'PATH', withUsualPlaces(path.value));
  add('jcds', 'PWD', request.shown.cwd);
  addAddressed(variables, host);
  for (const [name, value] of set) {
    if (Object.hasOwn(NOT_SETTABLE, name)) throw new VariableNotSettableError(name, NOT_SETTABLE[name]!);
    add('set', name, value);
  }
  add('jcds', 'HOME', request.shown.home.path);
  return { variables, leftBehind };
}

/** The caller's variables that are addressed to the container, by the name that they get there. Apptainer's own prefix wins. */
export function addressedVariables(host: RunRequest['environment']['host']): Map<string, string> {
  const found = new Map<string, string>();
  for (const prefix of ['SINGULARITYENV_', 'APPTAINERENV_'])
    for (const [full, value] of host) {
      const name = full.startsWith(prefix) ? ADDRESSED.exec(full)?.[1] : undefined;
      if (name !== undefined && !isSecretName(name)) found.set(name, value);
    }
  return found;
}

/** Whether jcds keeps a variable of this name from every job (HTCondor makes an APPTAINERENV_ twin of each variable). */
export function isSecretName(name: string): boolean {
  return ruleFor(name.replace(ADDRESSED, '$1')).names.includes('JCDS_TOKEN*');
}

/** Apptainer adds the usual places to the image's PATH, so they are there on every runtime. */
function withUsualPlaces(path: string): string {
  const places = path.split(':');
  return [...places, ...DEFAULT_PATH.split(':').filter(place => !places.includes(place))].join(':');
}

function addAddressed(
  variables: Map<string, ContainerVariable>,
  host: RunRequest['environment']['host'],
): void {
  const addressed = addressedVariables(host);
  const path = [addressed.get('PREPEND_PATH'), addressed.get('PATH') ?? variables.get('PATH')?.value];
  for (const [name, value] of addressed)
    if (!Object.hasOwn(NOT_SETTABLE, name)) variables.set(name, { name, value, from: 'addressed' });
  const parts = [...path, addressed.get('APPEND_PATH')].filter(part => part !== undefined && part !== '');
  const before = variables.get('PATH')!;
  variables.set('PATH', { ...before, value: parts.join(':') });
}

/**
 * What the launcher has to change so that the environment it hands on is exactly this one: for runtimes that pass
 * their own environment to the job.
 */
export function launcherChange(
  variables: JobEnvironment['variables'],
  host: RunRequest['environment']['host'],
): Plan['environment'] {
  const before = new Map(host);
  return {
    set: [...variables.values()]
      .filter(({ name, value }) => before.get(name) !== value)
      .map(({ name, value }) => [name, value] as const),
    unset: host.map(([name]) => name).filter(name => !variables.has(name)),
  };
}
