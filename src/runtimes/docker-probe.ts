import { readText } from '../files/read.ts';
import { engineStore } from './engine-files.ts';
import { findInit } from './init.ts';
import { reasonOf, type Symptom } from './probe-reasons.ts';
import {
  isRefused,
  type ProbeContext,
  type Refused,
  type RunRequest,
  type Runtime,
  type RuntimeHost,
  type Verdict,
} from './runtime.ts';
import { runWith, type Tried, trial, tryRequest, variablesNamed } from './trial.ts';

/** What docker's row knows about this host. */
export interface DockerFacts {
  readonly shell: string;
  /** The user's directory for engine files. */
  readonly store: string;
  /** A static init of the host. */
  readonly init: string;
}

const PROBE_TIMEOUT = 15_000;
/** The oldest that was tried. */
const OLDEST = [20, 10] as const;
/** Where the client finds its daemon: without these it would ask another than in the run itself. */
const DOCKERS_OWN = /^(?:HOME|XDG_.*|DOCKER_.*|SSH_AUTH_SOCK)$/;
const BOOT_ID = '/proc/sys/kernel/random/boot_id';

const SYMPTOMS: readonly Symptom[] = [
  {
    said: /cannot connect to the docker daemon|is the docker daemon running|connection refused/i,
    reason: 'its daemon is not running',
    cure: 'start it: systemctl start docker',
    passing: true,
  },
  {
    said: /permission denied.*(?:daemon|docker API)|dial unix.*permission denied/is,
    reason: 'its daemon does not talk to this user',
    cure: 'ask the administrator for membership of the group docker, which is as good as root; or use podman',
    passing: true,
  },
  {
    said: /no space left|disk quota exceeded/i,
    reason: 'its storage is full',
    cure: 'make room: docker system df, docker system prune',
    passing: true,
  },
  {
    said: /client version .* is too (?:old|new)|API version/i,
    reason: 'its client and its daemon do not fit',
    cure: 'install client and daemon of one version',
  },
  {
    said: /cgroup/i,
    reason: 'its daemon can make no cgroup',
    cure: 'ask the administrator to mount cgroups; docker info tells what it sees',
  },
];

/** An image without files, and one with the links of a merged /usr, which most images have. The probe imports them. */
export const ROOT_IMAGES = { plain: 'jcds-root:plain', merged: 'jcds-root:merged' } as const;
export const MERGED = ['bin', 'sbin', 'lib', 'lib64'] as const;

/** Asks the daemon, gives it the two images without files, and starts one container of the host's own programs. */
export async function probeDocker(
  search: ProbeContext,
  request: RunRequest,
  invocation: Runtime['invocation'],
): Promise<Verdict> {
  const program = search.which('docker');
  if (program === null) return { works: false, reason: 'is not installed', cure: 'install docker' };
  const ask = (...args: string[]) => runAsCaller(search, program, args);
  const told = await ask('version', '--format', '{{.Server.Version}}');
  const version = /^(\d+)\.(\d+)\S*/.exec(told.stdout);
  if (told.code !== 0 || version === null) return judge(told);
  if (Number(version[1]) < OLDEST[0])
    return {
      works: false,
      reason: `docker ${version[0]} is too old`,
      cure: `install docker ${OLDEST.join('.')} or newer`,
    };
  const security = await ask('info', '--format', '{{.SecurityOptions}}');
  if (/name=(?:rootless|userns)/.test(security.stdout))
    return {
      works: false,
      reason: 'its daemon is in a user namespace and cannot give a job the uid of its caller',
      cure: 'jcds run --runtime podman',
    };
  const facts = findForDocker(search);
  if (isRefused(facts)) return facts;
  const made = await makeImages(search, program);
  if (made !== null) return judge(made);
  return tryIt({ program, version: version[0], facts: { ...facts } }, search, request, invocation);
}

/** What every start looks up anew. */
export function findForDocker(search: ProbeContext): DockerFacts | Refused {
  const init = findInit(search);
  if (init === null)
    return { works: false, reason: 'there is no static init', cure: 'install tini-static or catatonit' };
  return { shell: search.which('sh') ?? '/bin/sh', store: engineStore('docker', search), init };
}

/** The daemon makes the limits of a job itself. */
export function dockerDependsOn(search: ProbeContext, { limits }: RunRequest): string {
  return JSON.stringify([variablesNamed(search, DOCKERS_OWN), limits]);
}

/** Imports what is missing of the images without files; what went wrong, or null. */
async function makeImages(search: ProbeContext, program: string): Promise<Tried | null> {
  const script = `program=$1 image=$2
shift 2
"$program" image inspect "$image" >/dev/null 2>&1 && exit
folder=$(mktemp -d) && chmod 755 "$folder" || exit
trap 'rm -rf "$folder"' EXIT
for name do ln -s "usr/$name" "$folder/$name" || exit; done
tar -C "$folder" --owner=0 --group=0 -cf - . | "$program" import - "$image"`;
  for (const [image, links] of [
    [ROOT_IMAGES.plain, []],
    [ROOT_IMAGES.merged, MERGED],
  ] as const) {
    const made = await runAsCaller(search, '/bin/sh', ['-c', script, 'sh', program, image, ...links]);
    if (made.code !== 0) return made;
  }
  return null;
}

/** The container tells which kernel it runs on: another machine's daemon would show its own files. */
async function tryIt(
  host: RuntimeHost,
  search: ProbeContext,
  request: RunRequest,
  invocation: Runtime['invocation'],
): Promise<Verdict> {
  const shell = String(host.facts.shell);
  const asking = { ...trial(shell, request), words: [shell, '-c', `read -r id <${BOOT_ID} && echo "$id"`] };
  const variables = variablesNamed(search, DOCKERS_OWN);
  const tried = await tryRequest(asking, host, invocation, search, PROBE_TIMEOUT, variables);
  if (tried.code !== 0) return judge(tried);
  if (tried.stdout.trim() === readText('system', BOOT_ID).trim()) return { works: true, host };
  return {
    works: false,
    reason: 'its daemon runs on another machine, which has other files',
    cure: 'unset DOCKER_HOST and DOCKER_CONTEXT, or use another runtime',
  };
}

const judge = (tried: Tried) => reasonOf(tried, SYMPTOMS, 'docker info');

function runAsCaller(search: ProbeContext, file: string, args: readonly string[]) {
  return runWith(search, variablesNamed(search, DOCKERS_OWN), file, args, PROBE_TIMEOUT);
}
