import type { CallOptions } from '../call.ts';
import type { Settings } from '../configuration/settings.ts';
import type { Context } from '../context.ts';
import type { Entries } from '../launch/launcher-environment.ts';
import type { ImageFacts } from '../rootfs/facts.ts';
import { isUtf8 } from '../runtimes/apptainer-environment.ts';
import type { RunRequest } from '../runtimes/runtime.ts';
import { shownIn } from '../runtimes/shown.ts';
import { defaultBinds, gatherBinds } from './binds.ts';
import { readCaller } from './caller.ts';
import { commandWords, type JobMode } from './command-words.ts';
import { variablesOf } from './env-options.ts';
import { chooseGpu } from './gpu.ts';
import { chooseHome } from './home.ts';
import { siteBinds } from './site-binds.ts';
import { chooseWorkdir } from './workdir.ts';

/** Everything a request is made from, once the image is found. */
export interface RequestOptions {
  readonly mode: JobMode;
  readonly options: CallOptions;
  readonly settings: Settings;
  /** Everything after IMAGE: texts that keep every byte. */
  readonly userArguments: readonly string[];
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
  readonly reasons: { readonly workdir: string; readonly home: string };
}

/** What runs where nothing else is said, and what `jcds shell` opens where the image has no bash. */
export const SHELL = '/bin/sh';
const NO_CONFIG = { entrypoint: null, cmd: null } as const;

/**
 * From what was asked for to what is to run: options and settings become plain data that every runtime reads.
 * Looks at the host's files (binds, GPU devices, home), never at the image.
 * @throws UsageError, InvalidBindError, BindSourceError, InvalidVariableError, EnvironmentFileError, WorkdirUnknownError
 */
export function makeRequest(requested: RequestOptions, context: Context): MadeRequest {
  const { options, settings, image, userArguments, mode } = requested;
  const { facts } = image;
  const contain = options.contain === true;
  // The caller's variables byte for byte, where Node has put U+FFFD.
  const environment = Object.fromEntries(requested.environment);
  const gpu = chooseGpu(settings.gpu, environment);
  const home = chooseHome(options, context);
  const { binds, notes } = gatherBinds({
    cwd: context.cwd,
    bind: [...texts(options.bind), ...texts(options.volume)],
    mount: texts(options.mount),
    configured: settings.binds,
    site: siteBinds(environment, context.cwd),
    defaults: defaultBinds({
      cwd: context.cwd,
      home: home.value.kind === 'host' ? home.value.source : null,
      contain,
      cvmfsRoot: requested.cvmfsRoot,
      gpu,
      environment,
    }),
  });
  const streams = [context.stdin, context.stdout, context.stderr];
  const caller = readCaller(context.launcherPid);
  const given = variablesOf(texts(options.env), texts(options.envFile), environment);
  const workdir = chooseWorkdir({
    options,
    home: home.value,
    contain,
    binds,
    image: image.name,
    facts,
    cwd: context.cwd,
  });
  const request: RunRequest = {
    image: { path: image.path, kind: image.kind, facts },
    words: commandWords(mode, facts?.config ?? NO_CONFIG, userArguments.length > 0, SHELL),
    ...(userArguments.every(isUtf8) ? {} : { rawArguments: userArguments }),
    entrypointUnknown: facts === null && mode === 'run',
    environment: {
      policy: settings.envPolicy,
      host: requested.environment,
      set: [['JCDS_IMAGE', image.name], ['JCDS_IMAGE_PATH', image.path], ...given],
    },
    shown: shownIn({ home: home.value, cwd: workdir.value, binds, contain }),
    contain,
    writableTmpfs: options.writableTmpfs === true,
    gpu,
    interactive: streams.every(({ isTerminal }) => isTerminal),
    hasTerminal: streams.some(({ isTerminal }) => isTerminal),
    hasInput: caller.hasInput,
    user: { uid: context.uid, gid: context.gid, name: context.userName, groups: caller.groups },
    umask: caller.umask,
    limits: caller.limits,
    runtimeArguments: texts(options.runtimeArg),
  };
  const reasons = { workdir: workdir.reason, home: home.reason };
  return { request, notes, given: given.map(([name]) => name), reasons };
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
