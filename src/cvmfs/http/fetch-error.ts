import { JcdsError } from '../../errors.ts';
import { SILENCES } from '../../http/silence.ts';
import { withoutCredentials } from './servers.ts';
import type { TransportFailure } from './transport.ts';

/** What became of one request. */
export type FetchFailure = { readonly server: string; readonly proxy: string | null } & (
  | { readonly kind: TransportFailure }
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'rejected' | 'web-page'; readonly error: JcdsError }
  /** The proxy is one that only a PAC file names. */
  | { readonly kind: 'automatic' }
);

/** Whether trying again may help: the server was not there, or had no time. */
export function isPassing(failure: FetchFailure): boolean {
  switch (failure.kind) {
    case 'name':
    case 'refused':
    case 'network':
    case 'timeout':
    case 'reset':
    case 'tls':
    case 'proxy':
    case 'proxy-login':
    case 'protocol':
      return SILENCES[failure.kind].isPassing;
    case 'slow':
      return true;
    case 'status':
      return failure.status >= 500 || failure.status === 429;
    case 'too-large':
    case 'web-page':
    case 'unsupported':
    case 'automatic':
    case 'rejected':
      return false;
    default:
      return failure satisfies never;
  }
}

/** No server gave the object. Says of each what happened, once. */
export class UnreachableError extends JcdsError {
  constructor(what: string, failures: readonly FetchFailure[]) {
    const isMissing = failures.every(failure => failure.kind === 'status' && failure.status === 404);
    const reasons = [...new Set(failures.map(describe))].join('; ');
    super({
      code: isMissing ? 'OBJECT_NOT_SERVED' : 'SERVER_UNREACHABLE',
      message: `${what} cannot be fetched: ${reasons}`,
      hint: isMissing
        ? 'check the name of the repository and the server (--server URL)'
        : 'check the network and the proxy of this host, or name another server with --server URL',
    });
  }
}

function describe(failure: FetchFailure): string {
  const proxy = failure.proxy === null ? '' : ` through ${withoutCredentials(failure.proxy)}`;
  return `${withoutCredentials(failure.server)}${proxy} ${predicate(failure)}`;
}

function predicate(failure: FetchFailure): string {
  switch (failure.kind) {
    case 'name':
      return 'has a name that cannot be resolved';
    case 'refused':
      return 'refused the connection';
    case 'network':
      return 'cannot be reached from this host';
    case 'timeout':
      return 'did not answer in time';
    case 'slow':
      return 'answers too slowly';
    case 'reset':
      return 'broke off the connection';
    case 'tls':
      return 'has a certificate that is not trusted';
    case 'proxy':
    case 'proxy-login':
    case 'protocol':
      return 'does not speak the protocol expected';
    case 'too-large':
      return 'sends more than was announced';
    case 'web-page':
      return 'answers with a web page';
    case 'unsupported':
      return 'cannot be asked through a proxy, being https';
    case 'automatic':
      return `cannot be asked: jcds reads no PAC file (CVMFS_HTTP_PROXY is "auto")`;
    case 'status':
      return `answered ${failure.status}`;
    case 'rejected':
      return `sent something else: ${failure.error.message}`;
    default:
      return failure satisfies never;
  }
}
