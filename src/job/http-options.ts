import { resolve } from 'node:path';
import type { Settings } from '../configuration/settings.ts';
import type { Context } from '../context.ts';
import { type HttpWishes, httpCacheDirectory, NetworkForbiddenError } from '../cvmfs/no-mount/http-wishes.ts';
import { UsageError } from '../errors.ts';
import { repositoriesFrom, SERVICES } from '../repositories/index.ts';

/**
 * What a command line and the settings say about looking over HTTP.
 * @throws NetworkForbiddenError, UsageError, InvalidRepositoryNameError, InvalidServiceError
 */
export function httpWishesOf(
  options: Readonly<Record<string, unknown>>,
  settings: Settings,
  { environment, home, cwd }: Pick<Context, 'environment' | 'home' | 'cwd'>,
): HttpWishes {
  const isOnly = options.mount === false;
  if (isOnly && !settings.network) throw new NetworkForbiddenError();
  const keys = texts(options.keys).map(path => resolve(cwd ?? '/', path));
  const insecure = options.insecure === true;
  if (insecure && keys.length > 0)
    throw new UsageError(
      '--keys and --insecure contradict each other',
      'leave out --insecure to have everything verified with these keys',
    );
  const named = typeof options.cacheDir === 'string' ? resolve(cwd ?? '/', options.cacheDir) : null;
  return {
    when: isOnly ? 'only' : settings.network ? 'fallback' : 'never',
    servers: texts(options.server),
    keys,
    insecure,
    forgetRevision: options.forgetRevision === true,
    cacheDirectory: named ?? httpCacheDirectory({ environment, home }),
    isCacheNamed: named !== null,
    readsOrigin: options.checkRegistry === true,
    services: repositoriesFrom(SERVICES, settings.services),
  };
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
