import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, JcdsError } from '../errors.ts';
import { safeText } from '../output/safe-text.ts';
import type { DirectorySize } from './directory-size.ts';
import type { LocalCache } from './local-caches.ts';

/** TAB reads it and never makes it anew: it goes with `jcds completion uninstall`. */
const KEPT: ReadonlySet<string> = new Set(['completion']);

/** What was removed, or would be. */
export interface Pruned {
  readonly names: readonly string[];
  /** The room that it took; null: that is not known. */
  readonly bytes: number | null;
}

/** jcds' own cache that is somebody else's: what lies in it is not touched. */
export class ForeignCacheError extends JcdsError {
  constructor(directory: string) {
    super({
      code: 'CACHE_NOT_YOURS',
      message: `${safeText(directory)} belongs to another account, so nothing in it was removed`,
      hint: 'look where XDG_CACHE_HOME leads',
      exitCode: EXIT.no,
    });
  }
}

/** A part of the cache that cannot be removed. */
export class CacheRemovalError extends JcdsError {
  constructor(path: string, cause: unknown) {
    const errno = (cause as NodeJS.ErrnoException).code ?? 'an unknown error';
    super({
      code: 'CACHE_NOT_REMOVED',
      message: `${safeText(path)} cannot be removed (${errno})`,
      hint: `look at its permissions: ls -la ${safeText(path)}`,
      exitCode: EXIT.no,
      cause,
    });
  }
}

/**
 * Empties jcds' own cache. Links in it are removed, never followed.
 * @throws ForeignCacheError, CacheRemovalError
 */
export function pruneOwnCache(
  { directory }: LocalCache,
  uid: number,
  size: DirectorySize,
  isDry: boolean,
): Pruned {
  const owner = statSync(directory, { throwIfNoEntry: false })?.uid;
  if (owner !== undefined && owner !== uid) throw new ForeignCacheError(directory);
  const names = listed(directory).filter(name => !KEPT.has(name));
  if (!isDry) for (const name of names) remove(join(directory, name));
  const parts = size.state === 'measured' ? size.parts : null;
  const bytes = parts === null ? null : names.reduce((sum, name) => sum + (parts[name] ?? 0), 0);
  return { names, bytes };
}

function remove(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (cause) {
    throw new CacheRemovalError(path, cause);
  }
}

function listed(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
