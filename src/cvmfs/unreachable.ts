import { commandText } from '../command-text.ts';
import { JcdsError } from '../errors.ts';
import { safeText } from '../output/safe-text.ts';

/** Why CVMFS could not be seen. None of these says anything about an image. */
export type UnreachableCode =
  | 'NO_ROOT'
  | 'NOT_MOUNTED'
  | 'NOT_KNOWN'
  | 'NOT_A_DIRECTORY'
  | 'DISCONNECTED'
  | 'INPUT_OUTPUT'
  | 'LINK_LOOP'
  | 'DENIED'
  | 'HUNG'
  | 'SYSTEM_ERROR'
  | 'LOOK_FAILED'
  /** Over HTTP: something that was served cannot be believed; `step` says what. */
  | 'NOT_VERIFIED'
  /** Over HTTP: no key of the repository is known here. */
  | 'KEYS_MISSING'
  /** Over HTTP: no server is known, or none answers. */
  | 'SERVER_UNREACHABLE'
  /** Over HTTP: something else, such as a cache that cannot be used. */
  | 'HTTP_FAILED';

/** A reason with its evidence, and what to do; plain data. Texts are not yet cleaned for a terminal. */
export interface UnreachableReason {
  readonly code: UnreachableCode;
  /** What was seen, as the end of "CVMFS repository R cannot be seen: …". */
  readonly detail: string;
  readonly hint: string;
  /** Which link of the chain of signatures did not hold. */
  readonly step?: string;
  /** The time of the signatures is up: no client takes a newer revision before the operators sign anew. */
  readonly isExpired?: true;
}

/** Whether nothing is mounted there on this host: then a look over HTTP may know more. */
export function isUnmounted({ code }: UnreachableReason): boolean {
  return code === 'NO_ROOT' || code === 'NOT_MOUNTED' || code === 'NOT_KNOWN';
}

/** What a look met. `path` is where. */
export type Obstruction =
  | { readonly code: 'NO_ROOT' | 'NOT_KNOWN' | 'NOT_A_DIRECTORY'; readonly path: string }
  | { readonly code: 'NOT_MOUNTED'; readonly path: string; readonly absent: boolean }
  | { readonly code: 'HUNG'; readonly path: string; readonly seconds: number }
  | { readonly code: 'LOOK_FAILED'; readonly path: string; readonly cause: string }
  | { readonly code: 'ERRNO'; readonly path: string; readonly errno: string };

const ASK = 'ask the administrator of this host';

/** Puts an obstruction into words for someone who has never heard of CVMFS. */
export function unreachableReason(met: Obstruction, repository: string): UnreachableReason {
  switch (met.code) {
    case 'NO_ROOT':
      return {
        code: met.code,
        detail: `there is no ${met.path} on this host`,
        hint: `images come by CVMFS, a read-only network file system that is usually mounted at /cvmfs: ${ASK} for its client, or say where it is with --cvmfs-root`,
      };
    case 'NOT_MOUNTED':
      return {
        code: met.code,
        detail: met.absent ? `there is no ${met.path}` : `${met.path} is empty, and nothing is mounted on it`,
        hint: `it is not mounted. As root: ${commandText('mount', '-t', 'cvmfs', repository, met.path)}; see what is wrong with: ${commandText('cvmfs_config', 'probe', repository)}; or ${ASK}`,
      };
    case 'NOT_KNOWN':
      return {
        code: met.code,
        detail: `${met.path} is mounted on demand, and this host's CVMFS client could not mount it`,
        hint: `its client may lack the configuration or key of ${repository}: ${commandText('cvmfs_config', 'showconfig', repository)}, or ${ASK}`,
      };
    case 'NOT_A_DIRECTORY':
      return {
        code: met.code,
        detail: `${met.path} is a file`,
        hint: 'give the directory that holds the repositories with --cvmfs-root',
      };
    case 'HUNG':
      return {
        code: met.code,
        detail: `${met.path} gave no answer within ${Math.round(met.seconds * 10) / 10} s`,
        hint: `its client or the network hangs: try again later, wait longer with --cvmfs-timeout, or ${ASK}`,
      };
    case 'LOOK_FAILED':
      return {
        code: met.code,
        detail: `the process that looks at ${met.path} failed (${met.cause})`,
        hint: 'this host may be short of memory or processes: try again later',
      };
    case 'ERRNO':
      return fromErrno(met.errno, met.path, repository);
    default:
      return met satisfies never;
  }
}

function fromErrno(errno: string, path: string, repository: string): UnreachableReason {
  switch (errno) {
    case 'ENOTCONN':
    case 'ECONNABORTED':
      return {
        code: 'DISCONNECTED',
        detail: `the CVMFS client that served ${path} has died (${errno})`,
        hint: `as root: ${commandText('umount', '-l', mountOf(path, repository))}, then mount it anew: ${commandText('mount', '-t', 'cvmfs', repository, mountOf(path, repository))} (an automounter does that by itself); or ${ASK}`,
      };
    case 'EIO':
    case 'ESTALE':
    case 'ETIMEDOUT':
      return {
        code: 'INPUT_OUTPUT',
        detail: `${path} could not be read (${errno})`,
        hint: `its servers, this site's proxy or the disk of its cache may be at fault: try again later; the client's own counters tell: ${commandText('cvmfs_config', 'stat', '-v', repository)}`,
      };
    case 'ELOOP':
      return {
        code: 'LINK_LOOP',
        detail: `${path} is too many links deep (ELOOP), which an automounter says when it cannot mount`,
        hint: `see what is wrong with: ${commandText('cvmfs_config', 'probe', repository)}; or ${ASK}`,
      };
    case 'EACCES':
    case 'EPERM':
      return {
        code: 'DENIED',
        detail: `you may not look into ${path} (${errno})`,
        hint: `${commandText('ls', '-ld', path)}; ${ASK} if it should be open to you`,
      };
    default:
      return {
        code: 'SYSTEM_ERROR',
        detail: `looking at ${path} failed (${errno})`,
        hint: `see what is wrong with: ${commandText('cvmfs_config', 'probe', repository)}; or ${ASK}`,
      };
  }
}

/** Where a repository is mounted, from a path at or below it. */
function mountOf(path: string, repository: string): string {
  const at = path.indexOf(`/${repository}`);
  return at < 0 ? `/cvmfs/${repository}` : path.slice(0, at + 1 + repository.length);
}

/** CVMFS could not be seen, so that nothing is known about an image. */
export class CvmfsUnreachableError extends JcdsError {
  readonly repository: string;
  readonly reason: UnreachableReason;

  /** @param hint lines in place of the reason's own hint */
  constructor(repository: string, reason: UnreachableReason, hint = safeText(reason.hint, 400)) {
    super({
      code: 'CVMFS_UNREACHABLE',
      message: `the CVMFS repository ${safeText(repository, 80)} cannot be seen: ${safeText(reason.detail, 400)}`,
      hint: hint === '' ? undefined : hint,
    });
    this.repository = repository;
    this.reason = reason;
  }
}
