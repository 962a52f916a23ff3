import { resolve } from 'node:path';
import type { CallOptions } from '../call.ts';
import type { Settings } from '../configuration/settings.ts';
import type { Context } from '../context.ts';
import { type HttpOptions, NetworkForbiddenError, usualHttpOptions } from '../cvmfs/no-mount/http-options.ts';
import { UsageError } from '../errors.ts';
import { repositoriesFrom, SERVICES } from '../repositories/index.ts';

/**
 * What a command line and the settings say about looking over HTTP.
 * @throws NetworkForbiddenError, UsageError, InvalidRepositoryNameError, InvalidServiceError
 */
export function httpWishesOf(
  options: CallOptions,
  settings: Settings,
  { environment, home, cwd }: Pick<Context, 'environment' | 'home' | 'cwd'>,
): HttpOptions {
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
  const services = repositoriesFrom(SERVICES, settings.services);
  const usual = usualHttpOptions({ network: settings.network, services }, { environment, home });
  return {
    ...usual,
    ...(isOnly && { when: 'only' }),
    servers: texts(options.server),
    keys,
    insecure,
    forgetRevision: options.forgetRevision === true,
    cacheDirectory: named ?? usual.cacheDirectory,
    isCacheNamed: named !== null,
    readsOrigin: options.checkRegistry === true,
  };
}

/**
 * The words by which another command looks over HTTP in the same way; null: it must not, since nothing would be verified.
 * @param cwd what relative paths count from
 */
export function httpWords(options: CallOptions, cwd: string | null): readonly string[] | null {
  if (options.insecure === true) return null;
  const { cacheDir } = options;
  const path = (name: string): string => resolve(cwd ?? '/', name);
  return [
    ...(options.mount === false ? ['--no-mount'] : []),
    ...texts(options.server).flatMap(server => ['--server', server]),
    ...texts(options.keys).flatMap(keys => ['--keys', path(keys)]),
    ...(typeof cacheDir === 'string' ? ['--cache-dir', path(cacheDir)] : []),
  ];
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
