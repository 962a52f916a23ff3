import { JcdsError } from '../errors.ts';
import { isLoopback } from '../http/this-host.ts';
import { DOCKER_HUB, normaliseRegistry } from '../image/registry.ts';

/** Docker Hub is called `docker.io` and lives elsewhere. */
const DOCKER_HUB_HOST = 'registry-1.docker.io';

/** What a registry is called, and where it answers. */
export interface RegistryAddress {
  /** As a normalised reference has it: `docker.io`, `git.jinr.ru:5005`. */
  readonly name: string;
  /** Scheme, host and port: `https://registry-1.docker.io/`. */
  readonly origin: URL;
}

/** A name that the reference grammar lets pass and that is no address: port 99999, `[::::]`. */
export class NoRegistryAddressError extends JcdsError {
  constructor(name: string) {
    super({
      code: 'INVALID_REGISTRY',
      message: `"${name}" is not the address of a registry`,
      hint: 'a registry is HOST or HOST:PORT, with a port of at most 65535',
    });
  }
}

/**
 * Where a registry answers: by https, and by plain http only on a loopback address or when its name (with its
 * port) is among `insecure`. `name` is a registry that the reference grammar let pass. Throws NoRegistryAddressError.
 */
export function registryAddress(name: string, insecure: readonly string[] = []): RegistryAddress {
  const normalised = normaliseRegistry(name);
  const host = normalised === DOCKER_HUB ? DOCKER_HUB_HOST : normalised;
  if (!URL.canParse(`https://${host}/`)) throw new NoRegistryAddressError(name);
  const secure = new URL(`https://${host}/`);
  const plain = isLoopback(secure.hostname) || insecure.includes(normalised);
  return { name: normalised, origin: plain ? new URL(`http://${host}/`) : secure };
}
