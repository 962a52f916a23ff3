import { machine } from 'node:os';
import { isJcdsError } from '../../errors.ts';
import { type Environment, proxyFor } from '../../http/proxies.ts';
import type { Repository as Service } from '../../repositories/repository.ts';
import type { ClientConfiguration } from '../client-config.ts';
import { type Blacklist, NO_BLACKLIST, readBlacklists } from './blacklist.ts';
import { type PublicKey, readPublicKeys, shippedKeys } from './keys.ts';
import type { RepositoryOptions } from './repository.ts';
import { proxyOrder } from './servers.ts';

/** What is known of how to reach a repository, before anything is asked. */
export interface AccessFacts {
  /** Its row in the table of services. */
  readonly service: Pick<Service, 'name' | 'servers' | 'proxies' | 'keysDirectory'>;
  /** How this host's CVMFS client is set up for it; null without one. */
  readonly client: ClientConfiguration | null;
  /** What the user named: `--server`, `--keys`, `--insecure`. */
  readonly named: {
    readonly servers: readonly string[];
    readonly keys: readonly string[];
    readonly insecure: boolean;
  };
  /** For its proxies, where this host has no CVMFS client that would say how to get out. */
  readonly environment: Environment;
  readonly random?: () => number;
}

export type Access = Required<
  Pick<RepositoryOptions, 'name' | 'servers' | 'proxies' | 'keys' | 'insecure' | 'blacklist' | 'variables'>
> &
  Pick<RepositoryOptions, 'timeout' | 'isProxyFor'>;

/**
 * Decides where to ask and whom to believe: what the user names goes before the client's configuration, and that before
 * the table of services. Keys: those named alone; else those shipped, the client's and the installed ones together.
 * Throws UnusableKeyError for a key that was named, and BlacklistError.
 */
export async function repositoryAccess(facts: AccessFacts): Promise<Access> {
  const { service, client, named } = facts;
  const servers = [named.servers, client?.servers ?? [], service.servers].find(list => list.length > 0) ?? [];
  const own = client === null ? environmentProxies(servers, facts.environment) : [];
  return {
    name: service.name,
    servers,
    proxies: unique([...own.map(({ proxy }) => proxy), ...proxies(facts)]),
    ...(own.length > 0 && { isProxyFor: rule(own) }),
    keys: named.keys.length > 0 ? await readPublicKeys(named.keys) : await foundKeys(service, client),
    insecure: named.insecure,
    blacklist: await blacklist(client, named.insecure),
    // Every client sets it for its links by uname(2), whatever its configuration says.
    variables: { ...client?.variables, CVMFS_ARCH: machine() },
    ...(client && { timeout: client.timeout }),
  };
}

/**
 * The client's proxies are the site's rule. A server that the user names may be one that they cannot reach; the
 * proxies of the table are those of the service's own site, good for nobody else.
 */
function proxies({ service, client, named, random = Math.random }: AccessFacts): (string | null)[] {
  const site = client?.proxies ?? null;
  if (site !== null)
    return unique([...proxyOrder(site, random), ...(named.servers.length > 0 ? [null] : [])]);
  if (named.servers.length > 0 || client !== null || service.proxies === undefined) return [null];
  return unique([null, ...proxyOrder(service.proxies, random)]);
}

interface Way {
  readonly origin: string;
  readonly proxy: string;
}

/** What the environment names for each server: the client itself looks at none of it, so only where there is no client. */
function environmentProxies(servers: readonly string[], environment: Environment): Way[] {
  return servers.flatMap(server => {
    const url = URL.canParse(server) ? new URL(server) : null;
    const proxy = url === null ? null : proxyFor(url, environment);
    return url === null || proxy === null
      ? []
      : [{ origin: url.origin, proxy: proxy.href.replace(/\/+$/, '') }];
  });
}

/** A proxy of the environment's is for the servers that the environment names it for; any other is for all. */
function rule(ways: readonly Way[]): (server: string, proxy: string) => boolean {
  const named = new Set(ways.map(({ proxy }) => proxy));
  return (server, proxy) =>
    !named.has(proxy) ||
    ways.some(way => way.proxy === proxy && URL.canParse(server) && way.origin === new URL(server).origin);
}

async function foundKeys(
  service: AccessFacts['service'],
  client: ClientConfiguration | null,
): Promise<PublicKey[]> {
  const paths = unique([...(client?.keyPaths ?? []), service.keysDirectory]);
  const read = await Promise.all(paths.map(readUsable));
  const keys = [...shippedKeys(service.name), ...read.flat()];
  return [...new Map(keys.map(key => [key.fingerprint, key])).values()];
}

/** Nobody named these: what cannot be read is left out. */
async function readUsable(path: string): Promise<PublicKey[]> {
  try {
    return await readPublicKeys([path]);
  } catch (error) {
    if (isJcdsError(error)) return [];
    throw error;
  }
}

async function blacklist(client: ClientConfiguration | null, insecure: boolean): Promise<Blacklist> {
  return client && !insecure ? readBlacklists(client.blacklistFiles) : NO_BLACKLIST;
}

function unique<Item>(items: readonly Item[]): Item[] {
  return [...new Set(items)];
}
