import { lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { reasonOf } from './probe-reasons.ts';
import {
  isRefused,
  type ProbeContext,
  type Refused,
  type RunRequest,
  type Runtime,
  type RuntimeHost,
  type Verdict,
} from './runtime.ts';
import { isDirectory, trial, tryRequest } from './trial.ts';
import type { UnshareFacts } from './unshare.ts';
import { usernsFailure } from './userns.ts';

const PROBE_TIMEOUT = 5_000;
const TOOLS = ['sh', 'mount', 'umount', 'mkdir', 'ln', 'rm', 'setpriv', 'pivot_root', 'env'] as const;
/** Directories that every host has and from which hardly anything is bound. */
const PLACES = ['/mnt', '/media', '/srv', '/opt', '/usr/games', '/usr/src', '/boot', '/root'];

/** Facts that a start looks up anew. */
type Found = Omit<UnshareFacts, keyof Libraries>;
type Libraries = Pick<UnshareFacts, 'loader' | 'libraries'>;

/** The tools of the host that build a root and change to it, and where to build it; or what is missing. */
export function findTools(search: ProbeContext): Found | Refused {
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
  return {
    sh: found.get('sh')!,
    mount: found.get('mount')!,
    umount: found.get('umount')!,
    mkdir: found.get('mkdir')!,
    ln: found.get('ln')!,
    rm: found.get('rm')!,
    setpriv: found.get('setpriv')!,
    pivotRoot: found.get('pivot_root')!,
    env: found.get('env')!,
    places: PLACES.filter(isDirectory),
    plainShell: basename(realpathSync.native(found.get('sh')!)) === 'dash',
  };
}

/** What a memory may say of libraries: only places of the system that nobody but root can write to. */
export const LEARNS_LIBRARIES = {
  loader: (value: unknown) => isOfSystem(value) && LOADER.test(String(value)),
  libraries: (value: unknown) => Array.isArray(value) && value.length > 0 && value.every(isOfSystem),
};

/** ld-linux-x86-64.so.2, ld-2.28.so, ld64.so.2, ld-musl-aarch64.so.1: another program might do nothing, and succeed. */
const LOADER = /\/ld[-.\w]*\.so(?:\.\d+)?$/;
const SYSTEMS_OWN = /^\/(?:usr|lib(?:32|64|x32)?|nix\/store|gnu\/store)\//;
/** The number of an owner whom a user namespace does not know. */
const NOBODY = 65_534;

function isOfSystem(path: unknown): boolean {
  if (typeof path !== 'string' || !SYSTEMS_OWN.test(`${path}/`) || /\/\.\.?(?:\/|$)|[:\n]/.test(path))
    return false;
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return (
    stats !== undefined &&
    !stats.isSymbolicLink() &&
    (stats.uid === 0 || stats.uid === NOBODY) &&
    (stats.mode & 0o022) === 0
  );
}

/** Finds the tools and their libraries, and makes one container of the host's own programs. */
export async function probeUnshare(
  search: ProbeContext,
  request: RunRequest,
  invocation: Runtime['invocation'],
): Promise<Verdict> {
  const program = search.which('unshare');
  if (program === null) return { works: false, reason: 'is not installed', cure: 'install util-linux' };
  const tools = await findToolsAndLibraries(search);
  if (isRefused(tools)) return tools;
  const told = await search.run(program, ['--version'], PROBE_TIMEOUT);
  const version = told.stdout.trim().split(' ').at(-1) ?? '';
  const host: RuntimeHost = { program, version, facts: { ...tools } };
  const tried = await tryRequest(trial(tools.sh, request), host, invocation, search, PROBE_TIMEOUT);
  return tried.code === 0 ? { works: true, host } : (tooOld(tried, version) ?? usernsFailure(tried));
}

/** The tools, and what they need to run when the root has changed. */
export async function findToolsAndLibraries(search: ProbeContext): Promise<UnshareFacts | Refused> {
  const tools = findTools(search);
  if (isRefused(tools)) return tools;
  const libraries = await librariesOf([tools.sh, tools.umount, tools.setpriv, tools.env], search);
  return isRefused(libraries) ? libraries : { ...tools, ...libraries };
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

const UNKNOWN_LIBRARIES: Refused = {
  works: false,
  reason: 'the libraries of its tools cannot be found (ldd says nothing)',
  cure: 'install another runtime, such as bubblewrap',
};

/** The loader and the directories of all libraries, from ldd(1): `libc.so.6 => /lib/…/libc.so.6 (0x…)`, `/lib64/ld-… (0x…)`. */
async function librariesOf(programs: readonly string[], search: ProbeContext): Promise<Libraries | Refused> {
  const ldd = search.which('ldd');
  if (ldd === null) return UNKNOWN_LIBRARIES;
  const tried = await search.run(ldd, programs, PROBE_TIMEOUT);
  if (tried.code === null) return reasonOf(tried, [], 'ldd');
  const files = [...tried.stdout.matchAll(/(\/\S+) \(0x[0-9a-f]+\)/g)].map(match => match[1]!);
  const loader = files.find(file => /\/ld[-.][^/]*$/.test(file));
  if (loader === undefined) return UNKNOWN_LIBRARIES;
  return { loader: realpathSync(loader), libraries: [...new Set(files.map(file => dirname(real(file))))] };
}

/**
 * The path without links in its directories. The last name stays where it can (sh is a link to dash or bash, and has to
 * know its name): an absolute link would lead elsewhere in the new root.
 */
function real(path: string): string {
  const own = `${realpathSync.native(dirname(path))}/${basename(path)}`;
  try {
    return readlinkSync(own).startsWith('/') ? realpathSync.native(own) : own;
  } catch {
    return own; // no link
  }
}
