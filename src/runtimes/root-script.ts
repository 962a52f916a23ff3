import { EXIT } from '../errors.ts';
import { unlinkedLines } from '../launch/unlinked.ts';
import { shellQuote } from '../shell-quote.ts';
import { boundEntries } from './bound-entries.ts';
import type { RuntimeHost } from './runtime.ts';
import type { Skeleton } from './skeleton.ts';
import type { UnshareFacts } from './unshare.ts';
import { gather, type Parts, type Step } from './unshare-parts.ts';

const ROOT_NOT_MADE = "'the new root cannot be made'";

/** Where a new root is built: on a tmpfs at `mount`, which is the root itself or holds it. */
export interface RootPlace {
  readonly mount: string;
  readonly root: string;
}

/** The host's tools that build it, and the memories to be removed where that fails. */
export type BuildTools = Pick<UnshareFacts, 'mount' | 'mkdir' | 'ln' | 'rm'> & {
  readonly memories: RuntimeHost['memories'] | undefined;
};

/**
 * The lines by which the host's sh builds the root in new namespaces, and the texts that it takes from its arguments
 * (shifting them away) for generated files. Files that are made on the way, and the tables of mounts, lie where the
 * host's /proc (or /sys) then covers them.
 * @param who is named where that fails
 */
export function buildLines(
  skeleton: Skeleton,
  place: RootPlace,
  facts: BuildTools,
  who: string,
): { readonly lines: readonly string[]; readonly texts: readonly string[] } {
  const parts = gather(skeleton, place.root);
  const [mount, mkdir, ln] = [shellQuote(facts.mount), shellQuote(facts.mkdir), shellQuote(facts.ln)];
  const lines = [
    // Places and files are as Apptainer makes them, whatever the caller's umask is.
    'umask 022',
    `jcds_n=${shellQuote(place.root)}`,
    `jcds_w=${inRoot(parts.work)}`,
    ...failLines(who, facts),
    `jcds_try 'a container cannot be made here' ${mount} -n -t tmpfs -o mode=755,nosuid,nodev tmpfs ${shellQuote(place.mount)}`,
    `jcds_try ${ROOT_NOT_MADE} ${mkdir} -p -- ${parts.directories.map(at => inRoot(at)).join(' ')}`,
    ...parts.files.map(at => `: >${inRoot(at)}`),
    ...linkLines(parts.links, ln),
    ...layerLines(parts.layers, mount),
    ...parts.writes,
    ...parts.texts.map((_, index) => `printf '%s' "$1" >"$jcds_w/text${index}"\nshift`),
    ...parts.steps.flatMap((step, index) => stepLines(step, `"$jcds_w/table${index}"`, facts)),
    ...readOnlyLines(parts.readOnly, mount),
    // Only now: what was bound is what it is.
    ...unlinkedLines(boundEntries(skeleton, { memories: facts.memories }), 'jcds_e'),
  ];
  return { lines, texts: parts.texts };
}

/** overlayfs, which a user may mount in an own namespace since Linux 5.11. Places in its option hold neither commas nor colons. */
function layerLines(layers: Parts['layers'], mount: string): string[] {
  if (layers.length === 0) return [];
  return [
    'jcds_layer() { # WHAT DIRECTORY PLACE NUMBER',
    `  jcds_try "$1" ${mount} -n --rbind -- "$2" "$jcds_w/lower$4"`,
    `  jcds_try "$1" ${mount} -n -t overlay -o "nosuid,nodev,userxattr,lowerdir=$jcds_w/lower$4,upperdir=$jcds_w/upper$4,workdir=$jcds_w/layer$4" overlay "$jcds_n$3"`,
    '}',
    ...layers.map(({ at, lower, entries }, number) => {
      const what = `${at} has ${entries} entries, and this kernel can lay no layer over it; take another runtime (--runtime apptainer)`;
      return `jcds_layer ${[what, lower, at].map(shellQuote).join(' ')} ${number}`;
    }),
  ];
}

function stepLines(
  { made, table }: Step,
  file: string,
  { mount, mkdir }: Pick<UnshareFacts, 'mount' | 'mkdir'>,
): string[] {
  return [
    ...made.map(({ at, kind }) => {
      const directory = kind === 'directory' ? at : at.slice(0, at.lastIndexOf('/'));
      const make = `jcds_try ${quotedPlace(at)} ${shellQuote(mkdir)} -p -- ${inRoot(directory)}`;
      const fill = kind === 'directory' ? '' : `; (: >${inRoot(at)}) || exit ${EXIT.failed}`;
      return `[ -e ${inRoot(at)} ] || { ${make}${fill}; }`;
    }),
    `printf '%s' ${shellQuote(table.join(''))} >${file}`,
    // One try only: the table is covered by then.
    `jcds_said=$(LC_ALL=C ${shellQuote(mount)} -n -a -T ${file} 2>&1) || jcds_fail 'not everything can be shown in the container' "$jcds_said"`,
  ];
}

function quotedPlace(at: string): string {
  return shellQuote(`${at} cannot be made`);
}

/** The end of the lines that build a root: nothing can be written to it any more. @param umask the caller's */
export function closeLines(
  place: RootPlace,
  { mount }: Pick<UnshareFacts, 'mount'>,
  umask: number,
): string[] {
  return [
    `jcds_try 'the root cannot be made read-only' ${shellQuote(mount)} -n -o remount,bind,ro,nosuid,nodev ${shellQuote(place.mount)}`,
    `umask ${umask.toString(8).padStart(3, '0')}`,
  ];
}

/**
 * `jcds_fail WHAT [WORDS]` ends the script: the words of a tool (without what would steer a terminal) stand behind a line
 * of jcds that says what was being tried. `jcds_try WHAT COMMAND…` is a step that does so where it fails: the words are those
 * of a second try, since to keep those of the first would cost every start a process for each step.
 */
function failLines(who: string, { rm, memories = [] }: BuildTools): string[] {
  return [
    'jcds_fail() {',
    `  printf 'jcds: ${who}: %s%s\\n' "$1" "\${2:+:}" >&2`,
    `  [ -z "\${2-}" ] || printf '%s\\n' "$2" | LC_ALL=C /usr/bin/tr -d '\\000-\\011\\013-\\037\\177' >&2`,
    // What was remembered of this host or of the image may be what is wrong.
    ...memories.map(file => `  LC_ALL=C ${shellQuote(rm)} -f -- ${shellQuote(file)} 2>/dev/null`),
    `  exit ${EXIT.failed}`,
    '}',
    'jcds_try() {',
    '  jcds_what=$1',
    '  shift',
    '  LC_ALL=C "$@" 2>/dev/null || jcds_fail "$jcds_what" "$(LC_ALL=C "$@" 2>&1)"',
    '}',
  ];
}

/** As many links as possible by one ln: those whose name is the last name of their target (bin -> usr/bin). */
function linkLines(links: readonly (readonly [at: string, target: string])[], ln: string): string[] {
  const together = new Map<string, string[]>();
  const lines: string[] = [];
  for (const [at, target] of links) {
    const directory = at.slice(0, at.lastIndexOf('/'));
    if (target.endsWith(at.slice(directory.length)))
      together.set(directory, [...(together.get(directory) ?? []), target]);
    else lines.push(`jcds_try ${ROOT_NOT_MADE} ${ln} -s -- ${shellQuote(target)} ${inRoot(at)}`);
  }
  for (const [directory, targets] of together)
    lines.push(
      `jcds_try ${ROOT_NOT_MADE} ${ln} -s -- ${targets.map(shellQuote).join(' ')} ${inRoot(directory)}/`,
    );
  return lines;
}

/** Makes binds read-only. A mount from outside the namespace keeps its noexec (EPERM otherwise): then once more with it. */
function readOnlyLines(places: readonly string[], mount: string): string[] {
  if (places.length === 0) return [];
  return [
    `jcds_ro() { LC_ALL=C ${mount} -n -o remount,bind,ro,nosuid,nodev "$1" 2>/dev/null || jcds_try "$1 cannot be made read-only" ${mount} -n -o remount,bind,ro,nosuid,nodev,noexec "$1"; }`,
    ...places.map(at => `jcds_ro ${inRoot(at)}`),
  ];
}

function inRoot(at: string): string {
  return `"$jcds_n"${shellQuote(at)}`;
}
