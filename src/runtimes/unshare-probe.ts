import { readdirSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { ImageFacts, RootEntry } from '../rootfs/facts.ts';
import { findGpu } from './gpu.ts';
import type { ProbeContext, RunRequest, Runtime, RuntimeHost, Verdict } from './runtime.ts';
import { shownIn } from './shown.ts';
import type { UnshareFacts } from './unshare.ts';
import { usernsFailure } from './userns.ts';

type Refused = Extract<Verdict, { works: false }>;

const PROBE_TIMEOUT = 5_000;
const TOOLS = ['sh', 'mount', 'umount', 'mkdir', 'ln', 'setpriv', 'pivot_root', 'env'] as const;
/** Directories that every host has and from which hardly anything is bound. */
const PLACES = ['/mnt', '/media', '/srv', '/opt', '/usr/games', '/usr/src', '/boot', '/root'];
/** What the host's own programs need to run: the trial's image. */
const TRIAL_NAMES = /^(?:usr|bin|sbin|lib.*)$/;

/** Finds the tools and their libraries, and makes one container of the host's own programs. */
export async function probeUnshare(
  search: ProbeContext,
  invocation: Runtime['invocation'],
): Promise<Verdict> {
  const program = search.which('unshare');
  if (program === null) return { works: false, reason: 'is not installed', cure: 'install util-linux' };
  const tools = await findTools(search);
  return 'works' in tools ? tools : tryIt(program, tools, search, invocation);
}

/** The tools of the host that build a root and change to it, or why that cannot be done. */
export async function findTools(search: ProbeContext): Promise<UnshareFacts | Refused> {
  const found = new Map<string, string>();
  for (const name of TOOLS) {
    const path = search.which(name);
    if (path === null)
      return {
        works: false,
        reason: `the program ${name} is missing`,
        cure: 'install util-linux and coreutils',
      };
    found.set(name, real(path));
  }
  const libraries = await librariesOf(
    ['sh', 'umount', 'setpriv', 'env'].map(name => found.get(name)!),
    search,
  );
  if (libraries === null)
    return {
      works: false,
      reason: 'the libraries of its tools cannot be found (ldd says nothing)',
      cure: 'install another runtime, such as bubblewrap',
    };
  return {
    sh: found.get('sh')!,
    mount: found.get('mount')!,
    umount: found.get('umount')!,
    mkdir: found.get('mkdir')!,
    ln: found.get('ln')!,
    setpriv: found.get('setpriv')!,
    pivotRoot: found.get('pivot_root')!,
    env: found.get('env')!,
    ...libraries,
    places: PLACES.filter(isDirectory),
    plainShell: basename(realpathSync(found.get('sh')!)) === 'dash',
    gpu: await findGpu(search),
  };
}

async function tryIt(
  program: string,
  facts: UnshareFacts,
  search: ProbeContext,
  invocation: Runtime['invocation'],
): Promise<Verdict> {
  const told = await search.run(program, ['--version'], PROBE_TIMEOUT);
  const version = told.stdout.trim().split(' ').at(-1) ?? '';
  const host: RuntimeHost = { program, version, facts: { ...facts } };
  const { file, args } = invocation(trial(facts.sh), host);
  const tried = await search.run(file, args.map(String), PROBE_TIMEOUT);
  return tried.code === 0 ? { works: true, host } : (tooOld(tried, version) ?? usernsFailure(tried));
}

/** Whether what was tried failed because unshare(1) does not know its options. */
export function tooOld(tried: { readonly stderr: string }, version: string): Refused | null {
  if (!/unrecognized option|invalid option/.test(tried.stderr)) return null;
  return {
    works: false,
    reason: `util-linux ${version} is too old`,
    cure: 'install util-linux 2.36 or newer',
  };
}

/** The host's own programs as an image: `sh -c :` in them. */
export function trial(shell: string): RunRequest {
  const facts: Pick<ImageFacts, 'config' | 'directories' | 'passwd' | 'group'> = {
    config: { env: [], entrypoint: null, cmd: null, workdir: null, user: null, source: 'none' },
    directories: {
      '/': entriesOf('/').filter(({ name }) => TRIAL_NAMES.test(name)),
      '/usr': entriesOf('/usr'),
    },
    passwd: null,
    group: null,
  };
  return {
    image: { path: '', kind: 'directory', facts: facts as ImageFacts },
    words: [shell, '-c', ':'],
    entrypointUnknown: false,
    environment: { policy: 'clean', host: [], set: [] },
    shown: shownIn({ home: { kind: 'none', path: '/' }, cwd: '/', binds: [], contain: true }),
    contain: true,
    writableTmpfs: false,
    gpu: null,
    interactive: false,
    hasInput: false,
    user: { uid: 0, gid: 0, name: 'root', groups: [] },
    umask: 0o022,
    limits: [],
    runtimeArguments: [],
  };
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

/** The loader and the directories of all libraries, from ldd(1): `libc.so.6 => /lib/…/libc.so.6 (0x…)`, `/lib64/ld-… (0x…)`. */
async function librariesOf(
  programs: readonly string[],
  search: ProbeContext,
): Promise<Pick<UnshareFacts, 'loader' | 'libraries'> | null> {
  const ldd = search.which('ldd');
  if (ldd === null) return null;
  const { stdout } = await search.run(ldd, programs, PROBE_TIMEOUT);
  const files = [...stdout.matchAll(/(\/\S+) \(0x[0-9a-f]+\)/g)].map(match => match[1]!);
  const loader = files.find(file => /\/ld[-.][^/]*$/.test(file));
  if (loader === undefined) return null;
  return { loader: realpathSync(loader), libraries: [...new Set(files.map(file => dirname(real(file))))] };
}

/**
 * The path without links in its directories. The last name stays where it can (sh is a link to dash or bash, and has to
 * know its name): an absolute link would lead elsewhere in the new root.
 */
function real(path: string): string {
  const own = `${realpathSync(dirname(path))}/${basename(path)}`;
  try {
    return readlinkSync(own).startsWith('/') ? realpathSync(own) : own;
  } catch {
    return own; // no link
  }
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
