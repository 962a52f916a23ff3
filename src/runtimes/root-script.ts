import { EXIT } from '../errors.ts';
import { shellQuote } from '../shell-quote.ts';
import type { Skeleton } from './skeleton.ts';
import type { UnshareFacts } from './unshare.ts';
import { gather } from './unshare-parts.ts';

/** Where a new root is built: on a tmpfs at `mount`, which is the root itself or holds it. */
export interface RootPlace {
  readonly mount: string;
  readonly root: string;
}

/**
 * The lines by which the host's sh builds the root in new namespaces, and the texts that it takes from its arguments
 * (shifting them away) for generated files. Files that are made on the way, and the table of mounts, lie where the
 * host's /proc then covers them.
 * @param who is named where that fails
 */
export function buildLines(
  skeleton: Skeleton,
  place: RootPlace,
  facts: Pick<UnshareFacts, 'mount' | 'mkdir' | 'ln'>,
  who: string,
): { readonly lines: readonly string[]; readonly texts: readonly string[] } {
  const parts = gather(skeleton, place.root);
  const [mount, mkdir, ln] = [calm(facts.mount), calm(facts.mkdir), calm(facts.ln)];
  const lines = [
    `jcds_n=${shellQuote(place.root)}`,
    `jcds_fail() { printf 'jcds: ${who}: %s\\n' "$1" >&2; exit ${EXIT.failed}; }`,
    `${mount} -n -t tmpfs -o mode=755,nosuid,nodev tmpfs ${shellQuote(place.mount)} || jcds_fail 'a container cannot be made here'`,
    `${mkdir} -p -- ${parts.directories.map(at => inRoot(at)).join(' ')} || jcds_fail 'the new root cannot be made'`,
    ...parts.files.map(at => `: >${inRoot(at)}`),
    ...linkLines(parts.links, ln),
    ...parts.writes,
    ...parts.texts.map((_, index) => `printf '%s' "$1" >"$jcds_n/proc/text${index}"\nshift`),
    `printf '%s' ${shellQuote(parts.table.join(''))} >"$jcds_n/proc/table"`,
    `${mount} -n -a -T "$jcds_n/proc/table" || jcds_fail 'not everything can be shown in the container'`,
    ...readOnlyLines(parts.readOnly, mount),
  ];
  return { lines, texts: parts.texts };
}

/** The end of the lines that build a root: nothing can be written to it any more. */
export function closeLine(place: RootPlace, facts: Pick<UnshareFacts, 'mount'>): string {
  return `${calm(facts.mount)} -n -o remount,bind,ro,nosuid,nodev ${shellQuote(place.mount)} || jcds_fail 'the root cannot be made read-only'`;
}

/** How a tool of the host is called: what it says is not translated. */
function calm(program: string): string {
  return `LC_ALL=C ${shellQuote(program)}`;
}

/** As many links as possible by one ln: those whose name is the last name of their target (bin -> usr/bin). */
function linkLines(links: readonly (readonly [at: string, target: string])[], ln: string): string[] {
  const together = new Map<string, string[]>();
  const lines: string[] = [];
  for (const [at, target] of links) {
    const directory = at.slice(0, at.lastIndexOf('/'));
    if (target.endsWith(at.slice(directory.length)))
      together.set(directory, [...(together.get(directory) ?? []), target]);
    else
      lines.push(
        `${ln} -s -- ${shellQuote(target)} ${inRoot(at)} || jcds_fail 'the new root cannot be made'`,
      );
  }
  for (const [directory, targets] of together)
    lines.push(
      `${ln} -s -- ${targets.map(shellQuote).join(' ')} ${inRoot(directory)}/ || jcds_fail 'the new root cannot be made'`,
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
  return `"$jcds_n"${shellQuote(at)}`;
}
