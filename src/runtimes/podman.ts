import { unlinkedLines } from '../launch/unlinked.ts';
import { isUtf8 } from './apptainer-environment.ts';
import { boundEntries } from './bound-entries.ts';
import { engineEnvironment, unheldVariable } from './engine-environment.ts';
import {
  type EngineFiles,
  engineFilesLines,
  engineFilesPath,
  placeLines,
  rootIn,
  textIn,
} from './engine-files.ts';
import { type EngineMount, engineMounts } from './engine-mounts.ts';
import { engineWorkdir } from './engine-workdir.ts';
import { jobEnvironment } from './environment.ts';
import { gpuOf, withGpuLibraries } from './gpu.ts';
import { innerWords, needsInnerShell } from './inner-shell.ts';
import { mountFields } from './mount-fields.ts';
import { findForPodman, LEARNS_WAY, type PodmanFacts, podmanDependsOn, probePodman } from './podman-probe.ts';
import type { Invocation, RootNeeds, RunRequest, Runtime, RuntimeHost } from './runtime.ts';
import { type Skeleton, skeleton } from './skeleton.ts';
import { CHANGED_BY_SHELLS } from './withheld-variables.ts';

/** What podman puts into every container itself. */
const NEEDS: RootNeeds = {
  files: ['/run/podman-init', '/run/.containerenv', '/etc/hostname', '/etc/hosts', '/etc/resolv.conf'],
  // What is bound there is not there yet when it and crun look for these.
  links: ['/etc', '/run'],
  workdir: 'found',
};

/** Variables by which a job's environment would steer podman and the programs that it starts. */
const STEERS =
  /^(?:PATH|HOME|USER|LOGNAME|TMPDIR|XDG_.*|_?CONTAINERS?_.*|PODMAN_.*|STORAGE_.*|REGISTRY_.*|REGISTRIES_.*|BUILDAH_.*|LIBPOD_.*|NOTIFY_SOCKET|LISTEN_.*|DBUS_.*|SSL_CERT_.*|GODEBUG|GOGC|GOMAXPROCS|GOMEMLIMIT|GOTRACEBACK|.*_proxy|.*_PROXY|.*\*)$/s;

/**
 * podman, with or without root. The root is an overlay over a directory that holds nothing but the image's links: podman
 * makes places in it, and every entry of the image is bound there. conmon is the job's parent, so the job outlives a
 * podman that is killed; PID 1 is an init, so that signals act as they do elsewhere.
 */
export const podman: Runtime = {
  name: 'podman',
  programs: ['podman'],
  images: ['directory'],
  diesWithParent: false,
  passesSignals: true,
  root: NEEDS,
  cannot: {
    writableTmpfs: 'podman cannot lay a writable layer over an image that is bound entry by entry',
    // Its configuration is JSON, in which Go makes U+FFFD of such bytes (measured with podman 4.3).
    // crun wants its devices there, and runc its own of both.
    dev: 'podman cannot show anything else at /dev',
    proc: 'podman cannot show anything else at /proc',
    bytes: 'podman cannot show directories or files whose names are not UTF-8',
  },
  refuses,
  find: findForPodman,
  learns: LEARNS_WAY,
  dependsOn: podmanDependsOn,
  probe: (search, request) => probePodman(search, request, invocation),
  invocation,
};

function invocation(request: RunRequest, host: RuntimeHost): Invocation {
  const facts = host.facts as unknown as PodmanFacts;
  const root = skeleton(request, gpuOf(request, host), NEEDS);
  const cwd = engineWorkdir(request.shown, root);
  const { work, path, mounts, devices } = laidOut(root, facts.store);
  const { words, change, inner } = environmentOf(request);
  const streams = streamsOf(request);
  return {
    file: facts.shell,
    args: [
      '-c',
      [
        ...engineFilesLines(path, work, 'podman'),
        ...placeLines(root, 'podman', NEEDS.files),
        ...unlinkedLines(boundEntries(root, host, [...NEEDS.files, cwd]), 'jcds_e'),
        ...(streams === 'moved' ? ['exec 3<&0 4>&1 5>&2'] : []),
        'exec "$@"',
      ].join('\n'),
      'jcds',
      ...work.texts,
      ...[
        host.program,
        '--log-level=error',
        ...(facts.namesRunc && facts.runc !== null ? ['--runtime', facts.runc] : []),
      ],
      ...runOptions(request, facts),
      ...words.flatMap(word => ['--env', word]),
      ...mounts.flatMap(mountOption),
      ...deviceOptions(request, facts, devices),
      ...['--workdir', cwd, ...request.runtimeArguments, '--rootfs', `${rootIn(path)}:O`],
      ...(needsInnerShell(request, inner) ? innerWords(request, inner) : request.words),
    ],
    environment: change,
    files: { store: facts.store, path, work },
  };
}

function environmentOf(request: RunRequest) {
  const variables = withGpuLibraries(jobEnvironment(request), request);
  const strange = strangeNames(request);
  const changed =
    strange.length === 0 ? undefined : new RegExp(`^(?:${[...CHANGED_BY_SHELLS, ...strange].join('|')})$`);
  const found = engineEnvironment(request, variables, STEERS, null, isUtf8, changed);
  const own = strange.map(name => [name, request.user.name] as const);
  return {
    ...found,
    change: { ...found.change, set: [...found.change.set, ...own] },
    inner: { ...found.inner, movesStreams: streamsOf(request) === 'moved' },
  };
}

/** podman looks its user's subordinate ids up by these: where they name somebody else it is told who it is, and the job is not. */
function strangeNames({ environment, user }: RunRequest): string[] {
  const host = new Map(environment.host);
  return ['USER', 'LOGNAME'].filter(name => host.has(name) && host.get(name) !== user.name);
}

/**
 * How the caller's standard streams become the job's. podman's own way is to copy: it reads ahead of the job, and so
 * takes the lines of a `while read` loop. `passed`: they are the job's as they are, which podman does where none is a
 * terminal; `moved`: they reach it under other numbers, and the image's shell moves them back; `terminal`: a new one.
 */
function streamsOf({ interactive, hasTerminal, image }: RunRequest): keyof typeof STREAMS {
  if (interactive) return 'terminal';
  if (!hasTerminal) return 'passed';
  return image.facts?.hasShell === true ? 'moved' : 'copied';
}

const STREAMS = {
  terminal: ['-i', '-t', '--log-driver=none'],
  passed: ['--log-driver=passthrough'],
  moved: ['--preserve-fds=3', '--log-driver=none'],
  copied: ['-i', '--log-driver=none'],
} as const;

/** The lower directory of the overlay holds links alone: whatever else is needed podman makes in the upper one. */
function laidOut(root: Skeleton, store: string) {
  const links = root.root.flatMap(operation =>
    operation.kind === 'link' ? [[operation.at, operation.target] as const] : [],
  );
  const parents = links.map(([at]) => at.slice(0, at.lastIndexOf('/'))).filter(parent => parent !== '');
  const { texts } = engineMounts(root, String);
  const work: EngineFiles = { directories: [...new Set(parents)], files: [], links, texts };
  const path = engineFilesPath(store, work);
  return { work, path, ...engineMounts(root, index => textIn(path, index)) };
}

function runOptions(request: RunRequest, facts: PodmanFacts): string[] {
  return [
    ...['run', '--rm', ...STREAMS[streamsOf(request)], '--detach-keys=', '--init'],
    ...(facts.init === null ? [] : ['--init-path', facts.init]),
    ...['--network=host', '--uts=host', `--ipc=${facts.sharesIpc && !request.contain ? 'host' : 'private'}`],
    ...(facts.cgroups ? [] : ['--cgroups=disabled']),
    ...(facts.isRootless ? ['--userns=keep-id', '--group-add', 'keep-groups'] : []),
    ...(facts.isRootless ? [] : groupOptions(request)),
    ...['label=disable', 'seccomp=unconfined', 'no-new-privileges'].flatMap(option => [
      '--security-opt',
      option,
    ]),
    ...['--cap-drop=ALL', '--sdnotify=ignore', '--http-proxy=false', '--passwd=false'],
    ...limitOptions(request, facts),
    ...[`--umask=${request.umask.toString(8).padStart(4, '0')}`],
    ...['--read-only', '--read-only-tmpfs=false', '--unsetenv-all'],
  ];
}

/**
 * The job inherits its limits from podman, but for two that podman sets itself; `host` alone would give it the soft
 * limit on open files to which every program in Go raises its own. podman's own limit on processes is the host's largest
 * number of one, above which nobody can raise it again.
 */
function limitOptions({ limits }: RunRequest, { mostProcesses }: PodmanFacts): string[] {
  const text = (name: string, limit: number | null) =>
    name === 'nproc' ? String(Math.min(limit ?? mostProcesses, mostProcesses)) : String(limit ?? -1);
  const set = limits.filter(({ name }) => name === 'nofile' || name === 'nproc');
  if (set.length < 2) return ['--ulimit=host'];
  return set.map(({ name, soft, hard }) => `--ulimit=${name}=${text(name, soft)}:${text(name, hard)}`);
}

function groupOptions({ user }: RunRequest): string[] {
  return user.groups.filter(group => group !== user.gid).flatMap(group => ['--group-add', String(group)]);
}

function mountOption(mount: EngineMount): string[] {
  const fields =
    mount.kind === 'tmpfs'
      ? ['type=tmpfs', `dst=${mount.at}`, `tmpfs-mode=${mount.mode}`, 'U=true', 'notmpcopyup']
      : [
          ...['type=bind', `src=${mount.source}`, `dst=${mount.at}`],
          ...(mount.mode === 'ro' ? ['ro=true'] : []),
        ];
  return ['--mount', mountFields(fields)];
}

/** runc makes no terminal where the host's /dev is shown: then only what the job needs is. */
function deviceOptions(
  request: RunRequest,
  facts: PodmanFacts,
  { all, besides }: { readonly all: boolean; readonly besides: readonly string[] },
): string[] {
  const showsAll = all && !(request.interactive && facts.isRunc);
  const shown = showsAll ? ['/dev', '/dev/shm'] : all ? ['/dev/shm'] : [];
  return [
    ...shown.flatMap(path => mountOption({ kind: 'bind', source: path, at: path, mode: 'rw' })),
    ...(showsAll ? [] : besides.flatMap(device => ['--device', device])),
  ];
}

function refuses(request: RunRequest): string | null {
  const { inner } = environmentOf(request);
  if (needsInnerShell(request, inner) && request.image.facts?.hasShell !== true)
    return 'podman needs the image’s /bin/sh for arguments and variables that are not UTF-8 or would steer podman itself';
  return unheldVariable('podman', jobEnvironment(request));
}
