import { describe, expect, test } from 'vitest';
import type { ImageFacts, RootEntry } from '../../src/rootfs/facts.ts';
import type { ContainerdFacts } from '../../src/runtimes/containerd-probe.ts';
import type { DockerFacts } from '../../src/runtimes/docker-probe.ts';
import { RUNTIME_NAMES, RUNTIMES, type RuntimeName } from '../../src/runtimes/index.ts';
import type { PodmanFacts } from '../../src/runtimes/podman-probe.ts';
import type { RunRequest, RuntimeHost } from '../../src/runtimes/runtime.ts';
import { type Bind, shownIn } from '../../src/runtimes/shown.ts';
import { terminalFilter } from '../../src/runtimes/terminal-filter.ts';
import type { UnshareFacts } from '../../src/runtimes/unshare.ts';
import { launcherNames } from '../../src/runtimes/withheld-variables.ts';
import { aRequest, type RequestChanges, someFacts } from './requests.ts';

const TOOLS: UnshareFacts = {
  sh: '/usr/bin/sh',
  mount: '/usr/bin/mount',
  umount: '/usr/bin/umount',
  mkdir: '/usr/bin/mkdir',
  ln: '/usr/bin/ln',
  rm: '/usr/bin/rm',
  setpriv: '/usr/bin/setpriv',
  pivotRoot: '/usr/sbin/pivot_root',
  env: '/usr/bin/env',
  loader: '/usr/lib/x/ld.so',
  libraries: ['/usr/lib/x'],
  places: ['/mnt', '/media'],
  plainShell: true,
};

const gpu = {
  nvidia: { libraries: ['/lib/x/libcuda.so.1'], devices: ['/dev/nvidia0'] },
  rocm: { libraries: [], devices: ['/dev/dri'] },
};

const PODMAN: PodmanFacts = {
  shell: '/usr/bin/sh',
  store: '/home/alice/.cache/jcds/podman',
  namesRunc: false,
  runc: '/usr/sbin/runc',
  isRunc: false,
  cgroups: false,
  isRootless: true,
  init: null,
  sharesIpc: true,
  mostProcesses: 32768,
};

const DOCKER: DockerFacts = {
  shell: '/usr/bin/sh',
  store: '/home/alice/.cache/jcds/docker',
  init: '/usr/bin/tini-static',
};

const CONTAINERD: ContainerdFacts = {
  shell: '/usr/bin/sh',
  store: '/var/lib/jcds/containerd',
  runc: '/usr/sbin/runc',
  init: '/usr/bin/tini-static',
};

const HOSTS: Record<RuntimeName, RuntimeHost> = {
  apptainer: {
    program: '/usr/bin/apptainer',
    version: '1.4.5',
    facts: { needsUserns: false, isApptainer: true },
  },
  singularity: {
    program: '/usr/bin/singularity',
    version: '4.1.0',
    facts: { needsUserns: false, isApptainer: false },
  },
  unshare: { program: '/usr/bin/unshare', version: '2.38.1', facts: { ...TOOLS, gpu } },
  bubblewrap: {
    program: '/usr/bin/bwrap',
    version: '0.8.0',
    facts: { shell: '/usr/bin/sh', flock: '/usr/bin/flock', isHeld: true, gpu },
  },
  charliecloud: {
    program: '/usr/bin/ch-run',
    version: '0.31',
    facts: { ...TOOLS, gpu, unshare: '/usr/bin/unshare' },
  },
  podman: { program: '/usr/bin/podman', version: '4.3.1', facts: { ...PODMAN, gpu } },
  docker: { program: '/usr/bin/docker', version: '20.10.24', facts: { ...DOCKER, gpu } },
  containerd: { program: '/usr/bin/ctr', version: '1.6.20', facts: { ...CONTAINERD, gpu } },
};

const invoke = (name: RuntimeName, request: RunRequest) => RUNTIMES[name].invocation(request, HOSTS[name]);

const environment: RunRequest['environment'] = {
  policy: 'keep',
  host: [
    ['PATH', '/usr/bin'],
    ['HOME', '/home/alice'],
    ['OLDPWD', '/old'],
    ['BASH_FUNC_m%%', '() { :; }'],
    ['LD_PRELOAD', '/x.so'],
  ],
  set: [['SECRET', '$ecret']],
};

const binds: Bind[] = [
  {
    source: '/home/alice/work',
    destination: '/home/alice/work',
    mode: 'rw',
    sourceKind: 'directory',
    origin: 'default',
  },
  { source: '/data', destination: '/data', mode: 'ro', sourceKind: 'directory', origin: 'user' },
];

/** Entries of the image that must be no links. */
const MOUNTED_IN_ENTRIES = ['/var/tmp', '/etc/resolv.conf', '/etc/hosts', '/etc/passwd', '/etc/group'];
const UNLINKED = `for jcds_e in '' '/usr' '/etc' '/var' ${MOUNTED_IN_ENTRIES.map(at => `'${at}'`).join(' ')}; do
  [ ! -h '/cvmfs/x/img'"$jcds_e" ] || {
    printf 'jcds: the image has changed since it was read: where a directory or file was there is a link\\nhint: the same command again reads it anew\\n' >&2
    exit 125
  }
done`;

/** How the host's sh builds the root of the ordinary request. */
const build = (root: string, who: string) => `umask 022
jcds_n='${root}'
jcds_w="$jcds_n"'/proc'
jcds_fail() {
  printf 'jcds: ${who}: %s%s\\n' "$1" "\${2:+:}" >&2
  [ -z "\${2-}" ] || printf '%s\\n' "$2" | LC_ALL=C /usr/bin/tr -d '\\000-\\011\\013-\\037\\177' >&2
  exit 125
}
jcds_try() {
  jcds_what=$1
  shift
  LC_ALL=C "$@" 2>/dev/null || jcds_fail "$jcds_what" "$(LC_ALL=C "$@" 2>&1)"
}
jcds_try 'a container cannot be made here' '/usr/bin/mount' -n -t tmpfs -o mode=755,nosuid,nodev tmpfs '/mnt'
jcds_try 'the new root cannot be made' '/usr/bin/mkdir' -p -- "$jcds_n"'/usr' "$jcds_n"'/etc' "$jcds_n"'/home' "$jcds_n"'/home/alice' "$jcds_n"'/var' "$jcds_n"'/dev' "$jcds_n"'/proc' "$jcds_n"'/sys' "$jcds_n"'/tmp' "$jcds_n"'/data'
jcds_try 'the new root cannot be made' '/usr/bin/ln' -s -- 'usr/bin' "$jcds_n"''/
if [ -r '/etc/resolv.conf' ]; then { while IFS= read -r jcds_l || [ "$jcds_l" ]; do printf '%s\\n' "$jcds_l"; done; } <'/etc/resolv.conf' >"$jcds_w/copy0"; else : >"$jcds_w/copy0"; fi
umask 222
if [ -r '/etc/hosts' ]; then { while IFS= read -r jcds_l || [ "$jcds_l" ]; do printf '%s\\n' "$jcds_l"; done; } <'/etc/hosts' >"$jcds_w/copy1"; else : >"$jcds_w/copy1"; fi
umask 022
printf '%s' "$1" >"$jcds_w/text0"
shift
printf '%s' "$1" >"$jcds_w/text1"
shift
printf '%s' '/cvmfs/x/img/usr ${root}/usr none rbind,ro,nosuid,nodev 0 0
/cvmfs/x/img/etc ${root}/etc none rbind,ro,nosuid,nodev 0 0
/cvmfs/x/img/var ${root}/var none rbind,ro,nosuid,nodev 0 0
/dev ${root}/dev none rbind 0 0
/sys ${root}/sys none rbind 0 0
/tmp ${root}/tmp none rbind 0 0
/var/tmp ${root}/var/tmp none rbind 0 0
/home/alice ${root}/home/alice none rbind 0 0
${root}/proc/copy0 ${root}/etc/resolv.conf none rbind 0 0
${root}/proc/copy1 ${root}/etc/hosts none rbind 0 0
${root}/proc/text0 ${root}/etc/passwd none rbind 0 0
${root}/proc/text1 ${root}/etc/group none rbind 0 0
/home/alice/work ${root}/home/alice/work none rbind 0 0
/data ${root}/data none rbind 0 0
/proc ${root}/proc none rbind 0 0
' >"$jcds_w/table0"
jcds_said=$(LC_ALL=C '/usr/bin/mount' -n -a -T "$jcds_w/table0" 2>&1) || jcds_fail 'not everything can be shown in the container' "$jcds_said"
jcds_ro() { LC_ALL=C '/usr/bin/mount' -n -o remount,bind,ro,nosuid,nodev "$1" 2>/dev/null || jcds_try "$1 cannot be made read-only" '/usr/bin/mount' -n -o remount,bind,ro,nosuid,nodev,noexec "$1"; }
jcds_ro "$jcds_n"'/data'
${UNLINKED}`;

/** podman and docker write this, too. */
const withHostname = (lines: string) => lines.replace("'/etc/group'", "'/etc/group' '/etc/hostname'");

const SET_UP = `unset -f '[' cd printf read
jcds_last=$1 jcds_cwd=$2
shift 2
${build('/mnt', 'unshare')}
jcds_try 'the root cannot be made read-only' '/usr/bin/mount' -n -o remount,bind,ro,nosuid,nodev '/mnt'
umask 022
cd '/usr/bin' || jcds_fail 'the root cannot be changed'
jcds_try 'the root cannot be changed' '/usr/sbin/pivot_root' "$jcds_n" "$jcds_n"
if [ -e /etc/ld.so.preload ] || [ -h /etc/ld.so.preload ]; then
  printf 'jcds: unshare: %s\\nhint: %s\\n' 'the image has /etc/ld.so.preload, which would load its code into programs of this host' 'jcds run --runtime apptainer (or bubblewrap)' >&2
  exit 125
fi
LC_ALL=C '../lib/x/ld.so' '--inhibit-cache' '--library-path' '../lib/x' './umount' -i -n -l / 2>&- || {
  printf 'jcds: unshare: the old root cannot be detached\\n' >&2
  exit 125
}
cd /proc/self/cwd && export PWD
exec '../lib/x/ld.so' '--inhibit-cache' '--library-path' '../lib/x' './setpriv' --no-new-privs --bounding-set=-all --inh-caps=-all --ambient-caps=-all \\
  -- '../lib/x/ld.so' '--inhibit-cache' '--library-path' '../lib/x' './sh' -c "$jcds_last" jcds "$jcds_cwd" "$@"`;

const CH_RUN = `unset -f printf read
${build('/mnt/root', 'charliecloud')}
jcds_try 'the new root cannot be shown twice' '/usr/bin/mkdir' '/mnt/own'
jcds_try 'the new root cannot be shown twice' '/usr/bin/mount' -n --rbind "$jcds_n" '/mnt/own'
[ ! -e '/mnt/own/dev' ] || set -- -b '/mnt/own/dev:/dev' "$@"
[ ! -e '/mnt/own/tmp' ] || set -- -b '/mnt/own/tmp:/tmp' "$@"
[ ! -e '/mnt/own/etc/hosts' ] || set -- -b '/mnt/own/etc/hosts:/etc/hosts' "$@"
[ ! -e '/mnt/own/etc/resolv.conf' ] || set -- -b '/mnt/own/etc/resolv.conf:/etc/resolv.conf' "$@"
: >'/mnt/variables'
printf "%s='%s'\\n" OLDPWD "$JCDS_HELD_OLDPWD" >>'/mnt/variables'
printf "%s='%s'\\n" PATH "$JCDS_HELD_PATH" >>'/mnt/variables'
printf "%s='%s'\\n" PWD "$JCDS_HELD_PWD" >>'/mnt/variables'
unset JCDS_HELD_OLDPWD JCDS_HELD_PATH JCDS_HELD_PWD
jcds_try 'the root cannot be made read-only' '/usr/bin/mount' -n -o remount,bind,ro,nosuid,nodev '/mnt'
umask 022
exec '/usr/bin/env' -- 'BASH_FUNC_m%%=() { :; }' '/usr/bin/ch-run' --no-passwd --env-no-expand --set-env='/mnt/variables' \\
  --unset-env=USER \\
  "$@"`;

const LAST = `unset -f cd printf
jcds_cwd=$1
shift
(cd "$jcds_cwd") 2>&- || { printf 'jcds: the working directory %s cannot be entered in the container\\n' "$jcds_cwd" >&2; exit 125; }
unset OLDPWD
exec '../lib/x/ld.so' '--inhibit-cache' '--library-path' '../lib/x' './env' --chdir="$jcds_cwd" -u JCDS_HELD_OLDPWD -u JCDS_HELD_PWD -S 'OLDPWD=\${JCDS_HELD_OLDPWD} PWD=\${JCDS_HELD_PWD}' 'BASH_FUNC_m%%=() { :; }' "$@"`;

const PASSWD = 'root:x:0:0:root:/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\n';
const GROUP = 'root:x:0:\nalice:x:1000:alice\n';
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const apptainerArguments = [
  [
    ...['-s', 'exec', '--home', '/home/alice', '--bind', '/home/alice/work:/home/alice/work'],
    ...['--bind', '/data:/data:ro'],
  ],
  ['--pwd', '/home/alice/work', '/cvmfs/x/img', 'prog', '--its'],
].flat();

const storeOf = (who: string) =>
  who === 'containerd' ? '/var/lib/jcds/containerd' : `/home/alice/.cache/jcds/${who}`;
/** Where the ordinary request's links and texts lie: the name is a hash of them. */
const ground = (who: string) => `${storeOf(who)}/HASH`;

/** How the host's sh makes them. */
const engineFiles = (who: string, made: string, programs = '') => `unset -f chmod ln mkdir mv printf rm
{ { jcds_n=; } 9<&0; } 2>/dev/null || exec </dev/null
{ { jcds_n=; } 9>&1; } 2>/dev/null || exec >/dev/null
{ { jcds_n=; } 9>&2; } || exec 2>/dev/null
if [ ! -d '${ground(who)}' ]; then
  jcds_new='${ground(who)}'.$$
  (umask 077; mkdir -p -- '${storeOf(who)}'; umask 022; rm -rf -- "$jcds_new" && mkdir -p -- "$jcds_new"/root${made} && printf %s "\${1}" >"$jcds_new/text0" && printf %s "\${2}" >"$jcds_new/text1"${programs} && { mv -T -- "$jcds_new" '${ground(who)}' 2>/dev/null || [ -d '${ground(who)}' ]; }) ||
    { printf 'jcds: ${who}: nothing can be written in %s\\n' '${storeOf(who)}' >&2; exit 125; }
  rm -rf -- "$jcds_new"
fi
shift ${programs === '' ? 2 : 3}`;

const CHECK = `'/usr/bin/docker' image inspect jcds-root:plain >/dev/null 2>&1 || {
  jcds_said=$('/usr/bin/docker' version 2>&1 >/dev/null) ||
    { printf 'jcds: docker: its daemon does not answer:\\n%s\\n' "$jcds_said" >&2; exit 125; }
  printf 'jcds: docker has lost its image jcds-root:plain\\nhint: the same command again makes it anew\\n' >&2
  exit 125
}`;
const LINK = ` && ln -s -- 'usr/bin' "$jcds_new"'/root/bin'`;

const RUNC = `#!/bin/sh
export PATH="\${PATH-}:/usr/bin:/bin"
jcds_bundle='' jcds_last=''
for jcds_w do
  case $jcds_last in --bundle | -b) jcds_bundle=$jcds_w ;; esac
  jcds_last=$jcds_w
done
[ -n "$jcds_bundle" ] || exec '/usr/sbin/runc' "$@"
jcds_old=$jcds_bundle/config.json jcds_new=$jcds_bundle/config.jcds
LC_ALL=C sed -e 's/,"rlimits":\\[[^]]*\\]//; s/,"capabilities":{[^}]*}//' \\
  -e 's/{"type":"\\(uts\\|ipc\\)"},//g' -e 's/"user":{[^}]*}/"user":{"uid":1000,"gid":1000,"umask":18,"additionalGids":[]},"capabilities":{},"rlimits":[]/' "$jcds_old" >"$jcds_new" &&
  LC_ALL=C grep -qF '"user":{"uid":1000,"gid":1000,"umask":18,"additionalGids":[]},"capabilities":{},"rlimits":[]' "$jcds_new" && mv -- "$jcds_new" "$jcds_old" ||
  { echo 'jcds: the description of the container is not as expected' >&2; exit 1; }
exec '/usr/sbin/runc' "$@" </dev/null
`;

const CTR_PLACES = ['usr', 'etc', 'home', 'home/alice', 'var', 'dev', 'proc', 'sys', 'tmp', 'data', 'run'];
const CTR_GROUND = engineFiles(
  'containerd',
  `${CTR_PLACES.map(place => ` "$jcds_new"'/root/${place}'`).join('')} && : >"$jcds_new"'/root/.jcds-init'${LINK}`,
  ' && printf %s "${3}" >"$jcds_new/program0" && chmod 755 "$jcds_new/program0"',
);
const CTR = `${CTR_GROUND}
${UNLINKED}
jcds_left=$('/usr/bin/ctr' --connect-timeout=5s -n jcds --timeout=10s containers list -q) || exit 125
for jcds_id in $jcds_left; do
  jcds_pid=\${jcds_id#jcds-} jcds_pid=\${jcds_pid%%-*}
  [ -e "/proc/$jcds_pid" ] || '/usr/bin/ctr' --connect-timeout=5s -n jcds --timeout=10s containers rm "$jcds_id" >/dev/null 2>&1
done
unset -f read
read -r jcds_id </proc/sys/kernel/random/uuid
jcds_id=jcds-$$-$jcds_id
exec '/usr/bin/ctr' --connect-timeout=5s -n jcds run --env-file /dev/fd/9 '--runc-binary' '${ground('containerd')}/program0' '--rm' '--rootfs' '--read-only' '--net-host' '--mount' 'type=bind,src=/dev/shm,dst=/dev/shm,options=rbind:rw' ${[
  'OLDPWD=/old',
  'BASH_FUNC_m%%=() { :; }',
  `PATH=${PATH}`,
  'PWD=/home/alice/work',
]
  .map(word => `'--env' '${word}'`)
  .join(' ')} ${[
  '/usr/bin/tini-static,dst=/.jcds-init,options=rbind:ro',
  '/cvmfs/x/img/usr,dst=/usr,options=rbind:ro',
  '/cvmfs/x/img/etc,dst=/etc,options=rbind:ro',
  '/cvmfs/x/img/var,dst=/var,options=rbind:ro',
  '/tmp,dst=/tmp,options=rbind:rw',
  '/var/tmp,dst=/var/tmp,options=rbind:rw',
  '/home/alice,dst=/home/alice,options=rbind:rw',
  `${ground('containerd')}/text0,dst=/etc/passwd,options=rbind:ro`,
  `${ground('containerd')}/text1,dst=/etc/group,options=rbind:ro`,
  '/home/alice/work,dst=/home/alice/work,options=rbind:rw',
  '/data,dst=/data,options=rbind:ro',
]
  .map(fields => `'--mount' 'type=bind,src=${fields}'`)
  .join(
    ' ',
  )} '--cwd' '/home/alice/work' '${ground('containerd')}/root' "$jcds_id" /.jcds-init -- "$@" 9<<JCDS_END
HOME=$HOME
SECRET=$SECRET
JCDS_END`;

/** The whole invocation of one ordinary request, by every row. */
const ORDINARY: Record<RuntimeName, ReturnType<typeof invoke>> = {
  apptainer: {
    file: '/usr/bin/apptainer',
    args: apptainerArguments,
    environment: { set: [['APPTAINERENV_SECRET', '\\$ecret']], unset: ['LD_PRELOAD'] },
  },
  singularity: {
    file: '/usr/bin/singularity',
    args: apptainerArguments,
    environment: { set: [['SINGULARITYENV_SECRET', '\\$ecret']], unset: ['LD_PRELOAD'] },
  },
  unshare: {
    file: '/usr/bin/unshare',
    args: [
      ['--user', '--map-current-user', '--keep-caps', '--mount', '--propagation', 'slave', '--'],
      ['/usr/bin/sh', '-c', SET_UP, 'jcds', LAST, '/home/alice/work', PASSWD, GROUP, 'prog', '--its'],
    ].flat(),
    environment: {
      set: [
        ['PATH', PATH],
        ['SECRET', '$ecret'],
        ['JCDS_HELD_OLDPWD', '/old'],
        ['JCDS_HELD_PWD', '/home/alice/work'],
      ],
      unset: ['OLDPWD', 'BASH_FUNC_m%%', 'LD_PRELOAD'],
    },
  },
  bubblewrap: {
    file: '/usr/bin/flock',
    args: [
      ['-s', '-o', '/proc/self/environ', '/usr/bin/bwrap'],
      ['--die-with-parent', '--cap-drop', 'ALL', '--tmpfs', '/'],
      ['--ro-bind', '/cvmfs/x/img/usr', '/usr', '--symlink', 'usr/bin', '/bin'],
      ['--ro-bind', '/cvmfs/x/img/etc', '/etc', '--dir', '/home', '--dir', '/home/alice'],
      ['--ro-bind', '/cvmfs/x/img/var', '/var'],
      ['/dev', '/proc', '/sys', '/tmp', '/data'].flatMap(path => ['--dir', path]),
      ['--dev-bind', '/dev', '/dev', '--proc', '/proc', '--ro-bind', '/sys', '/sys'],
      ['--bind', '/tmp', '/tmp', '--bind', '/var/tmp', '/var/tmp', '--bind', '/home/alice', '/home/alice'],
      ['/etc/resolv.conf', '/etc/hosts'].flatMap(path => ['--ro-bind-try', path, path]),
      ['--perms', '0644', '--bind-data', { input: 0 }, '/etc/passwd'],
      ['--perms', '0644', '--bind-data', { input: 1 }, '/etc/group'],
      ['--bind', '/home/alice/work', '/home/alice/work', '--ro-bind', '/data', '/data'],
      ['--remount-ro', '/', '--chdir', '/home/alice/work', '--seccomp', { input: 2 }, '--', 'prog', '--its'],
    ].flat(),
    environment: {
      set: [
        ['PATH', PATH],
        ['PWD', '/home/alice/work'],
        ['SECRET', '$ecret'],
      ],
      unset: ['LD_PRELOAD'],
    },
    inputs: [PASSWD, GROUP, terminalFilter()],
    unlinked: {
      image: '/cvmfs/x/img',
      places: ['', '/usr', '/etc', '/var', ...MOUNTED_IN_ENTRIES],
      forget: [],
    },
  },
  charliecloud: {
    file: '/usr/bin/unshare',
    args: [
      ['--user', '--map-current-user', '--keep-caps', '--mount', '--propagation', 'slave', '--'],
      ['/usr/bin/sh', '-c', CH_RUN, 'jcds', PASSWD, GROUP],
      ['-c', '/home/alice/work', '/mnt/root', '--', 'prog', '--its'],
    ].flat(),
    environment: {
      set: [
        ['SECRET', '$ecret'],
        ['USER', 'alice'],
        ['PATH', '/bin'],
        ['JCDS_HELD_OLDPWD', '/old'],
        ['JCDS_HELD_PATH', PATH],
        ['JCDS_HELD_PWD', '/home/alice/work'],
      ],
      unset: ['OLDPWD', 'BASH_FUNC_m%%', 'LD_PRELOAD'],
    },
  },
  podman: {
    file: '/usr/bin/sh',
    args: [
      [
        '-c',
        `${engineFiles('podman', LINK)}\n${withHostname(UNLINKED)}\nexec "$@"`,
        'jcds',
        PASSWD,
        GROUP,
        '/usr/bin/podman',
        '--log-level=error',
      ],
      ['run', '--rm', '--log-driver=passthrough', '--detach-keys=', '--init', '--network=host'],
      ['--uts=host', '--ipc=host'],
      ['--cgroups=disabled', '--userns=keep-id', '--group-add', 'keep-groups'],
      ['label=disable', 'seccomp=unconfined', 'no-new-privileges'].flatMap(option => [
        '--security-opt',
        option,
      ]),
      ['--cap-drop=ALL', '--sdnotify=ignore', '--http-proxy=false', '--passwd=false'],
      ['--ulimit=host', '--umask=0022', '--read-only', '--read-only-tmpfs=false', '--unsetenv-all'],
      [
        'HOME',
        'OLDPWD=/old',
        'BASH_FUNC_m%%=() { :; }',
        `PATH=${PATH}`,
        'PWD=/home/alice/work',
        'SECRET',
      ].flatMap(word => ['--env', word]),
      [
        'src=/cvmfs/x/img/usr,dst=/usr,ro=true',
        'src=/cvmfs/x/img/etc,dst=/etc,ro=true',
        'src=/cvmfs/x/img/var,dst=/var,ro=true',
        'src=/tmp,dst=/tmp',
        'src=/var/tmp,dst=/var/tmp',
        'src=/home/alice,dst=/home/alice',
        `src=${ground('podman')}/text0,dst=/etc/passwd,ro=true`,
        `src=${ground('podman')}/text1,dst=/etc/group,ro=true`,
        'src=/home/alice/work,dst=/home/alice/work',
        'src=/data,dst=/data,ro=true',
        'src=/dev,dst=/dev',
        'src=/dev/shm,dst=/dev/shm',
      ].flatMap(fields => ['--mount', `type=bind,${fields}`]),
      ['--workdir', '/home/alice/work', '--rootfs', `${ground('podman')}/root:O`, 'prog', '--its'],
    ].flat(),
    environment: { set: [['SECRET', '$ecret']], unset: ['LD_PRELOAD'] },
  },
  docker: {
    file: '/usr/bin/sh',
    args: [
      [
        '-c',
        `${engineFiles('docker', '')}\n${withHostname(UNLINKED).replace("'/etc'", "'/usr/bin' '/etc'")}\n${CHECK}\nexec "$@"`,
        'jcds',
        PASSWD,
        GROUP,
        '/usr/bin/docker',
      ],
      ['run', '--rm', '-i', '--detach-keys=ctrl-@,ctrl-@,ctrl-_,ctrl-@', '--pull=never'],
      ['--network=host', '--uts=host', '--ipc=host', '--user', '1000:1000'],
      ['label=disable', 'seccomp=unconfined', 'apparmor=unconfined', 'no-new-privileges'].flatMap(option => [
        '--security-opt',
        option,
      ]),
      ['--cap-drop=ALL', '--log-driver=none', '--read-only', '--entrypoint='],
      [
        'HOME',
        'OLDPWD=/old',
        'BASH_FUNC_m%%=() { :; }',
        `PATH=${PATH}`,
        'PWD=/home/alice/work',
        'SECRET',
      ].flatMap(word => ['--env', word]),
      [
        'src=/usr/bin/tini-static,dst=/.jcds-init,readonly',
        'src=/cvmfs/x/img/usr,dst=/usr,readonly',
        'src=/cvmfs/x/img/usr/bin,dst=/bin,readonly',
        'src=/cvmfs/x/img/etc,dst=/etc,readonly',
        'src=/cvmfs/x/img/var,dst=/var,readonly',
        'src=/tmp,dst=/tmp',
        'src=/var/tmp,dst=/var/tmp',
        'src=/home/alice,dst=/home/alice',
        `src=${ground('docker')}/text0,dst=/etc/passwd,readonly`,
        `src=${ground('docker')}/text1,dst=/etc/group,readonly`,
        'src=/home/alice/work,dst=/home/alice/work',
        'src=/data,dst=/data,readonly',
      ].flatMap(fields => ['--mount', `type=bind,${fields}`]),
      ['--workdir', '/home/alice/work', 'jcds-root:plain', '/.jcds-init', '--', 'prog', '--its'],
    ].flat(),
    environment: { set: [['SECRET', '$ecret']], unset: ['LD_PRELOAD'] },
  },
  containerd: {
    file: '/usr/bin/sh',
    args: ['-c', CTR, 'jcds', PASSWD, GROUP, RUNC, 'prog', '--its'],
    environment: { set: [['SECRET', '$ecret']], unset: ['LD_PRELOAD'] },
  },
};

/** Hashes made equal, so that whole invocations can be compared. */
const withoutHash = ({ files: _, ...invocation }: ReturnType<typeof invoke>) => ({
  ...invocation,
  args: invocation.args.map(word =>
    typeof word === 'string' ? word.replaceAll(/(?<=\/jcds\/\w+\/)[0-9a-f]{32}/g, 'HASH') : word,
  ),
});

test.each(RUNTIME_NAMES)('%s: an ordinary request, whole', name => {
  const directories = {
    ...someFacts().directories,
    '/usr': [{ name: 'bin', kind: 'directory' }],
  } satisfies ImageFacts['directories'];
  const image = { ...aRequest().image, facts: someFacts({ directories }) };
  const request = aRequest({ words: ['prog', '--its'], image, environment, binds });
  expect(withoutHash(invoke(name, request))).toEqual(ORDINARY[name]);
});

describe.each(RUNTIME_NAMES)('%s', name => {
  const secret = 'xyzzy-$ecret';
  test('no value that was given stands in an argument list, not even the loader’s', () => {
    const set = ['FOO', 'LD_PRELOAD', 'LD_LIBRARY_PATH', 'PWD', 'GLIBC_TUNABLES', 'BASH_ENV'].map(
      variable => [variable, secret] as const,
    );
    const host = [['APPTAINERENV_BAR', secret]] as const;
    const request = aRequest({ environment: { policy: 'clean', host, set } });
    const { args, inputs, environment } = invoke(name, request);
    expect(JSON.stringify([args, inputs])).not.toContain('xyzzy');
    const known = new Set([...set.map(([variable]) => variable), 'BAR'].flatMap(launcherNames));
    const carriers = environment.set.filter(([, value]) => String(value).includes('xyzzy'));
    expect(carriers.map(([carrier]) => carrier).filter(carrier => !known.has(carrier))).toEqual([]);
  });

  test('options of the runtime come right before the image or the command, as typed', () => {
    const { args } = invoke(name, aRequest({ runtimeArguments: ['--one', "t'wo"] }));
    // As words of their own, or quoted in a script.
    expect(args.map(String).join('\n')).toMatch(/\n--one\nt'wo\n| '--one' 't'\\''wo' /);
  });

  test('the same request gives the same words, and is not changed', () => {
    const request = aRequest({ environment, binds });
    const before = structuredClone(request);
    expect(invoke(name, request)).toEqual(invoke(name, request));
    expect(request).toEqual(before);
  });
});

describe('apptainer', () => {
  const args = (changes: RequestChanges, facts = {}) => {
    const host = { ...HOSTS.apptainer, facts: { ...HOSTS.apptainer.facts, ...facts } };
    return RUNTIMES.apptainer.invocation(aRequest(changes), host).args.slice(1, -4);
  };
  const bind = (source: string, destination: string): RequestChanges => ({
    binds: [{ source, destination, mode: 'ro', sourceKind: 'directory', origin: 'user' }],
    home: { path: '/', source: null },
  });

  test.each<[string, RequestChanges, string[]]>([
    ['contained', { contain: true }, ['exec', '--contain', '--home', '/home/alice']],
    ['another home', { home: { path: '/h', source: '/s' } }, ['exec', '--home', '/s:/h']],
    ['an empty home', { home: { path: '/h', source: null } }, ['exec', '--home', '/proc/0/home:/h']],
    [
      'a home with a colon on the host',
      { home: { path: '/h', source: '/s:t' } },
      ['exec', '--home', '/proc/0/home:/h', '--mount', 'type=bind,src=/s:t,dst=/h'],
    ],
    [
      'writable, with a GPU',
      { writableTmpfs: true, gpu: 'rocm' },
      ['exec', '--home', '/home/alice', '--writable-tmpfs', '--rocm'],
    ],
    [
      'a bind with a colon',
      bind('/a:b', '/c'),
      ['exec', '--home', '/', '--mount', 'type=bind,src=/a:b,dst=/c,ro'],
    ],
    [
      'a bind with a comma and a quote',
      bind('/a,"b', '/c'),
      ['exec', '--home', '/', '--mount', 'type=bind,"src=/a,""b",dst=/c,ro'],
    ],
    [
      'an image without places',
      { image: { path: '/i', kind: 'directory', facts: someFacts({ directories: { '/': [] } }) } },
      ['exec', '--bind', '/tmp:/tmp', '--home', '/home/alice'],
    ],
    [
      'an image whose /tmp is a link',
      {
        image: {
          path: '/i',
          kind: 'directory',
          facts: someFacts({
            directories: { '/': [{ name: 'tmp', kind: 'link', target: '../scratch/tmp' }] },
          }),
        },
      },
      ['exec', '--bind', '/tmp:/scratch/tmp', '--home', '/home/alice'],
    ],
    [
      'a file image whose entrypoint is unknown',
      { image: { path: '/i.sif', kind: 'file', facts: null }, entrypointUnknown: true },
      ['run', '--no-eval', '--home', '/home/alice'],
    ],
  ])('%s', (_, changes, expected) => {
    expect(args(changes)).toEqual(expected);
  });

  test('as root without all capabilities', () => {
    expect(args({}, { needsUserns: true }).slice(0, 2)).toEqual(['exec', '--userns']);
  });

  test('arguments that are not UTF-8 go through the environment', () => {
    const request = aRequest({ words: ['prog'], rawArguments: ["a'\udcff", '$x'] });
    const { args, environment } = invoke('apptainer', request);
    expect(args.slice(-4)).toEqual([
      '/bin/sh',
      '-c',
      'eval "unset JCDS_ARGUMENTS_0; set -- $JCDS_ARGUMENTS_0"; exec "$@"',
      'sh',
    ]);
    expect(environment.set).toContainEqual([
      'APPTAINERENV_JCDS_ARGUMENTS_0',
      "'prog' 'a'\\\\''$(printf '\\377')' '\\$x'",
    ]);
  });

  const noShell = { path: '/i', kind: 'directory', facts: someFacts({ hasShell: false }) } as const;
  test.each<[string, RequestChanges, string]>([
    [
      'arguments that are not UTF-8, without a shell',
      { image: noShell, rawArguments: ['\udcff'] },
      'apptainer changes arguments that are not UTF-8, and the image has no /bin/sh to restore them',
    ],
    [
      'a home with a colon inside',
      { home: { path: '/a:b', source: '/s' } },
      'apptainer takes no home directory with a colon in its name: "/a:b"',
    ],
    [
      'contained without /dev',
      {
        contain: true,
        image: { path: '/i', kind: 'directory', facts: someFacts({ directories: { '/': [] } }) },
      },
      'apptainer cannot contain an image that has no /dev: /i',
    ],
  ])('%s is refused', (_, changes, message) => {
    expect(() => invoke('apptainer', aRequest(changes))).toThrow(message);
  });
});

test.each(['unshare', 'bubblewrap', 'charliecloud', 'podman'] as const)(
  '%s: the GPU’s libraries and devices',
  name => {
    const text = (changes: RequestChanges) => {
      const { args, environment } = invoke(name, aRequest({ gpu: 'nvidia', ...changes }));
      return JSON.stringify([args, environment.set]);
    };
    expect(text({})).toMatch(
      /\/lib\/x\/libcuda\.so\.1\S{0,9}[ ,]\S{0,9}\/\.singularity\.d\/libs\/libcuda\.so\.1/,
    );
    expect(text({})).toContain('/.singularity.d/libs');
    expect(text({})).not.toContain('nvidia0');
    expect(text({ contain: true })).toContain('/dev/nvidia0');
    expect(text({ gpu: 'rocm', contain: true })).toContain('/dev/dri');
  },
);

describe('docker', () => {
  const usrMerged = (...names: string[]) =>
    someFacts({
      directories: {
        ...someFacts().directories,
        '/': [
          ...someFacts().directories['/']!.filter(({ name }) => name !== 'bin'),
          ...names.map((name): RootEntry => ({ name, kind: 'link', target: `usr/${name}` })),
        ],
        '/usr': names.map((name): RootEntry => ({ name, kind: 'directory' })),
      },
    });
  const args = (changes: RequestChanges) => invoke('docker', aRequest(changes)).args.map(String);

  test('the links of a merged /usr are links', () => {
    const image = (...names: string[]) =>
      ({ path: '/i', kind: 'directory', facts: usrMerged(...names) }) as const;
    const all = args({ image: image('bin', 'sbin', 'lib', 'lib64', 'lib32') });
    expect(all).toContain('jcds-root:merged');
    expect(all.filter(word => /dst=\/s?bin|dst=\/lib/.test(word))).toEqual([
      'type=bind,src=/i/usr/lib32,dst=/lib32,readonly',
    ]);
    const three = args({ image: image('bin', 'sbin', 'lib') });
    expect(three).toContain('jcds-root:plain');
    expect(three.filter(word => /dst=\/s?bin|dst=\/lib/.test(word))).toHaveLength(3);
  });

  test('whose job it is: ids, groups, limits', () => {
    const user = { uid: 7, gid: 8, name: 'x', groups: [8, 9, 10] };
    const limits = [
      { name: 'nofile', soft: 1, hard: 2 },
      { name: 'core', soft: 0, hard: null },
      { name: 'as', soft: null, hard: null },
    ];
    expect(args({ user, limits })).toEqual(
      expect.arrayContaining(['7:8', '9', '10', '--ulimit=nofile=1:2', '--ulimit=core=0:-1']),
    );
    expect(args({ user, limits }).filter(word => word.startsWith('--ulimit'))).toHaveLength(2);
  });

  const noShell = { path: '/i', kind: 'directory', facts: someFacts({ hasShell: false }) } as const;
  test.each<[string, RequestChanges, string | null]>([
    ['an ordinary request', {}, null],
    ['another umask', { umask: 0o27 }, null],
    ['another umask without a shell', { umask: 0o27, image: noShell }, 'docker needs the image’s /bin/sh'],
    [
      'a limit on address space',
      { limits: [{ name: 'as', soft: 1, hard: null }] },
      'docker knows no limit on address space',
    ],
    [
      'an empty home with a colon',
      { home: { path: '/a:b', source: null } },
      'docker takes no empty home directory with a colon in its name: "/a:b"',
    ],
    [
      'a name that no shell holds, with bytes',
      { environment: { policy: 'keep', host: [['a%', '\udcff']], set: [] } },
      'docker cannot hand on the variable "a%": it is not UTF-8',
    ],
  ])('%s', (_, changes, refused) => {
    const sentence = RUNTIMES.docker.refuses?.(aRequest(changes)) ?? null;
    if (refused === null) expect(sentence).toBeNull();
    else expect(sentence).toContain(refused);
  });

  test('a working directory that is nowhere is refused, which docker would make', () => {
    const refused = (cwd: string) => `the working directory "${cwd}" is not in the container`;
    for (const cwd of ['/no/such', '/usr/x', '/usr/bin/x']) expect(() => args({ cwd })).toThrow(refused(cwd));
    expect(() => args({ cwd: '/home/alice/x', isCwdMissing: true })).toThrow(refused('/home/alice/x'));
    for (const cwd of ['/', '/usr', '/home', '/home/alice/x', '/tmp/x']) expect(args({ cwd })).toContain(cwd);
  });
});

describe('unshare', () => {
  test('the new root is built where nothing is shown from', () => {
    const at = (source: string) => {
      const [bind] = binds.slice(1);
      const { args } = invoke('unshare', aRequest({ binds: [{ ...bind!, source }] }));
      return /jcds_n='([^']*)'/.exec(String(args[9]))?.[1];
    };
    expect([at('/data'), at('/mnt/data'), at('/mntx')]).toEqual(['/mnt', '/media', '/mnt']);
    expect(() =>
      invoke(
        'unshare',
        aRequest({ home: { path: '/h', source: '/mnt' }, binds: [{ ...binds[1]!, source: '/media/x' }] }),
      ),
    ).toThrow('the new root needs one of /mnt, /media on this host, and something is bound from each');
  });
});

test('podman: a USER that is somebody else reaches the job, and podman is told who it is', () => {
  const started = (user: string) => {
    const { args, environment } = invoke(
      'podman',
      aRequest({ environment: { policy: 'keep', host: [['USER', user]], set: [] } }),
    );
    return [
      args.filter(word => /^USER\b/.test(String(word))),
      environment.set.filter(([name]) => name === 'USER'),
    ];
  };
  expect(started('alice')).toEqual([['USER'], []]);
  expect(started('root')).toEqual([['USER=root'], [['USER', 'alice']]]);
});

test('bubblewrap: a job may change its copy of resolv.conf, where an input holds it', () => {
  const argsFor = (resolver: string | undefined) => {
    const home = { kind: 'none', path: '/' } as const;
    const shown = shownIn({ home, cwd: '/', binds: [], contain: false, resolver });
    const { args, inputs } = invoke('bubblewrap', { ...aRequest(), shown });
    const at = args.lastIndexOf('/etc/resolv.conf');
    return [args[at - 1] === '/etc/resolv.conf' ? args[at - 2] : args.slice(at - 4, at), inputs?.[0]];
  };
  expect(argsFor('nameserver 127.0.0.1\n')).toEqual([
    ['--perms', '0644', '--bind-data', { input: 0 }],
    'nameserver 127.0.0.1\n',
  ]);
  for (const none of [undefined, `${'#'.repeat(4096)}\n`]) expect(argsFor(none)[0]).toBe('--ro-bind-try');
});

describe('bubblewrap: an input holds 4,096 bytes', () => {
  const passwd = Array.from({ length: 300 }, (_, i) => `user${i}:x:${i + 5000}:1::/:/bin/sh\n`).join('');
  const inputsFor = (changes: RequestChanges, passwd: string) => {
    const facts = someFacts({ passwd });
    return invoke('bubblewrap', aRequest({ image: { path: '/i', kind: 'directory', facts }, ...changes }))
      .inputs;
  };

  test.each([
    ['added at the end', passwd, 'alice:x:1000:1000::/home/alice:/bin/sh'],
    [
      'the image’s own, far down',
      `${passwd}node:x:1000:7:N:/n:/bin/n\n`,
      'node:x:1000:7:N:/home/alice:/bin/n',
    ],
  ])('the user’s line stays: %s', (_, file, line) => {
    const text = String(inputsFor({}, file)?.[0]);
    expect(text.length).toBeLessThanOrEqual(4096);
    expect(text.length).toBeGreaterThan(4000);
    expect(text.startsWith('user0:x:5000:')).toBe(true);
    expect(text.endsWith(`\n${line}\n`)).toBe(true);
  });

  test('of hundreds of groups some are left out, and none of the image’s', () => {
    const groups = Array.from({ length: 400 }, (_, i) => ({ name: `group${i}`, gid: 5000 + i }));
    const account = { name: 'alice', gid: 1000, gecos: '', shell: '', groups };
    const user = { uid: 1000, gid: 1000, name: 'alice', groups: [], account };
    const lines = String(inputsFor({ user }, '')?.[1]).split('\n');
    expect(lines.join('\n').length).toBeLessThanOrEqual(4096);
    expect(lines.length).toBeGreaterThan(100);
    expect(lines.slice(0, 2)).toEqual(['root:x:0:', 'group0:x:5000:alice']);
  });
});
