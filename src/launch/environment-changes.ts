import type { LauncherEnvironment } from './launcher-environment.ts';
import type { Plan } from './plan.ts';
import type { Word } from './quote.ts';
import { isShellName } from './shell-names.ts';

/** What the launcher has to do so that the job gets the caller's environment, but for what the plan says. */
export interface EnvironmentChanges {
  /** `export NAME=value`: no process' argument list ever shows these. */
  readonly exports: readonly (readonly [name: string, value: Word])[];
  readonly unsets: readonly string[];
  /** `_`, which bash keeps only when it stands before `exec` itself. */
  readonly underscore: string | undefined;
  /** Arguments of env(1): only what no shell can do, and only with values that the caller's environment holds. */
  readonly envArguments: readonly string[];
}

/** Variables that bin/jcds hides from Node (and from Node alone): their absence here says nothing. */
export const HIDDEN_FROM_NODE: ReadonlySet<string> = new Set([
  'NODE_OPTIONS',
  'NODE_CHANNEL_FD',
  'NODE_CHANNEL_SERIALIZATION_MODE',
  'NODE_UNIQUE_ID',
  'NODE_V8_COVERAGE',
  'NODE_DEBUG',
  // Bun runs the standalone, and would be itself, take options or wait for a debugger.
  'BUN_BE_BUN',
  'BUN_OPTIONS',
  'BUN_INSPECT',
  'BUN_INSPECT_CONNECT_TO',
  'BUN_INSPECT_NOTIFY',
  'BUN_INSPECT_PRELOAD',
]);

/** Variables that `cd` changes. */
const SET_BY_CD = ['PWD', 'OLDPWD'];

/**
 * Compares what the caller gave with what the shell hands on, so no list of the shells' habits is needed: names they
 * drop (`BASH_FUNC_module%%`), change (`SHELLOPTS`, `PPID`) or add (`PWD`, `SHLVL`) are found as they are.
 */
export function environmentChanges(
  plan: Pick<Plan, 'environment' | 'cwd'>,
  environment: LauncherEnvironment,
): EnvironmentChanges {
  const given = new Map(environment.given);
  const passed = new Map(environment.passed);
  const set = new Map(plan.environment.set);
  const dropped = plan.environment.unset.filter(name => !set.has(name));
  const planned = new Set([...set.keys(), ...dropped]);
  const exports: [string, Word][] = [...set];
  const unsets = new Set<string>();
  const envRemovals = new Set<string>();
  const remove = (name: string) => (isShellName(name) || name === '_' ? unsets : envRemovals).add(name);

  for (const name of dropped) if (passed.has(name) || HIDDEN_FROM_NODE.has(name)) remove(name);
  for (const name of passed.keys()) if (!given.has(name) && !planned.has(name)) remove(name);
  if (plan.cwd !== undefined)
    for (const name of SET_BY_CD.filter(moved => !planned.has(moved))) {
      const before = given.get(name);
      if (before === undefined) unsets.add(name);
      else exports.push([name, before]);
    }
  const exported = new Set(exports.map(([name]) => name));
  const lost = environment.given.filter(
    ([name, value]) =>
      passed.get(name) !== value &&
      !planned.has(name) &&
      !exported.has(name) &&
      !HIDDEN_FROM_NODE.has(name) &&
      name !== '_',
  );
  return {
    exports,
    unsets: [...unsets],
    underscore: planned.has('_') || passed.get('_') === given.get('_') ? undefined : given.get('_'),
    envArguments: [
      ...[...envRemovals].flatMap(name => ['-u', name]),
      ...lost.map(([name, value]) => `${name}=${value}`),
    ],
  };
}
