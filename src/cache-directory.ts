import type { Context } from './context.ts';

/** jcds' own directory for what can be made again: `$XDG_CACHE_HOME/jcds`; a relative variable counts as unset (XDG). */
export function cacheDirectory({ environment, home }: Pick<Context, 'environment' | 'home'>): string {
  return ownBelow(environment.XDG_CACHE_HOME, `${home}/.cache`);
}

/** jcds' own directory below the one that a variable names. Each slash stands once: it is taken apart at them. */
export function ownBelow(named: string | undefined, otherwise: string): string {
  const base = named?.startsWith('/') === true ? named : otherwise;
  return `${base}/jcds`.replace(/\/{2,}/g, '/');
}
