import { statSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import type { Settings } from '../configuration/settings.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import { toBytes } from '../launch/bytes.ts';
import type { Entries } from '../launch/launcher-environment.ts';
import type { ImageFacts } from '../rootfs/facts.ts';
import type { RunRequest } from '../runtimes/runtime.ts';
import { defaultBinds, gatherBinds } from './binds.ts';
import { commandWords, type JobMode } from './command-words.ts';
import { variablesOf } from './env-options.ts';
import { chooseGpu } from './gpu.ts';

/** Everything a request is made from, once the image is found. */
export interface RequestWishes {
  readonly mode: JobMode;
  readonly options: Readonly<Record<string, unknown>>;
  readonly settings: Settings;
  readonly hasArguments: boolean;
  readonly image: {
    readonly path: string;
    readonly kind: 'directory' | 'file';
    readonly facts: ImageFacts | null;
    /** For JCDS_IMAGE: the readable name. */
    readonly name: string;
  };
  readonly cvmfsRoot: string;
  readonly environment: Entries;
}

/** The request, and what a person may want to know about how it came to be. */
export interface MadeRequest {
  readonly request: RunRequest;
  readonly notes: readonly string[];
  /** Names given by `--env` and `--env-file`: no output shows their values. */
  readonly given: readonly string[];
}

/** What runs where nothing else is said, and what `jcds shell` opens. */
const SHELL = '/bin/sh';
const NO_CONFIG = { entrypoint: null, cmd: null } as const;

/**
 * From what was asked for to what is to run: options and settings become plain data that every runtime reads.
 * Looks at the host's files (binds, GPU devices, home), never at the image.
 * @throws UsageError, InvalidBindError, BindSourceError, InvalidVariableError, EnvironmentFileError
 */
export function makeRequest(wishes: RequestWishes, context: Context): MadeRequest {
  const { options, settings, image } = wishes;
  const contain = options.contain === true;
  const gpu = chooseGpu(settings.gpu, context.environment);
  const home = homeOf(options, contain, context);
  const { binds, notes } = gatherBinds({
    cwd: context.cwd ?? '/',
    bind: [...texts(options.bind), ...texts(options.volume)],
    mount: texts(options.mount),
    configured: settings.binds,
    defaults: defaultBinds({ ...context, home: home.source, contain, gpu, cvmfsRoot: wishes.cvmfsRoot }),
  });
  const given = variablesOf(
    texts(options.env),
    texts(options.envFile),
    Object.fromEntries(wishes.environment),
  );
  const facts = image.facts;
  const request: RunRequest = {
    image: { path: image.path, kind: image.kind, facts },
    words: commandWords(wishes.mode, facts?.config ?? NO_CONFIG, wishes.hasArguments, SHELL),
    entrypointUnknown: facts === null && wishes.mode === 'run',
    environment: {
      policy: settings.envPolicy,
      host: wishes.environment,
      set: [['JCDS_IMAGE', image.name], ['JCDS_IMAGE_PATH', image.path], ...given],
    },
    binds,
    cwd: cwdOf(options, home.path, contain, binds, facts, context),
    home,
    contain,
    writableTmpfs: options.writableTmpfs === true,
    gpu,
    interactive: wishes.mode === 'shell' || (context.stdin.isTerminal && context.stdout.isTerminal),
    user: { uid: context.uid, gid: context.gid, name: context.userName },
    runtimeArguments: texts(options.runtimeArg),
  };
  return { request, notes, given: given.map(([name]) => name) };
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** `--home SRC[:DST]` as Apptainer takes it; otherwise the caller's, unless it is kept out or is not there. */
function homeOf(
  options: Readonly<Record<string, unknown>>,
  contain: boolean,
  context: Context,
): RunRequest['home'] {
  const { home: wanted } = options;
  if (typeof wanted === 'string') {
    const [source = '', place] = wanted.split(':');
    const absolute = resolve(context.cwd ?? '/', source);
    if (source === '' || !isDirectory(absolute))
      throw new UsageError(
        `--home ${JSON.stringify(wanted)}: ${JSON.stringify(absolute)} is not a directory`,
      );
    if (place !== undefined && !isAbsolute(place))
      throw new UsageError(`--home ${JSON.stringify(wanted)}: the place inside must be absolute`);
    return { path: place ?? absolute, source: absolute };
  }
  const shown = wanted !== false && !contain && isDirectory(context.home);
  return { path: context.home, source: shown ? context.home : null };
}

function isDirectory(path: string): boolean {
  try {
    return statSync(toBytes(path)).isDirectory();
  } catch {
    return false;
  }
}

/** The caller's working directory, where it is shown inside; `--workdir image` is the image's own. */
function cwdOf(
  options: Readonly<Record<string, unknown>>,
  home: string,
  contain: boolean,
  binds: RunRequest['binds'],
  facts: ImageFacts | null,
  context: Context,
): string {
  const wanted = [options.workdir, options.pwd, options.cwd].find(value => typeof value === 'string') as
    | string
    | undefined;
  if (wanted === 'image' && options.workdir === 'image') return facts?.config.workdir ?? '/';
  if (wanted !== undefined) {
    if (!isAbsolute(wanted))
      throw new UsageError(`--workdir ${JSON.stringify(wanted)} must be an absolute path, or \`image\``);
    return wanted;
  }
  const { cwd } = context;
  if (cwd === null) return home;
  const isShown =
    !contain || binds.some(({ destination }) => cwd === destination || cwd.startsWith(`${destination}/`));
  return isShown ? cwd : home;
}
