/** One way in which a job may be started. */
export interface Case {
  readonly name: string;
  /** Words before the command: programs that make the circumstances and then become the command. */
  readonly stage: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly arguments?: readonly string[];
  /** Bytes on standard input; the probe counts them. */
  readonly input?: number;
}

const sh = (text: string): string[] => ['/bin/sh', '-c', `${text}; exec "$@"`, 'sh'];
const perl = (text: string): string[] => [
  '/usr/bin/perl',
  '-MPOSIX',
  '-e',
  `${text}; exec { $ARGV[0] } @ARGV or die $!`,
];
const sigmask = (block: string): string => `sigprocmask(SIG_BLOCK, POSIX::SigSet->new(${block})) or die $!`;

/** Names that shells drop, change, add, or attach a meaning to. */
const ODD_NAMES = {
  'BASH_FUNC_module%%': '() {  eval `/usr/bin/modulecmd bash $*`\n}',
  'BASH_FUNC_command%%': '() { echo evil; }',
  'BASH_FUNC_node%%': '() { echo evil; }',
  'a.b-c': '1',
  '0digit': '2',
  'with space': "it's",
  é: 'ü',
  _: '/somewhere/else',
  PWD: '/not/here',
  OLDPWD: '/nor/there',
  SHLVL: '7',
  PPID: '12',
  UID: '77',
  EUID: '78',
  RANDOM: '4',
  SECONDS: '5',
  LINENO: '6',
  OPTIND: '1',
  IFS: 'x',
  PS1: '$ ',
  PS4: '$(echo evil)',
  ENV: '/nonexistent',
  BASH_ENV: '/nonexistent',
  SHELLOPTS: 'braceexpand:hashall',
  BASHOPTS: 'extglob',
  POSIXLY_CORRECT: '1',
  LINES: '3',
  COLUMNS: '4',
  CDPATH: '/',
  NODE_OPTIONS: '--no-such-option',
  NODE_CHANNEL_FD: '77',
  NODE_DEBUG: 'fs',
  jcds_plan: 'mine',
  jcds_node: 'mine',
  jcds_close: 'mine',
  EMPTY: '',
};

export const CASES: readonly Case[] = [
  { name: 'nothing special', stage: [] },
  {
    name: 'soft and hard limits',
    stage: sh('ulimit -S -n 256; ulimit -H -n 1024; ulimit -S -c 0; ulimit -S -s 4096'),
  },
  {
    name: '20 open files and little address space for now',
    stage: sh('ulimit -S -n 20; ulimit -S -v 3000000'),
  },
  { name: 'SIGHUP ignored, as by nohup', stage: sh("trap '' HUP") },
  {
    name: 'all ignored',
    stage: sh("trap '' HUP INT QUIT PIPE TERM USR1 USR2 ALRM TSTP TTIN TTOU XFSZ WINCH"),
  },
  {
    name: 'many blocked',
    stage: perl(sigmask('SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTERM, SIGUSR1, SIGUSR2, SIGTTOU, SIGALRM')),
  },
  {
    name: 'descriptors 3, 7, 8 and 9',
    stage: sh('exec 3</etc/passwd 7>>/dev/null 8</etc/group 9<>/dev/null'),
  },
  {
    name: 'descriptors 10 to 20, 200 and 255',
    stage: perl(
      '$^F = 300; open(my $f, "<", "/etc/passwd"); POSIX::dup2(fileno($f), $_) for 10 .. 20, 200, 255',
    ),
  },
  { name: 'stdin closed', stage: sh('exec <&-') },
  { name: 'stdout closed', stage: sh('exec >&-') },
  { name: 'stderr closed', stage: sh('exec 2>&-') },
  { name: 'all three closed', stage: sh('exec <&- >&- 2>&-') },
  { name: 'umask and nice', stage: ['/usr/bin/nice', '-n', '5', ...sh('umask 027')] },
  { name: 'a session of its own', stage: ['/usr/bin/setsid'] },
  { name: 'a process group of its own', stage: perl('setpgid(0, 0)') },
  {
    name: 'a directory behind a link',
    stage: sh('ln -sfn /usr/share "$JT_FOLDER/link"; cd "$JT_FOLDER/link"'),
  },
  {
    name: 'a deleted directory',
    stage: sh('mkdir "$JT_FOLDER/gone"; cd "$JT_FOLDER/gone"; rmdir "$JT_FOLDER/gone"'),
  },
  { name: 'an empty environment', stage: ['/usr/bin/env', '-i'] },
  { name: 'names that shells do not hold or keep', stage: [], environment: ODD_NAMES },
  {
    name: 'values and names that are not UTF-8',
    stage: perl(
      '$ENV{JT_BYTES} = join "", map { chr } 1 .. 255; $ENV{"JT_\\xff"} = "\\xfe"; $ENV{"m\\xc3%%"} = "\\xc3"',
    ),
  },
  { name: '1 MB of environment', stage: perl('$ENV{"JT_LONG$_"} = "$_ x" x 4000 for 1 .. 60') },
  {
    name: 'arguments of any bytes',
    stage: perl('push @ARGV, map { chr } 1 .. 255; push @ARGV, "", "-n", "--", "\\n"'),
  },
  { name: '160 kB of arguments', stage: perl('push @ARGV, map { "$_ x" x 400 } 1 .. 100') },
  { name: '10 MB of standard input', stage: [], input: 10_000_000 },
];
