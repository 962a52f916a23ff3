import { JcdsError } from '../errors.ts';
import type { Plan } from '../launch/plan.ts';
import { ruleFor, type Source } from './environment-policy.ts';
import { afterScripts, type ScriptedVariables } from './image-scripts.ts';
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
  /** Names that the image sets to nothing and the caller to something: the job has neither (bare apptainer takes both). */
  readonly emptied: ReadonlySet<string>;
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
 * The job's environment: the caller's variables and the image's, as the policy decides between them, then what is
 * addressed to the container, then `--env`; HOME and PWD are the request's. Pure. @throws VariableNotSettableError
 */
export function jobEnvironment(request: RunRequest): JobEnvironment {
  const { policy, host, set } = request.environment;
  const { variables: image, hidden } = imageEnvironment(request);
  const variables = new Map<string, ContainerVariable>();
  const leftBehind: string[] = [];
  const emptied = new Set<string>();
  const add = (from: ContainerVariable['from'], name: string, value: string) =>
    variables.set(name, { name, value, from });

  for (const [name, value] of host) {
    const rule = ruleFor(name);
    if (hidden.has(name) && rule[policy] === 'image first') continue;
    if (isCallers(rule[policy], value, image.get(name))) add('host', name, value);
    else if (rule.noted) leftBehind.push(name);
    else if (rule[policy] === 'image first' && image.get(name) === '') emptied.add(name);
  }
  for (const [name, value] of image)
    if (variables.get(name)?.from !== 'host' && !emptied.has(name)) add('image', name, value);
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
  return { variables, leftBehind, emptied };
}

/** What the image sets; a later value of a name wins. What its scripts set is left out where they cannot be read. */
export function imageEnvironment(request: Pick<RunRequest, 'image' | 'shown'>): ScriptedVariables {
  const own = new Map(request.image.facts?.config.env ?? []);
  return scriptedEnvironment(request) ?? { variables: own, hidden: new Set() };
}

/** The same; null: the image has scripts that only its own shell can run. */
export function scriptedEnvironment({
  image,
  shown,
}: Pick<RunRequest, 'image' | 'shown'>): ScriptedVariables | null {
  const own = new Map(image.facts?.config.env ?? []);
  const scripts = image.facts?.environmentScripts ?? [];
  if (scripts.length === 0) return { variables: own, hidden: new Set() };
  const before = new Map([['PATH', DEFAULT_PATH], ...own]);
  return afterScripts(scripts, before, { home: shown.home.path, cwd: shown.cwd });
}

/** Whether the caller's value is the job's. @param inImage the image's, if it has one */
function isCallers(source: Source, value: string, inImage: string | undefined): boolean {
  switch (source) {
    case 'image first':
      return inImage === undefined;
    case 'host':
      return value !== '' || inImage === undefined;
    case 'image':
      return false;
    default:
      return source satisfies never;
  }
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
  const before = variables.get('PATH');
  for (const [name, value] of addressed)
    if (!Object.hasOwn(NOT_SETTABLE, name) && name !== 'PATH')
      variables.set(name, { name, value, from: 'addressed' });
  // An empty one counts as none, and a whole PATH leaves nothing to extend (tried with 1.4.5).
  const whole = addressed.get('PATH') ?? '';
  const parts = [addressed.get('PREPEND_PATH'), before?.value, addressed.get('APPEND_PATH')];
  if (whole !== '') variables.set('PATH', { name: 'PATH', value: whole, from: 'addressed' });
  else if (before !== undefined)
    variables.set('PATH', {
      ...before,
      value: parts.filter(part => part !== undefined && part !== '').join(':'),
    });
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
