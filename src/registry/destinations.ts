import { JcdsError } from '../errors.ts';
import type { RedirectRule } from '../http/redirects.ts';
import { isLoopback } from '../http/this-host.ts';

/**
 * Where a registry may send jcds, and what may go along. The rules, once:
 *
 * 1. A password, an identity token or a bearer token goes to the scheme, host and port of its own registry and
 *    nowhere else, with one exception: the token server that the registry names (`realm`), if that server is the
 *    registry's own by rule 2. Any other token server is asked without a credential.
 * 2. A token server is the registry's own when it has the same host name, and the registry's port or the usual one of
 *    its scheme (GitLab: `git.jinr.ru:5005` sends to `https://git.jinr.ru/jwt/auth`) or, on loopback, any port;
 *    or when the pair is listed below or by the site, at the usual port of https.
 * 3. No redirect is followed with a credential, not even back to the same host.
 * 4. Every address that a registry names (redirect, realm, next page) is https, unless the registry itself is spoken
 *    to by http and the address is on the same host name (or both are loopback); it holds no user name or password, and
 *    leads to loopback only from loopback. A next page stays at the same scheme, host, port and path.
 */
const TOKEN_SERVERS: Readonly<Record<string, string>> = {
  'registry-1.docker.io': 'auth.docker.io',
  'registry.gitlab.com': 'gitlab.com',
  'gitlab-registry.cern.ch': 'gitlab.cern.ch',
  'containers.ligo.org': 'git.ligo.org',
};

/** Why an address that a registry named is not used. */
export type Refusal =
  | 'malformed'
  | 'user-info'
  | 'not-https'
  | 'loopback'
  | 'other-place'
  | 'token-redirect'
  | 'endless';

type Kind = 'redirect' | 'token server' | 'next page';

const REASONS: Readonly<Record<Refusal, string>> = {
  malformed: 'it is no web address',
  'user-info': 'it holds a user name or password',
  'not-https': 'it is not https',
  loopback: 'it leads to this machine itself',
  'other-place': 'it leads to another place than the list it continues',
  'token-redirect': 'a request for a token is not redirected',
  endless: 'it never ends',
};

/** A registry sent jcds to an address that the rules above forbid. The address itself may hold secrets: not shown. */
export class RefusedAddressError extends JcdsError {
  readonly refusal: Refusal;

  constructor(from: URL, kind: Kind, refusal: Refusal) {
    super({
      code: 'REGISTRY_ADDRESS_REFUSED',
      message: `${from.host} names a ${kind} that is not followed: ${REASONS[refusal]}`,
      hint: 'tell the people who run that registry; nothing was sent there',
    });
    this.refusal = refusal;
  }
}

/**
 * The address in `text` as seen from `from` (that of a token server is whole in itself), if rule 4 lets it pass. Throws
 * RefusedAddressError.
 */
export function checkedAddress(from: URL, text: string, kind: Kind): URL {
  const base = kind === 'token server' ? undefined : from.href;
  const url = URL.canParse(text, base) ? new URL(text, base) : null;
  const refusal = url === null ? 'malformed' : refusalOf(from, url);
  if (url === null || refusal !== null) throw new RefusedAddressError(from, kind, refusal ?? 'malformed');
  return url;
}

/** How redirects of registries are followed: rule 4. */
export const REDIRECT_RULE: RedirectRule = {
  target: ({ url }, location) => checkedAddress(url, location, 'redirect'),
  nowhere: ({ url }) => new RefusedAddressError(url, 'redirect', 'malformed'),
  endless: ({ url }) => new RefusedAddressError(url, 'redirect', 'endless'),
};

function refusalOf(from: URL, to: URL): Refusal | null {
  if (to.username !== '' || to.password !== '') return 'user-info';
  const bothLoopback = isLoopback(from.hostname) && isLoopback(to.hostname);
  if (isLoopback(to.hostname) && !bothLoopback) return 'loopback';
  if (to.protocol === 'https:') return null;
  const plain = from.protocol === 'http:' && to.protocol === 'http:';
  return plain && (bothLoopback || from.hostname === to.hostname) ? null : 'not-https';
}

/** The next page of a list, which stays where the list is. Throws RefusedAddressError. */
export function checkedNextPage(from: URL, text: string): URL {
  const url = checkedAddress(from, text, 'next page');
  if (url.origin !== from.origin || url.pathname !== from.pathname)
    throw new RefusedAddressError(from, 'next page', 'other-place');
  return url;
}

/** Whether a token server is the registry's own (rule 2). `listed`: host of a registry to host of its token server. */
export function isOwnTokenServer(
  registry: URL,
  realm: URL,
  listed: Readonly<Record<string, string>> = {},
): boolean {
  if (registry.protocol === 'https:' && realm.protocol !== 'https:') return false;
  if (realm.hostname === registry.hostname)
    return realm.port === registry.port || realm.port === '' || isLoopback(realm.hostname);
  if (realm.protocol !== 'https:') return false;
  return [TOKEN_SERVERS, listed].some(
    table => Object.hasOwn(table, registry.host) && table[registry.host] === realm.host,
  );
}
