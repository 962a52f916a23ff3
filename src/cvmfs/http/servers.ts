import { JcdsError } from '../../errors.ts';
import { proxyAddress } from '../../http/proxies.ts';
import { quoted } from './quoted.ts';

/** `http://…/cvmfs/@fqrn@` for a repository: `@fqrn@` is its name, `@org@` the name's first word. */
export function serverUrl(template: string, repository: string): string {
  const text = template.replaceAll('@fqrn@', repository).replaceAll('@org@', repository.split('.')[0]!);
  if (!text.includes('://') || proxyAddress(text) === null) throw new InvalidServerError(template);
  return text.replace(/\/+$/, '');
}

/** Stands for the proxies of the site's PAC file (CVMFS_PAC_URLS, or WPAD): JavaScript from the network, which jcds does not run. */
export const AUTO = 'auto';

/** `http://host:port` from a proxy as CVMFS_HTTP_PROXY writes it, where `http://` may be missing; null for DIRECT, AUTO for auto. */
export function proxyUrl(text: string): string | null {
  if (text.toUpperCase() === 'DIRECT') return null;
  if (text.toLowerCase() === AUTO) return AUTO;
  const url = proxyAddress(text);
  if (url === null) throw new InvalidServerError(text);
  return url.href.replace(/\/+$/, '');
}

/**
 * The proxies of CVMFS_HTTP_PROXY in the order in which to try them: groups after each other (`;`), those of a group
 * (`|`) in an order of chance, which spreads the load. `auto` (the proxies that the site's PAC file names) stays in its place,
 * so that whoever asks says why it does not help.
 */
export function proxyOrder(text: string, random: () => number = Math.random): (string | null)[] {
  const groups = text.split(';').map(group =>
    group
      .split('|')
      .map(proxy => proxy.trim())
      .filter(isProxy),
  );
  const proxies = groups.flatMap(group => shuffled(group, random)).map(proxyUrl);
  return proxies.some(proxy => proxy !== AUTO) ? proxies : [...proxies, null];
}

function isProxy(text: string): boolean {
  return text !== '';
}

function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  return items
    .map(item => ({ item, place: random() }))
    .sort((one, other) => one.place - other.place)
    .map(({ item }) => item);
}

/** The URL without what is secret in it. */
export function withoutCredentials(url: string): string {
  return url.replace(/\/\/[^/@]*@/, '//');
}

/** A server or a proxy that cannot be asked. */
export class InvalidServerError extends JcdsError {
  constructor(text: string) {
    super({
      code: 'INVALID_SERVER',
      message: `${quoted(withoutCredentials(text))} is no server`,
      hint: 'write it like http://stratum-1.example.org:8000/cvmfs/@fqrn@',
    });
  }
}
