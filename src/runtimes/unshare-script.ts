import { EXIT } from '../errors.ts';
import type { ContainerVariable } from './environment.ts';
import { heldName } from './held.ts';
import type { RootOperation } from './image-tree.ts';
import type { MountOperation, Skeleton } from './skeleton.ts';
import type { ToolsAfterChange, UnshareFacts } from './unshare.ts';

/** The devices of a minimal /dev: those that every program may expect. */
const DEVICES = ['null', 'zero', 'full', 'random', 'urandom', 'tty'];
const DEVICE_LINKS = [
  ['fd', '/proc/self/fd'],
  ['stdin', '/proc/self/fd/0'],
  ['stdout', '/proc/self/fd/1'],
  ['stderr', '/proc/self/fd/2'],
  ['ptmx', 'pts/ptmx'],
] as const;

/** What the set-up consists of, gathered before it is written down. */
interface Parts {
  readonly directories: string[];
  readonly files: string[];
  readonly links: [at: string, target: string][];
  /** Lines of an fstab(5) that one mount(8) does all. */
  readonly table: string[];
  /** Shell lines that write files before they are bound. */
  readonly writes: string[];
  readonly readOnly: string[];
  readonly texts: string[];
}

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

function gather({ image, root, mounts }: Skeleton, place: string): Parts {
  const parts: Parts = {
    directories: [],
    files: [],
    links: [],
    table: [],
    writes: [],
    readOnly: [],
    texts: [],
  };
  for (const operation of root) addToRoot(parts, operation, image, place);
  for (const operation of mounts) addMount(parts, operation, place);
  parts.table.push(line('/proc', `${place}/proc`, 'none', 'rbind'));
  return parts;
}

function addToRoot(parts: Parts, operation: RootOperation, image: string, place: string): void {
  const { at } = operation;
  switch (operation.kind) {
    case 'directory':
      parts.directories.push(at);
      break;
    case 'file':
      parts.files.push(at);
      break;
    case 'link':
      parts.links.push([at, operation.target]);
      break;
    case 'entry':
      (operation.of === 'directory' ? parts.directories : parts.files).push(at);
      parts.table.push(line(`${image}${at}`, `${place}${at}`, 'none', 'rbind,ro,nosuid,nodev'));
      break;
    default:
      operation satisfies never;
  }
}

function addMount(parts: Parts, operation: MountOperation, place: string): void {
  const { at } = operation;
  const bind = (source: string) => parts.table.push(line(source, `${place}${at}`, 'none', 'rbind'));
  switch (operation.kind) {
    case 'bind':
      bind(operation.source);
      if (operation.mode === 'ro') parts.readOnly.push(at);
      break;
    case 'copy': {
      const name = `proc/copy${parts.writes.length}`;
      parts.writes.push(copyLine(operation.source, name));
      bind(`${place}/${name}`);
      break;
    }
    case 'text':
      bind(`${place}/proc/text${parts.texts.push(operation.text) - 1}`);
      break;
    case 'tmpfs':
      parts.table.push(line('tmpfs', `${place}${at}`, 'tmpfs', `nosuid,nodev,mode=${operation.mode}`));
      break;
    case 'proc':
      break; // last: it covers what was written
    case 'sys':
      bind('/sys');
      break;
    case 'devices':
      if (operation.all) bind('/dev');
      else addDevices(parts, at, place, operation.besides);
      break;
    default:
      operation satisfies never;
  }
}

function addDevices(parts: Parts, at: string, place: string, besides: readonly string[]): void {
  for (const device of [...DEVICES.map(name => `/dev/${name}`), ...besides]) {
    const inside = `${at}/${device.slice(device.lastIndexOf('/') + 1)}`;
    (/\/dri$/.test(device) ? parts.directories : parts.files).push(inside);
    parts.table.push(line(device, `${place}${inside}`, 'none', 'rbind'));
  }
  parts.links.push(
    ...DEVICE_LINKS.map(([name, target]) => [`${at}/${name}`, target] satisfies [string, string]),
  );
  parts.directories.push(`${at}/pts`, `${at}/shm`);
  parts.table.push(
    line('devpts', `${place}${at}/pts`, 'devpts', 'newinstance,ptmxmode=0666,mode=620,nosuid,noexec'),
    line('tmpfs', `${place}${at}/shm`, 'tmpfs', 'nosuid,nodev,mode=1777'),
  );
}

/** A text file copied by the shell itself. Without the file the copy is empty. */
function copyLine(source: string, name: string): string {
  const loop = `while IFS= read -r jcds_l || [ "$jcds_l" ]; do printf '%s\\n' "$jcds_l"; done`;
  return `: >"$jcds_n/${name}"\n[ ! -r ${quote(source)} ] || { ${loop}; } <${quote(source)} >"$jcds_n/${name}"`;
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

/** One line of an fstab(5): white space and backslashes as octal numbers. */
function line(source: string, target: string, type: string, options: string): string {
  return `${[source, target, type, options].map(field => field.replace(/[\s\\#]/g, octal)).join(' ')} 0 0\n`;
}

function octal(character: string): string {
  return `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`;
}

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
