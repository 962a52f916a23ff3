import type { Context } from './context.ts';

/** jcds' own directory for what can be made again: `$XDG_CACHE_HOME/jcds`; a relative variable counts as unset (XDG). */
export function cacheDirectory({ environment, home }: Pick<Context, 'environment' | 'home'>): string {
  const named = environment.XDG_CACHE_HOME;
  return `${named?.startsWith('/') === true ? named : `${home}/.cache`}/jcds`;
}
