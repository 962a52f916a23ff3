import { EXIT } from '../errors.ts';
import { unlinkedLines } from '../launch/unlinked.ts';
import { shellQuote } from '../shell-quote.ts';
import { boundEntries } from './bound-entries.ts';
import {
  type DockerFacts,
  dockerDependsOn,
  findForDocker,
  MERGED,
  probeDocker,
  ROOT_IMAGES,
} from './docker-probe.ts';
import { engineEnvironment, unheldVariable } from './engine-environment.ts';
import { engineFilesLines, engineFilesPath, placeLines, textIn } from './engine-files.ts';
import { type EngineMount, engineMounts } from './engine-mounts.ts';
import { engineWorkdir } from './engine-workdir.ts';
import { jobEnvironment } from './environment.ts';
import { gpuOf, withGpuLibraries } from './gpu.ts';
import { innerWords, needsInnerShell } from './inner-shell.ts';
import { mountFields } from './mount-fields.ts';
import type { Invocation, RootNeeds, RunRequest, Runtime, RuntimeHost } from './runtime.ts';
import { type Skeleton, skeleton } from './skeleton.ts';

/** Where PID 1 is shown: docker's own --init wants a place in /sbin, which is the image's. */
const INIT = '/.jcds-init';
const NEEDS: RootNeeds = {
  files: [INIT, '/etc/hostname', '/etc/hosts', '/etc/resolv.conf'],
  links: 'followed',
  workdir: 'found',
};

/** Variables by which a job's environment would steer docker's client. */
const STEERS =
  /^(?:PATH|HOME|TMPDIR|XDG_.*|DOCKER_.*|BUILDKIT_.*|SSH_.*|OTEL_.*|GODEBUG|GOGC|GOMAXPROCS|GOMEMLIMIT|GOTRACEBACK|.*_proxy|.*_PROXY)$/s;

/** The client takes these keys for itself: a sequence that nobody types by chance. */
const DETACH_KEYS = 'ctrl-@,ctrl-@,ctrl-_,ctrl-@';

/**
 * docker runs no directory, so the container is made of an image without files, on which every entry of the real one is
 * bound. Links at its root can only be those of that image: others show what they lead to. The daemon starts the job, as
 * the caller's uid and gid, in its own cgroup; the client passes streams and signals on.
 */
export const docker: Runtime = {
  name: 'docker',
  programs: ['docker'],
  images: ['directory'],
  diesWithParent: false,
  passesSignals: true,
  root: NEEDS,
  cannot: {
    // runc wants its own there.
    dev: 'docker cannot show anything else at /dev',
    proc: 'docker cannot show anything else at /proc',
    writableTmpfs: 'docker cannot lay a writable layer over an image that is bound entry by entry',
    // Its configuration is JSON, in which Go makes U+FFFD of such bytes (measured with docker 20.10).
    bytes: 'docker cannot show directories or files whose names are not UTF-8',
  },
  refuses,
  find: findForDocker,
  dependsOn: dockerDependsOn,
  probe: (search, request) => probeDocker(search, request, invocation),
  invocation,
};

function invocation(request: RunRequest, host: RuntimeHost): Invocation {
  const facts = host.facts as unknown as DockerFacts;
  const root = skeleton(request, gpuOf(request, host), NEEDS);
  const cwd = engineWorkdir(request.shown, root);
  const image = isMerged(root) ? ROOT_IMAGES.merged : ROOT_IMAGES.plain;
  const work = { directories: [], files: [], links: [], texts: engineMounts(root, String).texts };
  const path = engineFilesPath(facts.store, work);
  const { mounts, devices } = engineMounts(root, index => textIn(path, index));
  const { words, change, inner } = environmentOf(request);
  return {
    file: facts.shell,
    args: [
      '-c',
      [
        ...engineFilesLines(path, work, 'docker'),
        ...placeLines(root, 'docker', NEEDS.files),
        ...unlinkedLines(boundEntries(root, host, [...NEEDS.files, cwd]), 'jcds_e'),
        ...checkLines(host, image),
        'exec "$@"',
      ].join('\n'),
      ...['jcds', ...work.texts, host.program],
      ...runOptions(request),
      ...words.flatMap(word => ['--env', word]),
      ...mountOption({ kind: 'bind', source: facts.init, at: INIT, mode: 'ro' }, request),
      ...mounts.filter(mount => !isOfImage(mount.at, image)).flatMap(mount => mountOption(mount, request)),
      ...devices.besides.flatMap(device => ['--device', device]),
      ...['--workdir', cwd, ...request.runtimeArguments, image, INIT, '--'],
      ...(needsInnerShell(request, inner) ? innerWords(request, inner) : request.words),
    ],
    environment: change,
    files: { store: facts.store, path, work },
  };
}

function environmentOf(request: RunRequest) {
  // docker gives every job the same.
  const umask = request.umask === 0o022 ? null : request.umask;
  return engineEnvironment(request, withGpuLibraries(jobEnvironment(request), request), STEERS, umask);
}

/** Whether the image's root has all links of a merged /usr, and nothing else by these names. */
function isMerged({ root }: Skeleton): boolean {
  return MERGED.every(name =>
    root.some(
      operation =>
        operation.kind === 'entry' && operation.at === `/${name}` && operation.from === `/usr/${name}`,
    ),
  );
}

function isOfImage(at: string, image: string): boolean {
  return image === ROOT_IMAGES.merged && MERGED.some(name => at === `/${name}`);
}

/**
 * Somebody may have removed the image since the probe made it: the run must not make it anew unasked, but the next start
 * does, once the memory of the probe is gone. docker's own words stand behind a line of jcds.
 */
function checkLines({ program, memories = [] }: RuntimeHost, image: string): string[] {
  const docker = shellQuote(program);
  return [
    `${docker} image inspect ${image} >/dev/null 2>&1 || {`,
    ...memories.map(file => `  rm -f -- ${shellQuote(file)} 2>/dev/null`),
    `  jcds_said=$(${docker} version 2>&1 >/dev/null) ||`,
    `    { printf 'jcds: docker: its daemon does not answer:\\n%s\\n' "$jcds_said" >&2; exit ${EXIT.failed}; }`,
    `  printf 'jcds: docker has lost its image ${image}\\nhint: the same command again makes it anew\\n' >&2`,
    `  exit ${EXIT.failed}`,
    '}',
  ];
}

function runOptions(request: RunRequest): string[] {
  const { uid, gid, groups } = request.user;
  return [
    ...['run', '--rm', '-i', ...(request.interactive ? ['-t'] : []), `--detach-keys=${DETACH_KEYS}`],
    ...['--pull=never', '--network=host', '--uts=host', `--ipc=${request.contain ? 'private' : 'host'}`],
    ...['--user', `${uid}:${gid}`],
    ...groups.filter(group => group !== gid).flatMap(group => ['--group-add', String(group)]),
    ...['label=disable', 'seccomp=unconfined', 'apparmor=unconfined', 'no-new-privileges'].flatMap(option => [
      '--security-opt',
      option,
    ]),
    ...['--cap-drop=ALL', '--log-driver=none', '--read-only', '--entrypoint='],
    ...limitOptions(request),
  ];
}

/** The job would have the daemon's limits. docker knows no limit on address space. */
function limitOptions({ limits }: RunRequest): string[] {
  const text = (limit: number | null) => (limit === null ? '-1' : String(limit));
  return limits
    .filter(({ name }) => name !== 'as')
    .map(({ name, soft, hard }) => `--ulimit=${name}=${text(soft)}:${text(hard)}`);
}

function mountOption(mount: EngineMount, { user }: RunRequest): string[] {
  if (mount.kind === 'tmpfs')
    return ['--tmpfs', `${mount.at}:rw,exec,nosuid,nodev,mode=${mount.mode},uid=${user.uid},gid=${user.gid}`];
  const fields = ['type=bind', `src=${mount.source}`, `dst=${mount.at}`];
  return ['--mount', mountFields([...fields, ...(mount.mode === 'ro' ? ['readonly'] : [])])];
}

function refuses(request: RunRequest): string | null {
  if (request.shown.home.kind === 'empty' && request.shown.home.path.includes(':'))
    return `docker takes no empty home directory with a colon in its name: ${JSON.stringify(request.shown.home.path)}`;
  if (request.limits.some(({ name, soft }) => name === 'as' && soft !== null))
    return 'docker knows no limit on address space (ulimit -v)';
  const { inner } = environmentOf(request);
  if (needsInnerShell(request, inner) && request.image.facts?.hasShell !== true)
    return 'docker needs the image’s /bin/sh for a umask that is not 0022, and for what is not UTF-8 or would steer docker itself';
  return unheldVariable('docker', jobEnvironment(request));
}
