import { join } from 'node:path';
import { cacheDirectory } from '../../cache-directory.ts';
import type { Context } from '../../context.ts';
import { JcdsError } from '../../errors.ts';
import type { Repository } from '../../repositories/index.ts';

/** What the command line and the settings say about looking at repositories over HTTP. Plain data. */
export interface HttpOptions {
  /** `only`: over HTTP whatever is mounted; `fallback`: where nothing is mounted; `never`: the network is forbidden. */
  readonly when: 'only' | 'fallback' | 'never';
  /** URLs, best first; `@fqrn@` stands for the repository's name. Empty: those that are known. */
  readonly servers: readonly string[];
  /** Files and directories of master keys. Empty: those that are known. */
  readonly keys: readonly string[];
  readonly insecure: boolean;
  /** Forget which revision was seen last, once: for a repository that was made anew. */
  readonly forgetRevision: boolean;
  /** Whether proxies are told to ask the server, whatever they keep: for what may have been published a moment ago. */
  readonly isFresh: boolean;
  /** Where what was fetched is kept, absolute. */
  readonly cacheDirectory: string;
  /** Whether the user named that directory. */
  readonly isCacheNamed: boolean;
  /** Whether to read what an image says of its origin also where no answer depends on it. */
  readonly readsOrigin: boolean;
  /** The table of services: servers and keys of each repository. */
  readonly services: readonly Repository[];
}

/** What a look over HTTP is made with where no option says anything about it. */
export function usualHttpOptions(
  { network, services }: { readonly network: boolean; readonly services: readonly Repository[] },
  context: Pick<Context, 'environment' | 'home'>,
): HttpOptions {
  return {
    when: network ? 'fallback' : 'never',
    servers: [],
    keys: [],
    insecure: false,
    forgetRevision: false,
    isFresh: false,
    cacheDirectory: httpCacheDirectory(context),
    isCacheNamed: false,
    readsOrigin: false,
    services,
  };
}

/** What is looked at over HTTP although the settings forbid the network. */
export class NetworkForbiddenError extends JcdsError {
  constructor() {
    super({
      code: 'NETWORK_FORBIDDEN',
      message: '--no-mount looks over HTTP, and the setting "network" forbids jcds the network',
      hint: 'leave out --no-mount, or see where the setting comes from with: jcds config list',
    });
  }
}

/** Whether the user asked for something that only a look over HTTP uses: its mistakes are then the user's to hear of. */
export function isAskedFor(requested: HttpOptions): boolean {
  const { when, servers, keys, insecure, forgetRevision, isCacheNamed } = requested;
  return (
    when === 'only' || servers.length > 0 || keys.length > 0 || insecure || forgetRevision || isCacheNamed
  );
}

/** Where what was fetched is kept unless the user says otherwise. */
export function httpCacheDirectory(context: Pick<Context, 'environment' | 'home'>): string {
  return join(cacheDirectory(context), 'cvmfs');
}
