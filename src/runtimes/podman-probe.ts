import { existsSync } from 'node:fs';
import { readText } from '../files/read.ts';
import { engineStore } from './engine-files.ts';
import { findTini } from './init.ts';
import { reasonOf, type Symptom } from './probe-reasons.ts';
import type { ProbeContext, RunRequest, Runtime, RuntimeHost, Verdict } from './runtime.ts';
import { runWith, type Tried, trial, tryRequest, variablesNamed } from './trial.ts';
import { USERNS_CURE } from './userns.ts';

/** How podman starts a container here. */
interface Way {
  /** Whether runc has to be named, where podman's own choice does not work. */
  readonly namesRunc: boolean;
  /** Whether it is runc that starts the containers. */
  readonly isRunc: boolean;
  /** Whether podman has to make cgroups (runc always does). Without them the job stays in the caller's. */
  readonly cgroups: boolean;
}

/** What podman's row knows about this host. */
export interface PodmanFacts extends Way {
  readonly shell: string;
  /** The user's directory for engine files. */
  readonly store: string;
  readonly runc: string | null;
  readonly isRootless: boolean;
  /** An init to name instead of podman's own, catatonit. */
  readonly init: string | null;
  /** Whether the host's System V and POSIX IPC can be shared: podman wants /dev/mqueue for that. */
  readonly sharesIpc: boolean;
  /** The host's limit on process numbers (kernel.pid_max). */
  readonly mostProcesses: number;
}

const PROBE_TIMEOUT = 15_000;
/** The oldest that was tried; older ones lack options that keep a job the same on every runtime. */
const OLDEST = [4, 3] as const;
/** Where podman finds its files: without these it would look elsewhere than in the run itself. */
const PODMANS_OWN = /^(?:HOME|TMPDIR|XDG_\w*_(?:DIRS?|HOME)|CONTAINERS?_.*|STORAGE_.*)$/;

/** What its trial says, and what to do about it (messages of podman 4.3 and 5.4, crun 1.8, runc 1.1). */
const SYMPTOMS: readonly Symptom[] = [
  {
    said: /max_user_namespaces|cannot clone|cannot re-exec|user namespaces?/i,
    reason: 'no user namespaces',
    cure: USERNS_CURE,
  },
  {
    said: /no space left|disk quota exceeded/i,
    reason: 'its storage is full',
    cure: 'make room: podman system df, podman system prune',
    passing: true,
  },
  {
    said: /newuidmap|newgidmap|subuid|subgid|insufficient (?:UIDs|GIDs)|no subordinate/i,
    reason: 'the user has no subordinate ids, or newuidmap is not installed',
    cure: 'ask the administrator: install uidmap (shadow-utils), and usermod --add-subuids 100000-165535 --add-subgids 100000-165535 USER; then podman system migrate',
  },
  {
    said: /invalid file system type on '\/sys\/fs\/cgroup/,
    reason: 'no cgroups are mounted',
    cure: 'ask the administrator to mount cgroup2 at /sys/fs/cgroup',
  },
  {
    said: /conmon/i,
    reason: 'its conmon is missing or too old',
    cure: 'install conmon 2.0.1 or newer',
  },
  {
    said: /OCI runtime "[^"]*" not found/,
    reason: 'it has no OCI runtime',
    cure: 'install crun',
  },
  {
    said: /XDG_RUNTIME_DIR|runtime dir/i,
    reason: 'its runtime directory cannot be used',
    cure: 'unset XDG_RUNTIME_DIR, or log in so that it exists: loginctl enable-linger',
  },
  {
    said: /hybrid mode/i,
    reason: 'crun refuses cgroups of version 1 and 2 side by side',
    cure: 'install runc, or boot with systemd.unified_cgroup_hierarchy=1',
  },
  {
    said: /setrlimit/i,
    reason: 'root may not raise limits here (no CAP_SYS_RESOURCE)',
    cure: 'start jcds with the hard limits of the login: ulimit -H -n, or use another runtime',
  },
  { said: /catatonit|container-init|podman-init/i, reason: 'it has no init', cure: 'install catatonit' },
  {
    said: /userxattr|overlay.*(?:not permitted|not supported|no such device)|fuse-overlayfs/i,
    reason: 'it can lay no overlay here',
    cure: 'install fuse-overlayfs, or use Linux 5.13 or newer',
  },
  {
    said: /nothing can be written in/,
    reason: 'the cache directory cannot be written to',
    cure: 'set XDG_CACHE_HOME to a directory that can',
  },
  {
    said: /database|boltdb|sqlite|lock file|acquiring lock|refreshing|runroot|static dir/i,
    reason: 'its own state does not fit',
    cure: 'podman system migrate; if that does not help, podman system reset (which removes all its containers)',
  },
  {
    said: /cgroup/i,
    reason: 'it can make no cgroup',
    cure: 'install crun, which can do without, or ask the administrator for delegated cgroups',
  },
];

/** What every start looks up anew. */
export function findForPodman(search: ProbeContext): Omit<PodmanFacts, keyof Way> {
  return {
    shell: search.which('sh') ?? '/bin/sh',
    store: engineStore('podman', search),
    runc: search.which('runc'),
    isRootless: search.uid !== 0,
    init: findTini(search),
    sharesIpc: existsSync('/dev/mqueue'),
    mostProcesses: mostProcesses(),
  };
}

/** podman takes this for its own limit, and no job can have more processes in any case. */
function mostProcesses(): number {
  const number = Number(readText('system', '/proc/sys/kernel/pid_max'));
  return Number.isSafeInteger(number) ? number : 32_768;
}

/** What a memory may say of the ways to start a container. */
export const LEARNS_WAY: Record<keyof Way, (value: unknown) => boolean> = {
  namesRunc: value => typeof value === 'boolean',
  isRunc: value => typeof value === 'boolean',
  cgroups: value => typeof value === 'boolean',
};

/** A daemonless engine has nothing but its caller's variables and limits. */
export function podmanDependsOn(search: ProbeContext, { limits }: RunRequest): string {
  return JSON.stringify([variablesNamed(search, PODMANS_OWN), limits]);
}

/** Starts one container of the host's own programs, in up to three ways. */
export async function probePodman(
  search: ProbeContext,
  request: RunRequest,
  invocation: Runtime['invocation'],
): Promise<Verdict> {
  const program = search.which('podman');
  if (program === null) return { works: false, reason: 'is not installed', cure: 'install podman' };
  const told = await runWith(
    search,
    variablesNamed(search, PODMANS_OWN),
    program,
    ['--version'],
    PROBE_TIMEOUT,
  );
  const version = /(\d+)\.(\d+)\S*/.exec(told.stdout);
  if (version === null) return judge(told);
  if (isOlder([Number(version[1]), Number(version[2])]))
    return {
      works: false,
      reason: `podman ${version[0]} is too old`,
      cure: `install podman ${OLDEST.join('.')} or newer`,
    };
  return firstWay({ program, version: version[0] }, search, request, invocation);
}

function isOlder([major, minor]: readonly [number, number]): boolean {
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
}

/** Without cgroups, as crun can; with them, where podman's own choice is runc; by runc, where crun refuses the cgroups. */
async function firstWay(
  host: Pick<RuntimeHost, 'program' | 'version'>,
  search: ProbeContext,
  request: RunRequest,
  invocation: Runtime['invocation'],
): Promise<Verdict> {
  const found = findForPodman(search);
  const by = (way: Way) => ({ ...host, facts: { ...found, ...way } });
  const attempt = (one: RuntimeHost) =>
    tryRequest(
      trial(found.shell, request),
      one,
      invocation,
      search,
      PROBE_TIMEOUT,
      variablesNamed(search, PODMANS_OWN),
    );
  const plain = by({ namesRunc: false, isRunc: false, cgroups: false });
  const tried = await attempt(plain);
  if (tried.code === 0) return { works: true, host: plain };
  const isRunc = /not compatible with NoCgroups/i.test(tried.stderr);
  if (!isRunc && (found.runc === null || !/cgroup/i.test(tried.stderr))) return judge(tried);
  const other = by({ namesRunc: !isRunc, isRunc: true, cgroups: true });
  const again = await attempt(other);
  return again.code === 0 ? { works: true, host: other } : judge(isRunc ? again : tried);
}

const judge = (tried: Tried) => reasonOf(tried, SYMPTOMS, 'podman info');
