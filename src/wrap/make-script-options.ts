import type { CallOptions } from '../call.ts';
import type { Settings } from '../configuration/settings.ts';
import type { Context } from '../context.ts';
import { type BindSpec, parseBind, parseMount } from '../job/bind-spec.ts';
import { variablesOf } from '../job/env-options.ts';
import { chooseHome } from '../job/home.ts';
import { hostPlaces } from '../job/host-places.ts';
import { chooseWorkdir } from '../job/workdir.ts';
import type { Entries } from '../launch/launcher-environment.ts';
import type { ImageFacts } from '../rootfs/facts.ts';
import { isContentAddressed } from '../rootfs/memory.ts';
import { apptainerEnvironment, isDeaf } from '../runtimes/apptainer-environment.ts';
import { DEFAULT_PATH, jobEnvironment } from '../runtimes/environment.ts';
import { afterScripts } from '../runtimes/image-scripts.ts';
import type { RunRequest } from '../runtimes/runtime.ts';
import { shownIn } from '../runtimes/shown.ts';
import type { ExactImage, RecordedImage, ScriptOptions, WishedBind } from './script-options.ts';

type Options = CallOptions;

/** What the options and settings of a command line say of every start, whatever the image and the runtime are. */
export type PlainOptions = Omit<ScriptOptions, 'image' | 'program' | 'recorded' | 'registryCheck'>;

/**
 * Reads the options of a job. Names of files are taken from the directory in which the script is written; whether the
 * sources of binds are there is looked at when it runs.
 * @throws UsageError, WorkdirUnknownError, InvalidBindError, InvalidVariableError, EnvironmentFileError, VariableNotSettableError
 */
export function makeScriptOptions(
  options: Options,
  settings: Settings,
  { cwd }: Pick<Context, 'cwd'>,
  image: { readonly name: string; readonly facts: ImageFacts | null },
): PlainOptions {
  const directory = cwd ?? '/';
  return {
    policy: settings.envPolicy,
    ...variablesIn(options),
    binds: bindsIn(options, settings, directory),
    workdir: workdirIn(options, image),
    home: homeIn(options, directory),
    homeless: 'account',
    shown: [],
    contain: options.contain === true,
    writableTmpfs: options.writableTmpfs === true,
    gpu: settings.gpu,
    runtimeArguments: texts(options.runtimeArg),
  };
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** Stands for a value that only whoever runs the script has. */
const THEIRS = '\u0001theirs';

function variablesIn(options: Options): Pick<ScriptOptions, 'set' | 'passed'> {
  const everybody = new Proxy<Record<string, string>>({}, { get: () => THEIRS });
  const found = variablesOf(texts(options.env), texts(options.envFile), everybody);
  jobEnvironment(requestOf(null, 'keep', found));
  return {
    set: found.filter(([, value]) => value !== THEIRS),
    passed: found.filter(([, value]) => value === THEIRS).map(([name]) => name),
  };
}

/** Place by place what is typed beats the configuration; a bind below another comes after it. */
function bindsIn(options: Options, settings: Settings, directory: string): readonly WishedBind[] {
  const places = new Map<string, WishedBind>();
  const add = (spec: BindSpec, origin: WishedBind['origin']) =>
    places.set(spec.destination, { ...spec, origin });
  for (const text of settings.binds) add(parseBind(text, '/'), 'configuration');
  for (const text of [...texts(options.bind), ...texts(options.volume)])
    add(parseBind(text, directory), 'user');
  for (const text of texts(options.mount)) add(parseMount(text, directory), 'user');
  return [...places.values()].sort((a, b) => (a.destination < b.destination ? -1 : 1));
}

/** null: the caller's, which only a run knows. */
function workdirIn(options: Options, image: { name: string; facts: ImageFacts | null }): string | null {
  if (![options.workdir, options.pwd, options.cwd].some(value => typeof value === 'string')) return null;
  const nobody = { home: { kind: 'none', path: '/' }, contain: false, cwd: null } as const;
  return chooseWorkdir({
    ...{ options, ...nobody, places: hostPlaces([]), image: image.name, facts: image.facts },
  }).value;
}

function homeIn(options: Options, cwd: string): ScriptOptions['home'] {
  if (typeof options.home !== 'string') return options.home === false ? 'none' : 'own';
  const { path, ...home } = chooseHome(options, { cwd, home: '/' }).value;
  return { path, source: home.kind === 'host' ? home.source : path };
}

/**
 * What is to be remembered of the image that was found, so that Apptainer gets its ENV right; null: nothing, as of a directory that
 * another content may come into.
 */
export function recordImage(place: string, facts: ImageFacts | null): RecordedImage | null {
  if (facts === null || !isContentAddressed(`/${place}`)) return null;
  // What it lost is found out anew at each start.
  const scripted = withoutScripts(facts);
  const request = requestOf({ ...(scripted ?? facts), singularityMissing: [] }, 'clean', []);
  return {
    place,
    variables: apptainerEnvironment(request, '', false).set.map(([name, value]) => [name, String(value)]),
    environmentFileDropped: facts.environmentFileDropped,
    isDeaf: isDeaf(facts),
    searchPath: jobEnvironment(request).variables.get('PATH')?.value ?? DEFAULT_PATH,
    ...(scripted === null ? {} : { exact: exactImage(scripted) }),
  };
}

/** With what the image's own scripts set in its ENV; null: that depends on the job, or only the image's shell would know. */
function withoutScripts(facts: ImageFacts): ImageFacts | null {
  const { environmentScripts: scripts, config } = facts;
  if (scripts.length === 0) return facts;
  const scripted = afterScripts(scripts, new Map([['PATH', DEFAULT_PATH], ...config.env]), {});
  if (scripted === null || scripted.hidden.size > 0) return null;
  return { ...facts, environmentScripts: [], config: { ...config, env: [...scripted.variables] } };
}

/** Longer account files are read anew: a script is no place for them. */
const LONGEST_ACCOUNTS = 4096;

function exactImage({ config, directories, passwd, group }: ImageFacts): ExactImage {
  const variables = new Map(config.env);
  variables.delete('PATH');
  const texts: [string, string | null][] = [
    ['passwd', passwd],
    ['group', group],
  ];
  return {
    variables: [...variables],
    links: Object.entries(directories).flatMap(([directory, entries]) =>
      entries.flatMap(({ name, target }): [string, string][] =>
        target === undefined ? [] : [[`${directory === '/' ? '' : directory}/${name}`, target]],
      ),
    ),
    accounts: texts.filter(
      (entry): entry is [string, string] => entry[1] !== null && entry[1].length <= LONGEST_ACCOUNTS,
    ),
  };
}

/** A request of nobody in particular, about an image. */
export function requestOf(
  facts: ImageFacts | null,
  policy: RunRequest['environment']['policy'],
  set: Entries,
): RunRequest {
  return {
    image: { path: '/', kind: 'directory', facts },
    words: [],
    entrypointUnknown: false,
    environment: { policy, host: [], set },
    shown: shownIn({ home: { kind: 'none', path: '/' }, cwd: '/', binds: [], contain: false }),
    contain: false,
    writableTmpfs: false,
    gpu: null,
    interactive: false,
    hasTerminal: false,
    hasInput: false,
    user: { uid: 0, gid: 0, name: '', groups: [] },
    umask: 0o022,
    limits: [],
    runtimeArguments: [],
  };
}
