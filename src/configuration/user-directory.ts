import { realpathSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import type { Context } from '../context.ts';

/** `$XDG_CONFIG_HOME/jcds`; a relative variable counts as unset (XDG). */
export function userDirectory({ environment, home }: Pick<Context, 'environment' | 'home'>): string {
  const base = environment.XDG_CONFIG_HOME;
  return join(base !== undefined && isAbsolute(base) ? base : join(home, '.config'), 'jcds');
}

/** `$XDG_CONFIG_HOME/jcds/config.json`. */
export function userFile(context: Pick<Context, 'environment' | 'home'>): string {
  return join(userDirectory(context), 'config.json');
}

/** Where the directory really lies: people keep it in a repository and link it. Its own path where it is not there yet. */
export function realUserDirectory(context: Pick<Context, 'environment' | 'home'>): string {
  return realPathOf(userDirectory(context));
}

/** Without its links; what does not exist leads nowhere else. */
export function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path === dirname(path) ? path : join(realPathOf(dirname(path)), path.slice(dirname(path).length));
  }
}
