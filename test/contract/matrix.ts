import type { RuntimeName } from '../../src/runtimes/index.ts';

/** What differs from runtime to runtime. Everything else is the same on all, and the contract says so. */
export interface Cells {
  /** How a command that is not there, and one that cannot be executed, end where nobody looked before. */
  readonly notFound: number;
  readonly notExecutable: number;
  /** What a signal to the started process does to a job that traps it, and one that kills itself looks like. */
  readonly trapped: 'job decides' | 'job is killed';
  readonly killedByItself: 'signal' | '128 and its number';
  /** Seconds that pass before every signal reaches the job: one that comes earlier ends the starter alone, or is lost. */
  readonly deafFor: number;
  /** What such a signal does to a job that does not trap it, as its starter sees it. */
  readonly untrapped: 'signal' | '128 and its number';
  /** How often a job hears a SIGINT that goes to the whole process group of its starter, as `timeout -s INT` sends it. */
  readonly groupInterrupt: 'once' | 'once or twice' | 'is killed';
  /** Whether the job has the descriptors besides 0, 1 and 2 that its starter had. */
  readonly keepsDescriptors: boolean;
  /** What the runtime adds to the environment. */
  readonly adds: RegExp;
  /** Variables of the caller that it drops, or sets itself. */
  readonly overrules: RegExp;
  /** Capabilities of a job of root, inside its own user namespace. */
  readonly rootCapabilities: 'none' | 'in its namespace';
  /** Whether also root can gain no privileges by programs with the setuid bit. */
  readonly rootNoNewPrivileges: boolean;
  readonly ldLibraryPathSuffix: string;
  /** Whether an image without /etc/passwd knows the user's name. */
  readonly passwdInBareImage: boolean;
  /** The exit code where the working directory does not exist inside. */
  readonly noDirectory: number;
  /** How a start ends that the runtime itself cannot bring about, and who tells of it. */
  readonly failedStart: number;
  readonly failureTold: 'jcds, before its words' | 'itself';
  /** Whether a job of root can make containers itself (mapping root needs CAP_SETFCAP, Linux 5.12). */
  readonly rootNests: boolean;
  /** Whether what the caller ignores (nohup) stays ignored. Apptainer resets it, started by hand as well. */
  readonly keepsIgnoredSignals: boolean;
  /**
   * Whether a pipe or a file reaches the job as its standard input: itself, or a copy, for which more is read than the job
   * takes; else such a request is refused before exec.
   */
  readonly standardInput: 'passed' | 'copied' | 'none';
  /** What a job has where only some of its standard streams are terminals. */
  readonly someTerminals: 'them' | 'pipes';
  /** When a job on a terminal knows the size of it. */
  readonly terminalSize: 'from the start' | 'a moment later';
  /** What Ctrl-Z does: where an engine stands between, only a signal from elsewhere continues the job. */
  readonly suspend: 'stops the job' | 'freezes the job';
  /** Who finds a GPU's devices and libraries. */
  readonly gpu: 'found by jcds' | 'found by the runtime';
  /** How the job sees the supplementary groups of an ordinary user, and of root. They count in any case. */
  readonly groups: 'as they are' | 'as 65534';
  readonly rootGroups: 'as they are' | 'as 65534';
  /** What a job that ends at once has written: with containerd's own command too, typed by hand, it does not always arrive. */
  readonly output: 'arrives' | 'is lost now and then';
  /** The limit on processes where it lies above the largest process number of the host, which ends them in any case. */
  readonly manyProcesses: 'the caller’s' | 'kernel.pid_max';
}

/** The versions that all of this is true of: those of Debian 12, Apptainer's of sid, and what a tree of a newer suite has. */
export const TESTED: Record<RuntimeName, readonly [version: string, newer?: string]> = {
  apptainer: ['1.4'],
  singularity: ['1.4'],
  unshare: ['2.38'],
  bubblewrap: ['0.8'],
  charliecloud: ['0.31'],
  podman: ['4.3', '5.4'],
  docker: ['20.10'],
  containerd: ['1.6'],
};

const apptainer: Cells = {
  notFound: 255,
  notExecutable: 255,
  trapped: 'job decides',
  killedByItself: 'signal',
  deafFor: 0,
  untrapped: 'signal',
  groupInterrupt: 'once or twice',
  keepsDescriptors: true,
  adds: /^(?:(?:APPTAINER|SINGULARITY)_\w+|PROMPT_COMMAND|PS1|USER_PATH|LD_LIBRARY_PATH)$/,
  overrules: /^(?:OPTIND|PPID|PS1|RANDOM)$/,
  rootCapabilities: 'in its namespace',
  rootNoNewPrivileges: false,
  ldLibraryPathSuffix: ':/.singularity.d/libs',
  passwdInBareImage: false,
  noDirectory: 255,
  failedStart: 255,
  failureTold: 'itself',
  rootNests: true,
  keepsIgnoredSignals: false,
  standardInput: 'passed',
  someTerminals: 'them',
  terminalSize: 'from the start',
  output: 'arrives',
  suspend: 'stops the job',
  gpu: 'found by the runtime',
  groups: 'as 65534',
  rootGroups: 'as 65534',
  manyProcesses: 'the caller’s',
};

export const MATRIX: Record<RuntimeName, Cells> = {
  apptainer,
  singularity: apptainer,
  unshare: {
    notFound: 127,
    notExecutable: 126,
    trapped: 'job decides',
    killedByItself: 'signal',
    deafFor: 0,
    untrapped: 'signal',
    groupInterrupt: 'once',
    keepsDescriptors: true,
    adds: /^$/,
    overrules: /^$/,
    rootCapabilities: 'none',
    rootNoNewPrivileges: true,
    ldLibraryPathSuffix: '',
    passwdInBareImage: true,
    noDirectory: 125,
    failedStart: 125,
    failureTold: 'jcds, before its words',
    rootNests: false,
    keepsIgnoredSignals: true,
    standardInput: 'passed',
    someTerminals: 'them',
    terminalSize: 'from the start',
    output: 'arrives',
    suspend: 'stops the job',
    gpu: 'found by jcds',
    groups: 'as 65534',
    rootGroups: 'as 65534',
    manyProcesses: 'the caller’s',
  },
  bubblewrap: {
    notFound: 1,
    notExecutable: 1,
    trapped: 'job is killed',
    killedByItself: '128 and its number',
    deafFor: 0,
    untrapped: 'signal',
    groupInterrupt: 'is killed',
    keepsDescriptors: true,
    adds: /^$/,
    overrules: /^$/,
    rootCapabilities: 'none',
    rootNoNewPrivileges: true,
    ldLibraryPathSuffix: '',
    passwdInBareImage: true,
    noDirectory: 1,
    failedStart: 1,
    failureTold: 'itself',
    rootNests: false,
    keepsIgnoredSignals: true,
    standardInput: 'passed',
    someTerminals: 'them',
    terminalSize: 'from the start',
    output: 'arrives',
    suspend: 'stops the job',
    gpu: 'found by jcds',
    groups: 'as 65534',
    rootGroups: 'as they are',
    manyProcesses: 'the caller’s',
  },
  charliecloud: {
    notFound: 1,
    notExecutable: 1,
    trapped: 'job decides',
    killedByItself: 'signal',
    deafFor: 0,
    untrapped: 'signal',
    groupInterrupt: 'once',
    keepsDescriptors: true,
    adds: /^CH_RUNNING$/,
    overrules: /^$/,
    rootCapabilities: 'in its namespace',
    rootNoNewPrivileges: true,
    ldLibraryPathSuffix: '',
    passwdInBareImage: true,
    noDirectory: 1,
    failedStart: 125,
    failureTold: 'jcds, before its words',
    rootNests: true,
    keepsIgnoredSignals: true,
    standardInput: 'passed',
    someTerminals: 'them',
    terminalSize: 'from the start',
    output: 'arrives',
    suspend: 'stops the job',
    gpu: 'found by jcds',
    groups: 'as 65534',
    rootGroups: 'as 65534',
    manyProcesses: 'the caller’s',
  },
  podman: {
    notFound: 127,
    notExecutable: 126,
    trapped: 'job decides',
    killedByItself: '128 and its number',
    deafFor: 0.5,
    untrapped: '128 and its number',
    groupInterrupt: 'once',
    keepsDescriptors: false,
    adds: /^(?:HOSTNAME)$/,
    overrules: /^$/,
    rootCapabilities: 'none',
    rootNoNewPrivileges: true,
    ldLibraryPathSuffix: '',
    passwdInBareImage: true,
    noDirectory: 125,
    failedStart: 125,
    failureTold: 'itself',
    rootNests: false,
    keepsIgnoredSignals: false,
    standardInput: 'passed',
    someTerminals: 'them',
    terminalSize: 'a moment later',
    output: 'arrives',
    suspend: 'freezes the job',
    gpu: 'found by jcds',
    groups: 'as 65534',
    rootGroups: 'as they are',
    manyProcesses: 'kernel.pid_max',
  },
  docker: {
    notFound: 127,
    notExecutable: 126,
    trapped: 'job decides',
    killedByItself: '128 and its number',
    deafFor: 0.5,
    untrapped: '128 and its number',
    groupInterrupt: 'once',
    keepsDescriptors: false,
    adds: /^HOSTNAME$/,
    overrules: /^$/,
    rootCapabilities: 'none',
    rootNoNewPrivileges: true,
    ldLibraryPathSuffix: '',
    passwdInBareImage: true,
    noDirectory: 125,
    failedStart: 125,
    failureTold: 'itself',
    rootNests: false,
    keepsIgnoredSignals: false,
    standardInput: 'copied',
    someTerminals: 'pipes',
    terminalSize: 'a moment later',
    output: 'arrives',
    suspend: 'freezes the job',
    gpu: 'found by jcds',
    groups: 'as they are',
    rootGroups: 'as they are',
    manyProcesses: 'the caller’s',
  },
  containerd: {
    notFound: 127,
    notExecutable: 126,
    trapped: 'job decides',
    killedByItself: '128 and its number',
    deafFor: 0.5,
    untrapped: '128 and its number',
    groupInterrupt: 'once',
    keepsDescriptors: false,
    adds: /^HOSTNAME$/,
    overrules: /^HOSTNAME$/,
    rootCapabilities: 'none',
    rootNoNewPrivileges: true,
    ldLibraryPathSuffix: '',
    passwdInBareImage: true,
    noDirectory: 125,
    failedStart: 1,
    failureTold: 'itself',
    rootNests: false,
    keepsIgnoredSignals: false,
    standardInput: 'none',
    someTerminals: 'pipes',
    terminalSize: 'a moment later',
    output: 'is lost now and then',
    suspend: 'freezes the job',
    gpu: 'found by jcds',
    groups: 'as they are',
    rootGroups: 'as they are',
    manyProcesses: 'the caller’s',
  },
};

/** How often a test is tried again: only where the runtime itself loses what a job has written. */
export function retriesWhere(output: Cells['output']): number {
  return output === 'arrives' ? 0 : 2;
}
