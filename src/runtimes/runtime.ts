import type { Entries } from '../launch/launcher-environment.ts';
import type { Plan } from '../launch/plan.ts';
import type { ImageFacts } from '../rootfs/facts.ts';
import type { Account } from './accounts.ts';
import type { KeptFiles } from './engine-files.ts';
import type { Shown } from './shown.ts';

/** What is to run, whoever runs it: made once from the command line (or a job), read by every runtime's row. Pure data. */
export interface RunRequest {
  readonly image: {
    /** The REAL directory or file on this host; never the tag's link, so that a job keeps one image for its life. */
    readonly path: string;
    readonly kind: 'directory' | 'file';
    /** null for file images: nothing can be read without mounting them. */
    readonly facts: ImageFacts | null;
  };
  /**
   * jcds' own words of the contained command (entrypoint, default CMD, a shell). The user's arguments follow them as
   * "$@" in the launcher and never pass through the program.
   */
  readonly words: readonly string[];
  /**
   * The user's arguments, given only where one of them (or of `words`) is not UTF-8: a runtime that spoils such bytes
   * then carries all of them another way, and the "$@" of the launcher counts for nothing. Texts that keep every byte.
   */
  readonly rawArguments?: readonly string[];
  /** For file images only: let the runtime find the entrypoint itself (`apptainer run`). */
  readonly entrypointUnknown: boolean;
  readonly environment: ContainerEnvironment;
  /** What of the host is shown where, the home and the working directory inside. */
  readonly shown: Shown;
  /** Own /tmp, /var/tmp, home, minimal /dev: nothing of the host but what was bound. */
  readonly contain: boolean;
  /** A small writable layer that is lost at the end. */
  readonly writableTmpfs: boolean;
  readonly gpu: 'nvidia' | 'rocm' | null;
  /** Whether standard input, output and error are all terminals: then the job gets one too. */
  readonly interactive: boolean;
  /** Whether any of the three is one. */
  readonly hasTerminal: boolean;
  /** Whether standard input is a pipe, a file or a socket, which a job may want to read. */
  readonly hasInput: boolean;
  readonly user: {
    readonly uid: number;
    readonly gid: number;
    readonly name: string;
    /** Supplementary groups. */
    readonly groups: readonly number[];
    /** What the host's own files say of the user; absent: nothing. */
    readonly account?: Account;
  };
  /** The caller's own, for runtimes whose daemon starts the job. */
  readonly umask: number;
  /** Likewise: names of setrlimit(2) in small letters, without RLIMIT_; null: unlimited. */
  readonly limits: readonly {
    readonly name: string;
    readonly soft: number | null;
    readonly hard: number | null;
  }[];
  /** Passed through as typed (`--runtime-arg`). */
  readonly runtimeArguments: readonly string[];
}

/** The contained process's environment as decided by the policy: see `environment.ts`. */
export interface ContainerEnvironment {
  readonly policy: 'keep' | 'clean' | 'hep';
  /** The caller's variables in order, as the launcher inherited them: texts that keep every byte (launch/bytes.ts). */
  readonly host: Entries;
  /** `--env`, `--env-file` and what jcds itself adds (JCDS_IMAGE, …): beats host and image. Keeps every byte too. */
  readonly set: Entries;
  /** Names of the caller's variables by which the runtime's program would find another user's settings: they are the job's alone. */
  readonly others?: readonly string[];
}

/** Facts that only one row reads, by the names it chose itself (for example `needsUserns`). Plain JSON. */
export type HostFacts = Readonly<Record<string, unknown>>;

/** What a row knows about this host when it makes an invocation. */
export interface RuntimeHost {
  /** Absolute path of the runtime's program: looked up by PATH for every start. */
  readonly program: string;
  readonly version: string;
  /** What the row's `find` looked up for this start, and what its probe learned. */
  readonly facts: HostFacts;
  /** Files that a start removes where it fails: what they remember of this host or of the image may be the reason. */
  readonly memories?: readonly string[];
}

/** The reason and cure that the error of "no runtime works here" lists. */
export interface Refused {
  readonly works: false;
  readonly reason: string;
  readonly cure: string;
  /** It may be otherwise at the next look (no answer in time): not remembered. */
  readonly passing?: true;
}

/** `works`, or why not. */
export type Verdict = { readonly works: true; readonly host: RuntimeHost } | Refused;

/** Whether something was not found. */
export function isRefused(found: object | Refused): found is Refused {
  return 'works' in found && found.works === false;
}

/** What a plan needs from a runtime: the launcher adds the user's own arguments. */
export type Invocation = Pick<Plan, 'file' | 'args' | 'environment' | 'inputs' | 'unlinked'> & {
  /** Files on this host that it makes where they are missing: looked at before the start. */
  readonly files?: KeptFiles;
};

/** What a runtime needs of a root that is built for it. */
export interface RootNeeds {
  /** Files that it puts into the container itself. */
  readonly files: readonly string[];
  /** Whether its root can hold links; otherwise what they lead to is shown in their place. */
  readonly links: 'kept' | 'followed' | readonly string[];
  /** Directories at the root that it has to find: a link there that leads to nothing gives way. */
  readonly directories?: readonly string[];
  /** Whether it lays layers over directories of very many entries. */
  readonly layers?: true;
  /** It makes a working directory that is not there, as root: it has to be found before. */
  readonly workdir?: 'found';
}

/** One runtime: one file, one constant of this shape, one row of the table in `index.ts`. */
export interface Runtime {
  readonly name: string;
  /** Names of its program, in order of preference. */
  readonly programs: readonly string[];
  /** Only root can use it. */
  readonly rootOnly?: true;
  /** What it can run. */
  readonly images: readonly RunRequest['image']['kind'][];
  /** Whether the job dies when its starter is killed with SIGKILL (batch systems need it). */
  readonly diesWithParent: boolean;
  /** What a job sees at /proc is the host's: to bind that there is nothing else. */
  readonly showsHostsProc?: true;
  /** Whether a signal to the started process reaches the job itself, which may trap it. */
  readonly passesSignals: boolean;
  /**
   * What it cannot do, with the sentence that the error before exec says. Empty: everything. `bytes`: show places whose
   * names are not UTF-8, or start there; `proc`, `dev`: show something of the user's there; `pwd`: set PWD to another
   * directory than the job starts in; `entries`: found out when the image's directories are listed.
   */
  readonly cannot: Partial<
    Record<
      | 'gpu'
      | 'writableTmpfs'
      | 'contain'
      | 'terminal'
      | 'runtimeArguments'
      | 'bytes'
      | 'dev'
      | 'proc'
      | 'stdin'
      | 'pwd'
      | 'entries',
      string
    >
  >;
  /** What it cannot do of this very request, as such a sentence. */
  refuses?(request: RunRequest): string | null;
  /**
   * For one that makes no mount points in a read-only image: what its root needs besides what every job's does. Then
   * `listingsNeeded` in skeleton.ts must be satisfied before the invocation.
   */
  readonly root?: RootNeeds;
  /** For one that makes them by itself: the image's directories whose listing the invocation still needs. */
  listings?(request: RunRequest): readonly string[];
  /** What every start looks up anew: where programs and devices are. Starts nothing, and nothing of it is remembered. */
  find?(search: ProbeContext): object | Refused;
  /**
   * The facts that only a trial tells. They are remembered where each is what it may be; a remembered fact may save work,
   * and never names a program, a place to be shown, or words of a shell.
   */
  readonly learns?: Readonly<Record<string, (value: unknown) => boolean>>;
  /** What its verdict depends on, besides its program, this process' rights and the kernel's settings. */
  dependsOn?(search: ProbeContext, request: RunRequest): string;
  /** Starts what is to be run as far as that decides whether it starts at all: bounded, some tens of milliseconds. */
  probe(search: ProbeContext, request: RunRequest): Promise<Verdict>;
  /** Pure: the same request and host give the same words. */
  invocation(request: RunRequest, host: RuntimeHost): Invocation;
}

/** What a probe may use. */
export interface ProbeContext {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly uid: number;
  /** jcds' own directory for what can be made again, which may not exist yet. */
  readonly cache: string;
  /** Absolute path of a program on PATH (or in the usual places), or null. */
  which(name: string): string | null;
  /** Runs a program with closed stdin, captured output and a bound in milliseconds; never throws. */
  run(
    file: string,
    args: readonly string[],
    timeout: number,
  ): Promise<{ code: number | null; stdout: string; stderr: string }>;
}
