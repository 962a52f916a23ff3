import type { Settings } from '../configuration/settings.ts';
import type { Context } from '../context.ts';
import { JcdsError } from '../errors.ts';
import { isLoopback } from '../http/this-host.ts';
import { safeText } from '../output/safe-text.ts';
import {
  type Repository,
  repositoriesFrom,
  repositoryNamed,
  SERVICES,
  type Wishlist,
} from '../repositories/index.ts';
import { InvalidServiceError } from '../repositories/repository.ts';
import type { Forge } from '../requests/forges/forge.ts';
import { connectForge } from '../requests/forges/index.ts';
import { InsecureForgeError } from '../requests/forges/token-failures.ts';
import { normaliseHost } from '../requests/token-variable.ts';
import { type FoundToken, findToken, type TokenOptions } from '../requests/tokens.ts';

/** A repository whose operators take requests, and where. */
export interface Service {
  readonly row: Repository;
  readonly wishlist: Wishlist;
}

/** What asking needs of the outside. */
export type AskingContext = Context;

/** The known services that take requests. */
const TAKERS = SERVICES.filter(row => row.wishlist !== undefined).map(({ name }) => name);

/** None of the repositories in question takes requests. */
export class NoWishlistError extends JcdsError {
  constructor(names: readonly string[]) {
    const shown = names.map(name => safeText(name, 80)).join(', ');
    super({
      code: 'NO_WISHLIST',
      message: `it is not known how images are asked for in ${shown || 'no repository'}`,
      hint: `${TAKERS.join(', ')} take requests: name one with --repository; or configure services["${safeText(names[0] ?? '', 80)}"].wishlist`,
    });
  }
}

/** jcds was told to keep off the network. */
export class NetworkForbiddenError extends JcdsError {
  constructor() {
    super({
      code: 'NETWORK_FORBIDDEN',
      message: 'this needs the network, and the configuration forbids it (network is false)',
      hint: 'jcds config list shows which file says so; JCDS_NETWORK=true allows it for once',
    });
  }
}

/** The repositories of the settings that take requests, in their order. Throws InvalidServiceError, InsecureForgeError. */
export function servicesOf(settings: Pick<Settings, 'repositories' | 'services'>): Service[] {
  const table = repositoriesFrom(SERVICES, settings.services);
  return settings.repositories
    .map(name => repositoryNamed(name, table))
    .flatMap(row => (row.wishlist ? [{ row, wishlist: checked(row.name, row.wishlist) }] : []));
}

/** The one that is asked: the first. Throws NoWishlistError, NetworkForbiddenError and what servicesOf throws. */
export function serviceToAsk(settings: Settings): Service {
  const [service] = servicesOf(settings);
  if (service === undefined) throw new NoWishlistError(settings.repositories);
  if (!settings.network) throw new NetworkForbiddenError();
  return service;
}

/** The forges of the services in question; of all known ones that of `host`, else what a host of that name is taken for. */
export function forgesOf(settings: Settings, host: string | undefined): Pick<Wishlist, 'forge' | 'host'>[] {
  if (host === undefined) {
    const wishlists = servicesOf(settings).map(({ wishlist }) => wishlist);
    return [...new Map(wishlists.map(wishlist => [normaliseHost(wishlist.host), wishlist])).values()];
  }
  const known = repositoriesFrom(SERVICES, settings.services)
    .flatMap(({ name, wishlist }) => (wishlist ? [checked(name, wishlist)] : []))
    .find(wishlist => normaliseHost(wishlist.host) === normaliseHost(host));
  const forge = /(?:^|\.)github\./.test(normaliseHost(host)) ? 'github' : 'gitlab';
  return [known ?? checked(host, { forge, host })];
}

/** A host may be written with its scheme; http is for this machine alone. */
function checked<Place extends Pick<Wishlist, 'host'>>(name: string, wishlist: Place): Place {
  const { host } = wishlist;
  const text = /^https?:\/\//.test(host) ? host : `https://${host}`;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.pathname !== '/' || url.username !== '' || url.password !== '')
    throw new InvalidServiceError(name, 'wishlist.host', 'HOST or HOST:PORT');
  if (url.protocol !== 'https:' && !isLoopback(url.hostname)) throw new InsecureForgeError(url.origin);
  return wishlist;
}

/** Where the token of a host is looked for. */
export function tokenOptions(
  { forge: kind, host }: Pick<Wishlist, 'forge' | 'host'>,
  context: AskingContext,
): TokenOptions {
  const { environment, home, uid } = context;
  return { kind, host, environment, home, uid, now: context.now() };
}

/** The forge of a service, with the user's token where there is one. Throws what findToken throws. */
export async function connectService(
  wishlist: Pick<Wishlist, 'forge' | 'host'>,
  context: AskingContext,
): Promise<{ forge: Forge; token: FoundToken | null }> {
  const { forge: kind, host } = wishlist;
  const token = await findToken(tokenOptions(wishlist, context));
  const { environment } = context;
  return { forge: connectForge({ kind, host, token: token?.token ?? null, environment }), token };
}
