import { latin1, type Word } from '../launch/quote.ts';
import { shellQuote } from '../shell-quote.ts';
import { apptainerEnvironment, escapeForApptainer, isUtf8 } from './apptainer-environment.ts';
import { ArgumentsNotUtf8Error, HomeNotPossibleError, NoDevicesError } from './apptainer-errors.ts';
import { apptainerSite } from './apptainer-site.ts';
import { mountFields } from './mount-fields.ts';
import type { Invocation, ProbeContext, RunRequest, Runtime, RuntimeHost, Verdict } from './runtime.ts';
import { type Bind, bindsIn, type Home } from './shown.ts';
import { siteVariable } from './site-variables.ts';
import { checkUnasked, listingsForUnasked, placeOfTmp } from './unasked-places.ts';
import { usernsFailure } from './userns.ts';

/** Facts that the probe leaves for the invocation. */
interface ApptainerFacts {
  /** Root without all capabilities (a container, many virtual machines): Apptainer asks for them and gives up. */
  readonly needsUserns: boolean;
  /** Which program this is: only Apptainer reads APPTAINERENV_. */
  readonly isApptainer: boolean;
}

/** Apptainer shows an empty directory as home where the source does not exist: this one never does. */
const NO_HOME = '/proc/0/home';
/** Where Apptainer writes an OCI image's ENV. */
const ENVIRONMENT_FILE = '/.singularity.d/env/10-docker2singularity.sh';
const PROBE_COMMAND = '/jcds-probe';
/** Of a script that is written before its image is known. */
const UNKNOWN_IMAGE = '/usr';
/** The image may come by a network that is slow. */
const PROBE_TIMEOUT = 15_000;

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
    cannot: {
      // Go makes U+FFFD of such bytes when it hands names on to its starter (measured with 1.4.5).
      bytes: `${name} cannot show directories or files whose names are not UTF-8`,
    },
    listings: request => listingsForUnasked(request, hiddenFiles(request)),
    learns: { needsUserns: isBoolean, isApptainer: isBoolean },
    probe: (search, request) => probe(name, search, request),
    invocation,
  };
}

function isBoolean(value: unknown): boolean {
  return typeof value === 'boolean';
}

function invocation(request: RunRequest, host: RuntimeHost): Invocation {
  const facts = host.facts as unknown as ApptainerFacts;
  const prefix = facts.isApptainer ? 'APPTAINERENV_' : 'SINGULARITYENV_';
  const environment = apptainerEnvironment(request, prefix, !request.entrypointUnknown);
  const carried = carriedArguments(request);
  checkUnasked(request, hiddenFiles(request));
  const site = apptainerSite(request.environment.host);
  return {
    file: host.program,
    args: [
      '-s', // no INFO, no WARNING: stderr is the job's
      ...(request.entrypointUnknown ? ['run', '--no-eval'] : ['exec']),
      ...(facts.needsUserns ? ['--userns'] : []),
      ...(request.contain ? ['--contain'] : []),
      ...site.args,
      ...missingPlaceArguments(request),
      ...homeArguments(request.shown.home),
      ...(request.writableTmpfs ? ['--writable-tmpfs'] : []),
      ...(request.gpu === 'nvidia' ? ['--nv'] : request.gpu === 'rocm' ? ['--rocm'] : []),
      ...hiddenFiles(request).flatMap(file => ['--bind', `/dev/null:${file}`]),
      ...bindsIn(request.shown)
        .filter(bind => !site.showsCwd || !isOwnDefault(bind, request))
        .flatMap(bindArguments),
      '--pwd',
      request.shown.cwd,
      ...request.runtimeArguments,
      request.image.path,
      ...(carried === null ? request.words : ['/bin/sh', '-c', restore(carried.length), 'sh']),
    ],
    environment: {
      set: [
        ...(carried ?? []).map((value, index) => [`${prefix}${CARRIED}${index}`, value] as const),
        ...environment.set,
      ],
      unset: environment.unset,
    },
  };
}

const CARRIED = 'JCDS_ARGUMENTS_';
/** Below WORD_LIMIT, with room for the name. */
const CARRIED_LIMIT = 120_000;

/** Makes words and arguments of the variables; the "$@" that came through Apptainer is dropped. */
function restore(count: number): string {
  const names = Array.from({ length: count }, (_, index) => `${CARRIED}${index}`);
  return `eval "unset ${names.join(' ')}; set -- ${names.map(name => `$${name}`).join(' ')}"; exec "$@"`;
}

/**
 * Apptainer makes U+FFFD of every byte of an argument that is not UTF-8 (measured with 1.4.5). Variables can hold such
 * bytes, and the image's shell then makes arguments of them: their values, escaped, or null where nothing needs it.
 */
function carriedArguments(request: RunRequest): readonly string[] | null {
  const words = [...request.words, ...(request.rawArguments ?? [])];
  if (words.every(isUtf8)) return null;
  if (request.image.facts?.hasShell !== true) throw new ArgumentsNotUtf8Error();
  const values: string[] = [];
  for (const word of words) {
    const escaped = escapeForApptainer(shellQuote(word));
    const last = values.at(-1);
    if (last !== undefined && latin1(last).length + latin1(escaped).length < CARRIED_LIMIT)
      values[values.length - 1] = `${last} ${escaped}`;
    else values.push(escaped);
  }
  return values;
}

/**
 * Apptainer makes places for /dev, /proc and /sys where the image has none, but for a contained /dev; /tmp it leaves out
 * there, or where it is a link that leads to nothing, and shows it where it is told to (measured with 1.4.5). Told so, it makes the
 * place also in a directory of the host: there /tmp stays out.
 */
function missingPlaceArguments(request: RunRequest): string[] {
  const { image, contain, shown, environment } = request;
  const entries = image.facts?.directories['/'];
  if (entries === undefined) return [];
  const isMissing = (wanted: string) => !entries.some(({ name }) => name === wanted);
  // A bind below it makes Apptainer make one.
  const isMade = bindsIn(shown).some(({ destination }) => destination.startsWith('/dev/'));
  if (contain && isMissing('dev') && !isMade) throw new NoDevicesError(image.path);
  const found = entries.find(({ name }) => name === 'tmp');
  const [last] = shown.places.filter(({ at }) => at === '/tmp').slice(-1);
  const isWanted = last?.origin === 'jcds';
  if (!isWanted || (found !== undefined && found.kind !== 'link')) return [];
  const place = placeOfTmp(request);
  if (place === null || /[:,\\]/.test(place)) return [];
  if (!contain) return ['--bind', `/tmp:${place}`];
  // It has a directory of the site's for /tmp then, in which --scratch would have another.
  return siteVariable('WORKDIR', Object.fromEntries(environment.host)) === null ? ['--scratch', place] : [];
}

/** What jcds binds besides what is shown: what Apptainer cannot read it complains about, on the job's stderr; jcds gives the values. */
function hiddenFiles({ image }: RunRequest): string[] {
  return image.facts?.environmentFileDropped === true ? [ENVIRONMENT_FILE] : [];
}

/**
 * Apptainer shows the working directory by itself where nothing is contained, and knows better where it must not (/usr, /etc, …).
 * It does so after the binds, over what is bound below it, and not where the directory is shown already.
 */
function isOwnDefault(
  { origin, source, destination, mode }: Bind,
  { contain, shown, environment }: RunRequest,
): boolean {
  const isCwd = origin === 'default' && source === destination && source === shown.cwd && mode === 'rw';
  const isBelow = (path: string, directory: string) => path.startsWith(`${directory}/`);
  // It goes by PWD: the name that was typed.
  const isTyped = environment.host.every(([name, value]) => name !== 'PWD' || value === source);
  return (
    isCwd &&
    isTyped &&
    !contain &&
    shown.places.every(
      ({ at, content, isMade }) =>
        // In a directory that it is told to bind it makes no places, not even for an empty home.
        (isMade === true || content.kind === 'empty' || !isBelow(at, source)) &&
        !(content.kind === 'host' && isBelow(source, at)),
    )
  );
}

/** `--home` splits at colons: a source with one is bound over an empty home. */
function homeArguments(home: Home): Word[] {
  const { path } = home;
  // For this place it shows nothing; --no-home alone would leave HOME to the account.
  if (home.kind === 'none') return ['--home', '/'];
  if (path.includes(':')) throw new HomeNotPossibleError(path);
  if (home.kind === 'empty') return ['--home', `${NO_HOME}:${path}`];
  const { source } = home;
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

function mountSpec({ source, destination, mode }: Pick<Bind, 'source' | 'destination' | 'mode'>): string {
  const fields = ['type=bind', `src=${source}`, `dst=${destination}`, ...(mode === 'ro' ? ['ro'] : [])];
  return mountFields(fields);
}

/**
 * Starts the very image with a command that no image has: the error about the command proves the container. Another
 * directory would prove less: a mount below it, or a site's limits on where containers may lie, is no matter of the image.
 */
async function probe(name: string, search: ProbeContext, { image }: RunRequest): Promise<Verdict> {
  const program = search.which(name);
  if (program === null) return { works: false, reason: 'is not installed', cure: installCure(name) };
  const path = image.path === '/' ? UNKNOWN_IMAGE : image.path;
  const attempt = (...options: string[]) =>
    search.run(program, ['-s', 'exec', ...options, '--no-home', path, PROBE_COMMAND], PROBE_TIMEOUT);
  const [told, plain] = await Promise.all([search.run(program, ['--version'], PROBE_TIMEOUT), attempt()]);
  const isProof = (answer: { stderr: string }) => answer.stderr.includes(PROBE_COMMAND);
  const needsUserns = !isProof(plain);
  // What gave no answer in time lacks no privilege.
  const answer = needsUserns && search.uid === 0 && plain.code !== null ? await attempt('--userns') : plain;
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
