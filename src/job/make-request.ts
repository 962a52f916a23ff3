import type { CallOptions } from '../call.ts';
import type { Settings } from '../configuration/settings.ts';
import type { Context } from '../context.ts';
import { othersHomes } from '../files/others-homes.ts';
import type { Entries } from '../launch/launcher-environment.ts';
import type { ImageFacts } from '../rootfs/facts.ts';
import { isUtf8 } from '../runtimes/apptainer-environment.ts';
import type { RunRequest } from '../runtimes/runtime.ts';
import { allStores, storePlaces } from '../store-directory.ts';
import { readAccount } from './account.ts';
import { readCaller } from './caller.ts';
import { commandWords, type JobMode } from './command-words.ts';
import { variablesOf } from './env-options.ts';
import { chooseGpu, missingGpu } from './gpu.ts';
import { chooseShown } from './shown.ts';
import { withSitePlaces } from './site-places.ts';

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
  /** What a person has to know. */
  readonly warnings: readonly string[];
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
 * @throws UsageError, InvalidBindError, BindSourceError, BindPlaceError, InvalidVariableError, EnvironmentFileError, SiteVariableError, WorkdirUnknownError
 */
export function makeRequest(requested: RequestOptions, context: Context): MadeRequest {
  const { settings, image, userArguments, mode } = requested;
  const { facts } = image;
  // The caller's variables byte for byte, where Node has put U+FFFD.
  const environment = Object.fromEntries(requested.environment);
  const options = withSitePlaces(requested.options, environment);
  const gpu = chooseGpu(settings.gpu, environment);
  const { shown, notes, warnings, reasons } = chooseShown(
    {
      ...{ options, gpu, environment, image, cvmfsRoot: requested.cvmfsRoot },
      ...{ configured: settings.binds, policy: settings.envPolicy },
      stores: allStores(storePlaces(settings, context)),
    },
    context,
  );
  const streams = [context.stdin, context.stdout, context.stderr];
  const caller = readCaller(context.launcherPid);
  const given = variablesOf(texts(options.env), texts(options.envFile), environment);
  const request: RunRequest = {
    image: { path: image.path, kind: image.kind, facts },
    words: commandWords(mode, facts?.config ?? NO_CONFIG, userArguments.length > 0, SHELL),
    ...(userArguments.every(isUtf8) ? {} : { rawArguments: userArguments }),
    entrypointUnknown: facts === null && mode === 'run',
    environment: {
      policy: settings.envPolicy,
      host: requested.environment,
      set: [['JCDS_IMAGE', image.name], ['JCDS_IMAGE_PATH', image.path], ...given],
      others: othersHomes(environment, context.uid),
    },
    shown,
    contain: options.contain === true,
    writableTmpfs: options.writableTmpfs === true,
    gpu,
    interactive: streams.every(({ isTerminal }) => isTerminal),
    hasTerminal: streams.some(({ isTerminal }) => isTerminal),
    hasInput: caller.hasInput,
    user: userOf(context, caller.groups),
    umask: caller.umask,
    limits: caller.limits,
    runtimeArguments: texts(options.runtimeArg),
  };
  const missing = missingGpu(settings.gpu);
  return {
    request,
    notes,
    warnings: [...warnings, ...(missing === null ? [] : [missing])],
    given: given.map(([name]) => name),
    reasons,
  };
}

function userOf(context: Context, groups: readonly number[]): RunRequest['user'] {
  const account = readAccount(context, groups);
  return { uid: context.uid, gid: context.gid, name: account.name, groups, account };
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
