import { readdirSync, realpathSync, statSync } from 'node:fs';
import { EXIT } from '../errors.ts';
import { renderPlan } from '../launch/plan.ts';
import type { ImageFacts, RootEntry } from '../rootfs/facts.ts';
import { checkEngineFiles, EngineFilesError } from './check-engine-files.ts';
import type { ProbeContext, RunRequest, Runtime, RuntimeHost } from './runtime.ts';
import { shownIn } from './shown.ts';

/** What the host's own programs need to run: the trial's image. */
const TRIAL_NAMES = /^(?:usr|bin|sbin|lib.*)$/;

/** How a program ended that a probe has started. */
export type Tried = Awaited<ReturnType<ProbeContext['run']>>;

/**
 * What is to be run, as far as it decides whether a runtime starts it at all: who, under which limits, contained or not.
 * The image is the host's own programs, and the command `sh -c :` in them.
 */
export function trial(
  shell: string,
  { contain, user, umask, limits }: Pick<RunRequest, 'contain' | 'user' | 'umask' | 'limits'>,
): RunRequest {
  const facts: Pick<ImageFacts, 'config' | 'directories' | 'passwd' | 'group' | 'hasShell'> = {
    config: { env: [], entrypoint: null, cmd: null, workdir: null, user: null, source: 'none' },
    directories: {
      '/': entriesOf('/').filter(({ name }) => TRIAL_NAMES.test(name)),
      '/usr': entriesOf('/usr'),
    },
    passwd: null,
    group: null,
    hasShell: true,
  };
  return {
    image: { path: '', kind: 'directory', facts: facts as ImageFacts },
    words: [shell, '-c', ':'],
    entrypointUnknown: false,
    environment: { policy: 'clean', host: [], set: [] },
    shown: shownIn({ home: { kind: 'none', path: '/' }, cwd: '/', binds: [], contain }),
    contain,
    writableTmpfs: false,
    gpu: null,
    interactive: false,
    hasTerminal: false,
    hasInput: false,
    user,
    umask,
    limits,
    runtimeArguments: [],
  };
}

/**
 * Starts a request as the launcher would: by the plan, in sh.
 * @param variables of the caller that steer the runtime
 * @param timeout milliseconds
 */
export function tryRequest(
  request: RunRequest,
  host: RuntimeHost,
  invocation: Runtime['invocation'],
  search: ProbeContext,
  timeout: number,
  variables: readonly string[] = [],
): Promise<Tried> {
  const invoked = invocation(request, host);
  try {
    if (invoked.files !== undefined) checkEngineFiles(invoked.files, search.uid);
  } catch (thrown) {
    if (!(thrown instanceof EngineFilesError)) throw thrown;
    return Promise.resolve({ code: EXIT.failed, stdout: '', stderr: thrown.message });
  }
  const plan = renderPlan({ shift: 0, ...invoked }, { given: [], passed: [] });
  return runWith(search, variables, '/bin/sh', ['-c', plan.toString('utf8'), 'jcds'], timeout);
}

/** Runs a program with some of the caller's variables, given as `NAME=value`. */
export function runWith(
  search: ProbeContext,
  variables: readonly string[],
  file: string,
  args: readonly string[],
  timeout: number,
): Promise<Tried> {
  if (variables.length === 0) return search.run(file, args, timeout);
  return search.run('/usr/bin/env', [...variables, file, ...args], timeout);
}

/** Those of the caller's variables that have such names, as `NAME=value`. */
export function variablesNamed({ environment }: ProbeContext, names: RegExp): string[] {
  return Object.entries(environment)
    .filter(([name, value]) => value !== undefined && names.test(name))
    .map(([name, value]) => `${name}=${value}`)
    .sort();
}

/** Directories, and links by where they really lead. */
function entriesOf(directory: string): RootEntry[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry): RootEntry[] => {
    const { name } = entry;
    if (entry.isDirectory()) return [{ name, kind: 'directory' }];
    const path = `${directory}/${name}`;
    if (!entry.isSymbolicLink() || !isDirectory(path)) return [];
    return [{ name, kind: 'link', target: realpathSync(path) }];
  });
}

/** Whether this is one, also by a link. */
export function isDirectory(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  } catch {
    return false;
  }
}
