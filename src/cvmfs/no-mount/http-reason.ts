import type { JcdsError } from '../../errors.ts';
import { isVerificationError } from '../http/verification-error.ts';
import { WHITELIST_EXPIRED } from '../http/whitelist.ts';
import type { UnreachableCode, UnreachableReason } from '../unreachable.ts';

/** Codes of the reader that have a name of their own among the reasons. */
const CODES: Readonly<Record<string, UnreachableCode>> = {
  KEYS_MISSING: 'KEYS_MISSING',
  SERVER_UNKNOWN: 'SERVER_UNREACHABLE',
  SERVER_UNREACHABLE: 'SERVER_UNREACHABLE',
  OBJECT_NOT_SERVED: 'SERVER_UNREACHABLE',
};

/** Why a repository could not be seen over HTTP, by what the reader threw. */
export function httpReason(error: JcdsError): UnreachableReason {
  const { message: detail, hint = '' } = error;
  if (isVerificationError(error)) {
    const expired = error.code === WHITELIST_EXPIRED ? ({ isExpired: true } as const) : {};
    return { code: 'NOT_VERIFIED', detail, hint, step: error.step, ...expired };
  }
  return { code: CODES[error.code] ?? 'HTTP_FAILED', detail, hint };
}

/** The look took longer than it may. @param seconds what was waited for */
export function tooSlow(repository: string, seconds: number): UnreachableReason {
  return {
    code: 'SERVER_UNREACHABLE',
    detail: `the servers of ${repository} gave no whole answer within ${seconds} s`,
    hint: 'check the network and the proxy of this host, wait longer with --cvmfs-timeout, or name another server with --server URL',
  };
}

/** What a look over HTTP met, where it was made because nothing is mounted. */
export function bothReasons(http: UnreachableReason, mount: UnreachableReason): UnreachableReason {
  return { ...http, detail: `${http.detail} (looked over HTTP, since nothing is mounted: ${mount.detail})` };
}
