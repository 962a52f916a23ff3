import { EXIT } from '../errors.ts';
import { shellQuote } from '../shell-quote.ts';
import type { ContainerVariable } from './environment.ts';
import { type BuildTools, buildLines, closeLines } from './root-script.ts';
import type { Skeleton } from './skeleton.ts';
import type { ToolsAfterChange, UnshareFacts } from './unshare.ts';
import { withheldName } from './withheld-variables.ts';

/**
 * The script that the host's sh runs in the new namespaces. Its arguments are the script for the last step, the working
 * directory, the texts of generated files, and the job's words.
 */
export function setUpScript(
  skeleton: Skeleton,
  place: string,
  facts: BuildTools & Pick<UnshareFacts, 'pivotRoot' | 'plainShell'>,
  tools: ToolsAfterChange,
  umask: number,
): { readonly script: string; readonly texts: readonly string[] } {
  const where = { mount: place, root: place };
  const { lines, texts } = buildLines(skeleton, where, facts, 'unshare');
  const loader = tools.loader.map(shellQuote).join(' ');
  const script = [
    "unset -f '[' cd printf read",
    'jcds_last=$1 jcds_cwd=$2',
    'shift 2',
    ...lines,
    ...closeLines(where, facts, umask),
    `cd ${shellQuote(tools.directory)} || jcds_fail 'the root cannot be changed'`,
    `jcds_try 'the root cannot be changed' ${shellQuote(facts.pivotRoot)} "$jcds_n" "$jcds_n"`,
    // Whatever is not a built-in command would be the image's from here on, and /dev/null may be a file of the user's. The
    // host's programs go on until the job: their loader reads one file of the image's, libmount (but for -i) starts its helpers.
    'if [ -e /etc/ld.so.preload ] || [ -h /etc/ld.so.preload ]; then',
    `  printf 'jcds: unshare: %s\\nhint: %s\\n' ${shellQuote(PRELOADS)} 'jcds run --runtime apptainer (or bubblewrap)' >&2`,
    `  exit ${EXIT.failed}`,
    'fi',
    `LC_ALL=C ${loader} ${shellQuote(tools.umount)} -i -n -l / 2>&- || {`,
    // What was remembered may be why, the loader too: no program can remove it here. An empty memory is none.
    ...fromOldRoot(tools.directory, facts.memories)
      .map(file => shellQuote(file))
      .map(file => `  [ -h ${file} ] || [ ! -f ${file} ] || { : >${file}; } 2>&-`),
    "  printf 'jcds: unshare: the old root cannot be detached\\n' >&2",
    `  exit ${EXIT.failed}`,
    '}',
    // The directory has no other name any more: dash says so where it wakes up in such a one, and bash makes an absolute
    // path of what it execs.
    'cd /proc/self/cwd && export PWD',
    // bash without SHELL asks who the user is, and so loads what the image names for that.
    `${facts.plainShell ? '' : 'SHELL=/bin/sh '}exec ${loader} ${shellQuote(tools.setpriv)} --no-new-privs --bounding-set=-all --inh-caps=-all --ambient-caps=-all \\`,
    `  -- ${loader} ${shellQuote(tools.sh)} -c "$jcds_last" jcds "$jcds_cwd" "$@"`,
  ];
  return { script: script.join('\n'), texts };
}

const PRELOADS = 'the image has /etc/ld.so.preload, which would load its code into programs of this host';

/** Files of the host as they are reached from the working directory, which is still in the old root: in the new one they are read-only. */
function fromOldRoot(directory: string, files: readonly string[] = []): string[] {
  const up = directory
    .split('/')
    .filter(name => name !== '')
    .map(() => '..')
    .join('/');
  return files.map(file => `${up}${file}`);
}

/** What the last step does about variables. */
export interface LastVariables {
  /** Those that would have steered the tools. */
  readonly held: readonly ContainerVariable[];
  /** Those that the shells on the way lose. */
  readonly lost: readonly ContainerVariable[];
  /** Names that they add. */
  readonly surplus: readonly string[];
  /** Whether sh loads nothing of the image's when a locale is set in it (dash knows none). */
  readonly plainShell: boolean;
}

/**
 * The script of the last step, without capabilities and in the new root: it knows the job's own variables, its working
 * directory and, by the image's PATH, its program; sh says 127 and 126 where that is not to be started.
 */
export function lastScript(tools: ToolsAfterChange, variables: LastVariables): string {
  const { held, lost, surplus, plainShell } = variables;
  const needsEnv = !plainShell || lost.length + surplus.length > 0;
  const env = [...tools.loader, tools.env].map(shellQuote).join(' ');
  const complaint = `{ printf 'jcds: the working directory %s cannot be entered in the container\\n' "$jcds_cwd" >&2; exit ${EXIT.failed}; }`;
  return [
    'unset -f cd printf',
    'jcds_cwd=$1',
    'shift',
    // env(1) is reached from this directory, so the change is left to it.
    `${needsEnv ? '(cd "$jcds_cwd")' : 'cd "$jcds_cwd"'} 2>&- || ${complaint}`,
    'unset OLDPWD',
    ...(needsEnv
      ? [`exec ${env} --chdir="$jcds_cwd" ${envArguments(variables)} "$@"`]
      : [
          ...held.map(({ name }) => `export ${name}="$${withheldName(name)}"; unset ${withheldName(name)}`),
          'exec "$@"',
        ]),
  ].join('\n');
}

/** env(1) itself takes held variables out of its environment (-S knows `${NAME}`), so their values stand in no argument. */
function envArguments({ held, lost, surplus }: LastVariables): string {
  const assignments = held.map(({ name }) => `${name}=\${${withheldName(name)}}`).join(' ');
  return [
    ...[...surplus, ...held.map(({ name }) => withheldName(name))].flatMap(name => ['-u', name]),
    // Either ends the options: a name may begin with a dash.
    ...(held.length === 0 ? ['--'] : ['-S', shellQuote(assignments)]),
    ...lost.map(({ name, value }) => shellQuote(`${name}=${value}`)),
  ].join(' ');
}
