import { EXIT } from '../errors.ts';
import type { ContainerVariable } from './environment.ts';
import { heldName } from './held.ts';
import { quote } from './quote-text.ts';
import type { Skeleton } from './skeleton.ts';
import type { ToolsAfterChange, UnshareFacts } from './unshare.ts';
import { gather } from './unshare-parts.ts';

/**
 * The script that the host's sh runs in the new namespaces. Its arguments are the script for the last step, the working
 * directory, the texts of generated files, and the job's words. Files that are made on the way, and the table of mounts,
 * lie where the host's /proc then covers them.
 */
export function setUpScript(
  skeleton: Skeleton,
  place: string,
  facts: UnshareFacts,
  tools: ToolsAfterChange,
): { readonly script: string; readonly texts: readonly string[] } {
  const parts = gather(skeleton, place);
  const loader = tools.loader.map(quote).join(' ');
  const run = (program: string) => `LC_ALL=C ${quote(program)}`;
  const script = [
    'unset -f cd printf read',
    `jcds_n=${quote(place)} jcds_last=$1 jcds_cwd=$2`,
    'shift 2',
    `jcds_fail() { printf 'jcds: unshare: %s\\n' "$1" >&2; exit ${EXIT.failed}; }`,
    `${run(facts.mount)} -n -t tmpfs -o mode=755,nosuid,nodev tmpfs "$jcds_n" || jcds_fail 'a container cannot be made here'`,
    `${run(facts.mkdir)} -p -- ${parts.directories.map(at => inRoot(at)).join(' ')} || jcds_fail 'the new root cannot be made'`,
    ...parts.files.map(at => `: >${inRoot(at)}`),
    ...linkLines(parts.links, run(facts.ln)),
    ...parts.writes,
    ...parts.texts.map((_, index) => `printf '%s' "$1" >"$jcds_n/proc/text${index}"\nshift`),
    `printf '%s' ${quote(parts.table.join(''))} >"$jcds_n/proc/table"`,
    `${run(facts.mount)} -n -a -T "$jcds_n/proc/table" || jcds_fail 'not everything can be shown in the container'`,
    ...readOnlyLines(parts.readOnly, run(facts.mount)),
    `${run(facts.mount)} -n -o remount,bind,ro,nosuid,nodev "$jcds_n" || jcds_fail 'the root cannot be made read-only'`,
    `cd ${quote(tools.directory)} && ${quote(facts.pivotRoot)} "$jcds_n" "$jcds_n" || jcds_fail 'the root cannot be changed'`,
    `LC_ALL=C ${loader} ${quote(tools.umount)} -n -l / || jcds_fail 'the old root cannot be detached'`,
    // The directory has no other name any more: dash says so where it wakes up in such a one, and bash makes an absolute
    // path of what it execs.
    'cd /proc/self/cwd && export PWD',
    `exec ${loader} ${quote(tools.setpriv)} --no-new-privs --bounding-set=-all --inh-caps=-all --ambient-caps=-all \\`,
    `  -- ${loader} ${quote(tools.sh)} -c "$jcds_last" jcds "$jcds_cwd" "$@"`,
  ];
  return { script: script.join('\n'), texts: parts.texts };
}

/** What the last step does about variables. */
export interface LastVariables {
  /** Those that would have steered the tools. */
  readonly held: readonly ContainerVariable[];
  /** Those that the shells on the way lose. */
  readonly lost: readonly ContainerVariable[];
  /** Names that they add. */
  readonly surplus: readonly string[];
}

/**
 * The script of the last step, without capabilities and in the new root: it knows the job's own variables, its working
 * directory and, by the image's PATH, its program; sh says 127 and 126 where that is not to be started.
 */
export function lastScript(tools: ToolsAfterChange, variables: LastVariables): string {
  const { held, lost, surplus } = variables;
  const needsEnv = lost.length + surplus.length > 0;
  const env = [...tools.loader, tools.env].map(quote).join(' ');
  const complaint = `{ printf 'jcds: the working directory %s cannot be entered in the container\\n' "$jcds_cwd" >&2; exit ${EXIT.failed}; }`;
  return [
    'unset -f cd printf',
    'jcds_cwd=$1',
    'shift',
    // env(1) is reached from this directory, so the change is left to it.
    `${needsEnv ? '(cd "$jcds_cwd")' : 'cd "$jcds_cwd"'} 2>/dev/null || ${complaint}`,
    'unset OLDPWD',
    ...(needsEnv
      ? [`exec ${env} --chdir="$jcds_cwd" ${envArguments(variables)} "$@"`]
      : [
          ...held.map(({ name }) => `export ${name}="$${heldName(name)}"; unset ${heldName(name)}`),
          'exec "$@"',
        ]),
  ].join('\n');
}

/** env(1) itself takes held variables out of its environment (-S knows `${NAME}`), so their values stand in no argument. */
function envArguments({ held, lost, surplus }: LastVariables): string {
  const assignments = held.map(({ name }) => `${name}=\${${heldName(name)}}`).join(' ');
  return [
    ...[...surplus, ...held.map(({ name }) => heldName(name))].flatMap(name => ['-u', name]),
    ...(held.length === 0 ? [] : ['-S', quote(assignments)]),
    ...lost.map(({ name, value }) => quote(`${name}=${value}`)),
  ].join(' ');
}

/** As many links as possible by one ln: those whose name is the last name of their target (bin -> usr/bin). */
function linkLines(links: readonly (readonly [at: string, target: string])[], ln: string): string[] {
  const together = new Map<string, string[]>();
  const lines: string[] = [];
  for (const [at, target] of links) {
    const directory = at.slice(0, at.lastIndexOf('/'));
    if (target.endsWith(at.slice(directory.length)))
      together.set(directory, [...(together.get(directory) ?? []), target]);
    else lines.push(`${ln} -s -- ${quote(target)} ${inRoot(at)} || jcds_fail 'the new root cannot be made'`);
  }
  for (const [directory, targets] of together)
    lines.push(
      `${ln} -s -- ${targets.map(quote).join(' ')} ${inRoot(directory)}/ || jcds_fail 'the new root cannot be made'`,
    );
  return lines;
}

/**
 * Makes binds read-only, and what is mounted below them. A mount from outside the namespace keeps its noexec (EPERM
 * otherwise): then once more with it.
 */
function readOnlyLines(places: readonly string[], mount: string): string[] {
  if (places.length === 0) return [];
  return [
    `jcds_ro() { ${mount} -n -o remount,bind,ro,nosuid,nodev "$1" 2>/dev/null || ${mount} -n -o remount,bind,ro,nosuid,nodev,noexec "$1" || jcds_fail "$1 cannot be made read-only"; }`,
    ...places.flatMap(at => [
      `jcds_ro ${inRoot(at)}`,
      `while read -r _ _ _ _ jcds_l _; do jcds_l=$(printf '%b' "\${jcds_l}."); case \${jcds_l%.} in ${inRoot(at)}/*) jcds_ro "\${jcds_l%.}" ;; esac; done </proc/self/mountinfo`,
    ]),
  ];
}

function inRoot(at: string): string {
  return `"$jcds_n"${quote(at)}`;
}
