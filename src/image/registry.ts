/**
 * Registry names, by distribution/reference: `host[:port]`, the host a domain name (IPv4 included) or an
 * IPv6 address in brackets. The first part of a name is a registry when it is `localhost` or holds
 * a `.`, a `:` or an upper-case letter; otherwise it belongs to a repository on Docker Hub.
 */
const REGISTRY =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?$/;

/** Docker Hub's name in references. */
export const DOCKER_HUB = 'docker.io';

/** Other hosts of Docker Hub; CERN's publications use the third. */
const HUB_ALIASES: ReadonlySet<string> = new Set([
  'docker.io',
  'index.docker.io',
  'registry.hub.docker.com',
  'registry-1.docker.io',
]);

/** Whether a text has the form of a registry's name. */
export function isRegistryName(text: string): boolean {
  return REGISTRY.test(text);
}

/** Whether the first part of a name stands for a registry (it may still be a malformed one). */
export function looksLikeRegistry(firstPart: string): boolean {
  return firstPart === 'localhost' || /[.:]/.test(firstPart) || firstPart !== firstPart.toLowerCase();
}

/**
 * One name for one registry: Docker Hub's aliases become `docker.io`, and host names, which have no case,
 * lower-case. A host that only its upper-case letter shows to be one (`Foo/bar`) keeps it.
 */
export function normaliseRegistry(registry: string): string {
  const name = /[.:]/.test(registry) ? registry.toLowerCase() : registry;
  return HUB_ALIASES.has(name) ? DOCKER_HUB : name;
}
