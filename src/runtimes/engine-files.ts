import { EXIT } from '../errors.ts';
import { shellQuote } from '../shell-quote.ts';
import type { ProbeContext } from './runtime.ts';
import type { Skeleton } from './skeleton.ts';

/**
 * What has to lie on this host before an engine is started, since it reads no descriptors: a few directories, links and
 * short texts. Made once, under a name that is a hash of it all, and shared by every job that needs the same.
 */
export interface EngineFiles {
  /** Places in a root directory, absolute. */
  readonly directories: readonly string[];
  readonly files: readonly string[];
  readonly links: readonly (readonly [at: string, target: string])[];
  readonly texts: readonly string[];
  /** Scripts that something else starts. */
  readonly programs?: readonly string[];
}

/** Where an engine's files are kept. */
export interface KeptFiles {
  /** A directory of jcds' own, by its name below another such. */
  readonly store: string;
  readonly path: string;
  readonly work: EngineFiles;
}

/**
 * The directory of root's files for engines: HOME and XDG_CACHE_HOME may be another user's. Jobs of root see it read-only: containerd
 * starts a program in it, with all capabilities.
 */
export const ROOTS_STORE = '/var/lib/jcds';

/** The directory of this user for one engine. */
export function engineStore(engine: string, { cache, uid }: Pick<ProbeContext, 'cache' | 'uid'>): string {
  return `${uid === 0 ? ROOTS_STORE : cache}/${engine}`;
}

/** The directory of these files, below the user's own. */
export function engineFilesPath(store: string, work: EngineFiles): string {
  // Loaded here alone: other runtimes must not pay for it.
  const { createHash } = process.getBuiltinModule('node:crypto');
  return `${store}/${createHash('sha256').update(JSON.stringify(work)).digest('hex').slice(0, 32)}`;
}

/** The root directory in it, and its texts. */
export function rootIn(path: string): string {
  return `${path}/root`;
}
export function textIn(path: string, index: number): string {
  return `${path}/text${index}`;
}
export function programIn(path: string, index: number): string {
  return `${path}/program${index}`;
}

/**
 * Lines that make missing places in the host's directories, as the user: an engine would make them as somebody else.
 * What is below an own directory of the container it makes there itself.
 * @param needs files that it puts somewhere by itself, when all is mounted
 */
export function placeLines(
  { mounts, find }: Pick<Skeleton, 'mounts' | 'find'>,
  who: string,
  needs: readonly string[],
): string[] {
  const own = needs.map(path => ({ at: find(path) ?? path, make: 'file' as const }));
  return [...mounts, ...own].flatMap(({ at, make }, index) => {
    const above = mounts.slice(0, index).findLast(mount => at.startsWith(`${mount.at}/`));
    if (make === undefined || above?.kind !== 'bind') return [];
    const path = `${above.source}${at.slice(above.at.length)}`;
    const [place, parent] = [path, path.slice(0, path.lastIndexOf('/'))].map(shellQuote);
    const steps = make === 'directory' ? `mkdir -p -- ${place}` : `mkdir -p -- ${parent} && (: >${place})`;
    const failed = `{ printf 'jcds: ${who}: nothing can be made at %s\\n' ${place} >&2; exit ${EXIT.failed}; }`;
    return [`[ -e ${place} ] || { ${steps}; } || ${failed}`];
  });
}

/** Engines written in Go hang where a standard stream is closed. */
const OPEN_STREAMS = [
  '{ { jcds_n=; } 9<&0; } 2>/dev/null || exec </dev/null',
  '{ { jcds_n=; } 9>&1; } 2>/dev/null || exec >/dev/null',
  '{ { jcds_n=; } 9>&2; } || exec 2>/dev/null', // where it is closed, nobody hears the shell complain
];

/**
 * Lines by which sh makes it where it is missing: aside, and renamed. The first arguments are the texts and programs,
 * which are shifted away. Nobody but this user may write there; what is in it is readable, as it is in the image.
 */
export function engineFilesLines(path: string, work: EngineFiles, who: string): string[] {
  const aside = (at: string) => `"$jcds_new"${shellQuote(`/root${at}`)}`;
  const parent = path.slice(0, path.lastIndexOf('/'));
  const { texts, programs = [] } = work;
  const steps = [
    // Of a killed run of the same number.
    'rm -rf -- "$jcds_new"',
    `mkdir -p -- ${['"$jcds_new"/root', ...work.directories.map(aside)].join(' ')}`,
    ...work.files.map(at => `: >${aside(at)}`),
    ...work.links.map(([at, target]) => `ln -s -- ${shellQuote(target)} ${aside(at)}`),
    ...texts.map((_, index) => `printf %s "\${${index + 1}}" >"$jcds_new/text${index}"`),
    ...programs.map((_, index) => {
      const at = `"$jcds_new/program${index}"`;
      return `printf %s "\${${texts.length + index + 1}}" >${at} && chmod 755 ${at}`;
    }),
    `{ mv -T -- "$jcds_new" ${shellQuote(path)} 2>/dev/null || [ -d ${shellQuote(path)} ]; }`,
  ];
  return [
    'unset -f chmod ln mkdir mv printf rm',
    ...OPEN_STREAMS,
    `if [ ! -d ${shellQuote(path)} ]; then`,
    `  jcds_new=${shellQuote(path)}.$$`,
    `  (umask 077; mkdir -p -- ${shellQuote(parent)}; umask 022; ${steps.join(' && ')}) ||`,
    `    { printf 'jcds: ${who}: nothing can be written in %s\\n' ${shellQuote(parent)} >&2; exit ${EXIT.failed}; }`,
    '  rm -rf -- "$jcds_new"',
    'fi',
    ...(texts.length + programs.length === 0 ? [] : [`shift ${texts.length + programs.length}`]),
  ];
}
