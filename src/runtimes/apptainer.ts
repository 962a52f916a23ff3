import { EXIT, JcdsError } from '../errors.ts';
import type { Word } from '../launch/quote.ts';
import { apptainerEnvironment } from './apptainer-environment.ts';
import type { Bind, Invocation, ProbeContext, RunRequest, Runtime, RuntimeHost, Verdict } from './runtime.ts';
import { usernsFailure } from './userns.ts';

/** A home directory inside whose name Apptainer cannot be told. */
export class HomeNotPossibleError extends JcdsError {
  constructor(path: string) {
    super({
      code: 'HOME_NOT_POSSIBLE',
      message: `apptainer takes no home directory with a colon in its name: ${JSON.stringify(path)}`,
      hint: 'choose another with --home DIR, or --no-home',
      exitCode: EXIT.failed,
    });
  }
}

/** Facts that the probe leaves for the invocation. */
interface ApptainerFacts {
  /** Root without all capabilities (a container, many virtual machines): Apptainer asks for them and gives up. */
  readonly needsUserns: boolean;
  /** Which program this is: only Apptainer reads APPTAINERENV_. */
  readonly isApptainer: boolean;
}

/** Apptainer shows an empty directory as home where the source does not exist: this one never does. */
const NO_HOME = '/proc/0/home';
/** The devices of a minimal /dev. */
const DEVICES = ['null', 'zero', 'full', 'random', 'urandom', 'tty'];
const PROBE_COMMAND = '/jcds-probe';
const PROBE_TIMEOUT = 10_000;

/** Apptainer, and Singularity under its own name: `exec` always, so that the image's runscript evaluates nothing. */
export const apptainer: Runtime = row('apptainer');
export const singularity: Runtime = row('singularity');

function row(name: string): Runtime {
  return {
    name,
    programs: [name],
    images: ['directory', 'file'],
    diesWithParent: true,
    passesSignals: true,
    cannot: {},
    probe: search => probe(name, search),
    invocation,
  };
}

function invocation(request: RunRequest, host: RuntimeHost): Invocation {
  const facts = host.facts as unknown as ApptainerFacts;
  const prefix = facts.isApptainer ? 'APPTAINERENV_' : 'SINGULARITYENV_';
  return {
    file: host.program,
    args: [
      '-s', // no INFO, no WARNING: stderr is the job's
      ...(request.entrypointUnknown ? ['run', '--no-eval'] : ['exec']),
      ...(facts.needsUserns ? ['--userns'] : []),
      ...(request.contain ? ['--contain'] : []),
      ...missingPlaceArguments(request),
      ...homeArguments(request.home),
      ...(request.writableTmpfs ? ['--writable-tmpfs'] : []),
      ...(request.gpu === 'nvidia' ? ['--nv'] : request.gpu === 'rocm' ? ['--rocm'] : []),
      ...request.binds.filter(bind => !isOwnDefault(bind, request)).flatMap(bindArguments),
      '--pwd',
      request.cwd,
      ...request.runtimeArguments,
      request.image.path,
      ...request.words,
    ],
    environment: apptainerEnvironment(request, prefix, !request.entrypointUnknown),
  };
}

/**
 * Apptainer makes no place for what it shows by itself: without /dev in the image --contain fails, and the rest is left
 * out (measured with 1.4.5). For what it is told to bind it does make places.
 */
function missingPlaceArguments({ image, contain }: RunRequest): string[] {
  const entries = image.facts?.directories['/'];
  if (entries === undefined) return [];
  const missing = ['dev', 'proc', 'sys', 'tmp'].filter(name => !entries.some(entry => entry.name === name));
  return missing.flatMap(name => {
    if (!contain || name === 'proc' || name === 'sys') return ['--bind', `/${name}:/${name}`];
    return name === 'tmp'
      ? ['--scratch', '/tmp']
      : ['--no-mount', 'dev', ...DEVICES.flatMap(device => ['--bind', `/dev/${device}:/dev/${device}`])];
  });
}

/** Apptainer shows the working directory by itself, and knows better where it must not (/usr, /etc, …). */
function isOwnDefault(bind: Bind, request: RunRequest): boolean {
  return bind.origin === 'default' && bind.source === bind.destination && bind.source === request.cwd;
}

/** `--home` splits at colons: a source with one is bound over an empty home. */
function homeArguments({ path, source }: RunRequest['home']): Word[] {
  if (path === '/') return ['--no-home'];
  if (path.includes(':')) throw new HomeNotPossibleError(path);
  if (source === null) return ['--home', `${NO_HOME}:${path}`];
  if (source === path) return ['--home', path];
  if (!source.includes(':')) return ['--home', `${source}:${path}`];
  return ['--home', `${NO_HOME}:${path}`, '--mount', mountSpec({ source, destination: path, mode: 'rw' })];
}

/** `--bind` where it can hold the names, `--mount` where they have colons, commas or what either evaluates. */
function bindArguments(bind: Bind): Word[] {
  const { source, destination, mode } = bind;
  if (/[:,\\"]/.test(source + destination)) return ['--mount', mountSpec(bind)];
  return ['--bind', `${source}:${destination}${mode === 'ro' ? ':ro' : ''}`];
}

/** The fields of --mount are CSV (RFC 4180). */
function mountSpec({ source, destination, mode }: Pick<Bind, 'source' | 'destination' | 'mode'>): string {
  const fields = ['type=bind', `src=${source}`, `dst=${destination}`, ...(mode === 'ro' ? ['ro'] : [])];
  return fields.map(field => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',');
}

/** Starts a container on a directory that has no such command: the error about the command proves the container. */
async function probe(name: string, search: ProbeContext): Promise<Verdict> {
  const program = search.which(name);
  if (program === null) return { works: false, reason: 'is not installed', cure: installCure(name) };
  const attempt = (...options: string[]) =>
    search.run(program, ['-s', 'exec', ...options, '--no-home', '/usr', PROBE_COMMAND], PROBE_TIMEOUT);
  const [told, plain] = await Promise.all([search.run(program, ['--version'], PROBE_TIMEOUT), attempt()]);
  const isProof = (answer: { stderr: string }) => answer.stderr.includes(PROBE_COMMAND);
  const needsUserns = !isProof(plain);
  const answer = needsUserns && search.uid === 0 ? await attempt('--userns') : plain;
  if (!isProof(answer)) return usernsFailure(answer);
  const facts: ApptainerFacts = { needsUserns, isApptainer: told.stdout.startsWith('apptainer') };
  return {
    works: true,
    host: { program, version: told.stdout.trim().split(' ').at(-1) ?? '', facts: { ...facts } },
  };
}

function installCure(name: string): string {
  return name === 'apptainer'
    ? 'install Apptainer, or load the site module that has it'
    : 'install Apptainer';
}
