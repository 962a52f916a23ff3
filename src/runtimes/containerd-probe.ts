import { existsSync } from 'node:fs';
import { ROOTS_STORE } from './engine-files.ts';
import { findInit } from './init.ts';
import { reasonOf, type Symptom } from './probe-reasons.ts';
import {
  isRefused,
  type ProbeContext,
  type Refused,
  type RunRequest,
  type Runtime,
  type Verdict,
} from './runtime.ts';
import { runWith, type Tried, trial, tryRequest, variablesNamed } from './trial.ts';

/** What containerd's row knows about this host. */
export interface ContainerdFacts {
  readonly shell: string;
  /** The directory for engine files. */
  readonly store: string;
  readonly runc: string;
  /** A static init of the host. */
  readonly init: string;
}

/**
 * One of the engine files is a program, which runc's place takes and containerd starts as root: it lies where root alone writes,
 * whatever HOME and XDG_CACHE_HOME say. Not in /run, from which many hosts let nothing be started.
 */
const STORE = `${ROOTS_STORE}/containerd`;

const PROBE_TIMEOUT = 15_000;
/** The oldest that was tried. */
const OLDEST = [1, 6] as const;
/** Where ctr finds its daemon. */
const CTRS_OWN = /^(?:HOME|CONTAINERD_ADDRESS)$/;

/** Where it listens unless something else is said (ctr(8)). */
const SOCKET = '/run/containerd/containerd.sock';
const START_IT = 'start it: systemctl start containerd (or restart)';

/** What its trial says, and what to do about it (messages of containerd 1.6 and runc 1.1). */
const SYMPTOMS: readonly Symptom[] = [
  {
    said: /dial.*permission denied/is,
    reason: 'its daemon does not talk to this user',
    cure: 'start jcds as root of the host, or use podman',
    passing: true,
  },
  {
    said: /failed to dial|connection refused|deadline exceeded/i,
    reason: 'its daemon is not running, or does not answer',
    cure: START_IT,
    passing: true,
  },
  {
    said: /no space left|disk quota exceeded/i,
    reason: 'its storage is full',
    cure: 'make room below /var/lib/containerd and /run/containerd',
    passing: true,
  },
  {
    said: /nothing can be written in/,
    reason: `${STORE} cannot be written to`,
    cure: 'make room there, and start jcds as root of the host',
  },
  {
    said: /program0.*permission denied/is,
    reason: `no program can be started from ${STORE}`,
    cure: 'mount /var/lib without noexec',
  },
  {
    said: /description of the container is not as expected/,
    reason: 'its description of a container is not the one that jcds knows',
    cure: 'report the version of containerd, and use another runtime',
  },
  {
    said: /cgroup/i,
    reason: 'its daemon can make no cgroup',
    cure: 'mount cgroups, or start containerd where they are: ls /sys/fs/cgroup',
  },
];

/** Asks the daemon, and starts one container of the host's own programs. */
export async function probeContainerd(
  search: ProbeContext,
  request: RunRequest,
  invocation: Runtime['invocation'],
): Promise<Verdict> {
  const program = search.which('ctr');
  if (program === null) return { works: false, reason: 'is not installed', cure: 'install containerd' };
  if (search.uid !== 0)
    return { works: false, reason: 'is for root only', cure: 'jcds run --runtime podman, or as root' };
  const told = await runWith(search, variablesNamed(search, CTRS_OWN), program, ['--version'], PROBE_TIMEOUT);
  const version = /\bv?(\d+)\.(\d+)\.\S+\s*$/.exec(told.stdout);
  if (version === null) return judge(told);
  if (isOlder([Number(version[1]), Number(version[2])]))
    return {
      works: false,
      reason: `containerd ${version[0].trim()} is too old`,
      cure: `install containerd ${OLDEST.join('.')} or newer`,
    };
  const facts = findForContainerd(search);
  if (isRefused(facts)) return facts;
  const silent = withoutSocket(search);
  if (silent !== null) return silent;
  const host = { program, version: version[0].trim(), facts: { ...facts } };
  const variables = variablesNamed(search, CTRS_OWN);
  const tried = await tryRequest(
    trial(facts.shell, request),
    host,
    invocation,
    search,
    PROBE_TIMEOUT,
    variables,
  );
  return tried.code === 0 ? { works: true, host } : judge(tried);
}

/** ctr waits ten seconds for a socket that is not there. */
function withoutSocket({ environment }: ProbeContext): Refused | null {
  const path = (environment.CONTAINERD_ADDRESS || SOCKET).replace(/^unix:\/\//, '');
  if (!path.startsWith('/') || existsSync(path)) return null;
  const reason = `its daemon is not running, or does not answer: there is no ${path}`;
  return { works: false, reason, cure: START_IT, passing: true };
}

/** What every start looks up anew. */
export function findForContainerd(search: ProbeContext): ContainerdFacts | Refused {
  const runc = search.which('runc');
  if (runc === null) return { works: false, reason: 'it has no OCI runtime', cure: 'install runc' };
  const init = findInit(search);
  if (init === null)
    return { works: false, reason: 'there is no static init', cure: 'install tini-static or catatonit' };
  return { shell: search.which('sh') ?? '/bin/sh', store: STORE, runc, init };
}

/** The daemon makes the limits of a job itself. */
export function containerdDependsOn(search: ProbeContext, { limits }: RunRequest): string {
  return JSON.stringify([variablesNamed(search, CTRS_OWN), limits]);
}

function isOlder([major, minor]: readonly [number, number]): boolean {
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
}

const judge = (tried: Tried) => reasonOf(tried, SYMPTOMS, 'ctr version');
