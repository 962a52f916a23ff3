import { EXIT } from '../errors.ts';
import { unlinkedLines } from '../launch/unlinked.ts';
import { shellQuote } from '../shell-quote.ts';
import { isUtf8 } from './apptainer-environment.ts';
import { boundEntries } from './bound-entries.ts';
import { runcScript } from './containerd-job.ts';
import {
  type ContainerdFacts,
  containerdDependsOn,
  findForContainerd,
  probeContainerd,
} from './containerd-probe.ts';
import { engineEnvironment, unheldVariable } from './engine-environment.ts';
import {
  type EngineFiles,
  engineFilesLines,
  engineFilesPath,
  placeLines,
  programIn,
  rootIn,
  textIn,
} from './engine-files.ts';
import { type EngineMount, engineMounts } from './engine-mounts.ts';
import { engineWorkdir } from './engine-workdir.ts';
import { jobEnvironment } from './environment.ts';
import { gpuOf, withGpuLibraries } from './gpu.ts';
import { innerWords, needsInnerShell } from './inner-shell.ts';
import { mountFields } from './mount-fields.ts';
import type { Invocation, RootNeeds, RunRequest, Runtime, RuntimeHost } from './runtime.ts';
import { type Skeleton, skeleton } from './skeleton.ts';

/** Where PID 1 is shown. */
const INIT = '/.jcds-init';
const SHOWN_BY_CTR = ['/etc/hosts', '/etc/resolv.conf'];
const NEEDS: RootNeeds = { files: [INIT, ...SHOWN_BY_CTR], links: 'kept', workdir: 'found' };

/** jcds' own room in containerd: other people's containers are never listed, and never in the way. */
const NAMESPACE = 'jcds';
/** Bounds for a daemon that hangs: it does not accept, or never answers. */
const CONNECTING = '--connect-timeout=5s';
const ANSWERING = '--timeout=10s';

/** Variables by which a job's environment would steer ctr. */
const STEERS =
  /^(?:PATH|HOME|TMPDIR|XDG_.*|CONTAINERD_.*|RUNC_.*|OTEL_.*|GODEBUG|GOGC|GOMAXPROCS|GOMEMLIMIT|GOTRACEBACK|.*_proxy|.*_PROXY)$/s;

/** Variables that a shell does not read as they came, or that ctr adds. */
const CHANGED =
  /^(?:(?:OLD)?PWD|IFS|LINENO|OPT(?:IND|ARG|ERR)|PPID|PS[0-9]|_|E?UID|GROUPS|S?RANDOM|SECONDS|EPOCH.*|HIST.*|BASH.*|DIRSTACK|FUNCNAME|PIPESTATUS|SHELLOPTS|SHLVL|COMP_.*|HOSTNAME)$/s;

/** ctr reads lines of at most 64 KiB, and takes a carriage return for their end. */
const fits = (value: string) => isUtf8(value) && !/[\r\n]/.test(value) && value.length < 15_000;

/**
 * containerd by ctr, its client for developers: for root alone. The root is a directory of empty places and the image's
 * links, on which every entry of the image is bound. The daemon's shim is the job's parent, so the job outlives a ctr
 * that is killed; what is left then is removed by the next run.
 */
export const containerd: Runtime = {
  name: 'containerd',
  programs: ['ctr'],
  rootOnly: true,
  images: ['directory'],
  diesWithParent: false,
  passesSignals: true,
  root: NEEDS,
  cannot: {
    stdin: 'containerd gives a job no standard input but a terminal: start it with </dev/null',
    // runc wants its own there.
    dev: 'containerd cannot show anything else at /dev',
    proc: 'containerd cannot show anything else at /proc',
    writableTmpfs: 'containerd cannot lay a writable layer over an image that is bound entry by entry',
    bytes: 'containerd can neither show nor start in places whose names are not UTF-8',
  },
  refuses,
  find: findForContainerd,
  dependsOn: containerdDependsOn,
  probe: (search, request) => probeContainerd(search, request, invocation),
  invocation,
};

function invocation(request: RunRequest, host: RuntimeHost): Invocation {
  const facts = host.facts as unknown as ContainerdFacts;
  const root = skeleton(request, gpuOf(request, host), NEEDS);
  const cwd = engineWorkdir(request.shown, root);
  const replaced = SHOWN_BY_CTR.filter(path =>
    engineMounts(root, String).mounts.some(({ at }) => at === path),
  );
  const programs = [runcScript(shellQuote(facts.runc), request, replaced)];
  const work = engineFilesOf(root, programs);
  const path = engineFilesPath(facts.store, work);
  const { mounts, devices } = engineMounts(root, index => textIn(path, index));
  const { words, change, inner } = environmentOf(request);
  const ctr = `${shellQuote(host.program)} ${CONNECTING} -n ${NAMESPACE}`;
  const options = [
    ...['--runc-binary', programIn(path, 0), ...runOptions(request)],
    ...words.filter(word => word.includes('=')).flatMap(word => ['--env', word]),
    ...mountOption({ kind: 'bind', source: facts.init, at: INIT, mode: 'ro' }),
    ...mounts.flatMap(mountOption),
    ...devices.besides.flatMap(device => ['--device', device]),
    ...['--cwd', cwd, ...request.runtimeArguments],
  ];
  return {
    file: facts.shell,
    args: [
      '-c',
      [
        ...engineFilesLines(path, work, 'containerd'),
        ...placeLines(root, 'containerd', NEEDS.files),
        ...unlinkedLines(boundEntries(root, host, [...NEEDS.files, cwd]), 'jcds_e'),
        ...cleaningLines(ctr),
        `exec ${ctr} run --env-file /dev/fd/9 ${options.map(shellQuote).join(' ')} ${shellQuote(rootIn(path))} "$jcds_id" ${INIT} -- "$@" 9<<JCDS_END`,
        ...words.filter(word => !word.includes('=')).map(name => `${name}=$${name}`),
        'JCDS_END',
      ].join('\n'),
      ...['jcds', ...work.texts, ...programs],
      ...(needsInnerShell(request, inner) ? innerWords(request, inner) : request.words),
    ],
    environment: change,
    files: { store: facts.store, path, work },
  };
}

function environmentOf(request: RunRequest) {
  return engineEnvironment(
    request,
    withGpuLibraries(jobEnvironment(request), request),
    STEERS,
    null,
    fits,
    CHANGED,
  );
}

/** Every place is made before: runc would make it in a directory that other jobs share. */
function engineFilesOf({ root, mounts, image }: Skeleton, programs: readonly string[]): EngineFiles {
  const at = (kind: 'directory' | 'file') =>
    root
      .filter(one => one.kind === kind || (one.kind === 'entry' && one.of === kind))
      .map(operation => operation.at);
  const links = root.flatMap(operation =>
    operation.kind === 'link' ? [[operation.at, operation.target] as const] : [],
  );
  const { texts } = engineMounts({ root, mounts, image }, String);
  const parents = links.map(([path]) => path.slice(0, path.lastIndexOf('/'))).filter(parent => parent !== '');
  const directories = [...new Set([...at('directory'), ...parents, '/dev', '/proc', '/sys', '/run'])];
  return { directories, files: at('file'), links, texts, programs };
}

/** Containers whose starter was killed and whose job has ended since; one whose job still runs cannot be removed so. */
function cleaningLines(ctr: string): string[] {
  return [
    `jcds_left=$(${ctr} ${ANSWERING} containers list -q) || exit ${EXIT.failed}`,
    'for jcds_id in $jcds_left; do',
    '  jcds_pid=${jcds_id#jcds-} jcds_pid=${jcds_pid%%-*}',
    `  [ -e "/proc/$jcds_pid" ] || ${ctr} ${ANSWERING} containers rm "$jcds_id" >/dev/null 2>&1`,
    'done',
    'unset -f read',
    'read -r jcds_id </proc/sys/kernel/random/uuid',
    'jcds_id=jcds-$$-$jcds_id',
  ];
}

function runOptions(request: RunRequest): string[] {
  const shared = request.contain
    ? []
    : mountOption({ kind: 'bind', source: '/dev/shm', at: '/dev/shm', mode: 'rw' });
  return [
    '--rm',
    '--rootfs',
    '--read-only',
    '--net-host',
    ...(request.interactive ? ['--tty'] : []),
    ...shared,
  ];
}

function mountOption(mount: EngineMount): string[] {
  const fields =
    mount.kind === 'tmpfs'
      ? ['type=tmpfs', 'src=tmpfs', `dst=${mount.at}`, `options=mode=${mount.mode}:nosuid:nodev`]
      : ['type=bind', `src=${mount.source}`, `dst=${mount.at}`, `options=rbind:${mount.mode}`];
  return ['--mount', mountFields(fields)];
}

function refuses(request: RunRequest): string | null {
  const { inner } = environmentOf(request);
  if (needsInnerShell(request, inner) && request.image.facts?.hasShell !== true)
    return 'containerd needs the image’s /bin/sh for what is not UTF-8, and for variables of several lines or over 15,000 characters';
  return unheldVariable('containerd', jobEnvironment(request));
}
