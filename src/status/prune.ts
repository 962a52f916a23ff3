import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { commandText } from '../command-text.ts';
import { JcdsError } from '../errors.ts';
import { ifOwnDirectory } from '../files/own-directory.ts';
import { fileTrouble } from '../files/refused-file.ts';
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

/** jcds' own cache that is not this user's alone: what lies in it is not touched. */
export class ForeignCacheError extends JcdsError {
  constructor(directory: string, reason: string) {
    super({
      code: 'CACHE_NOT_YOURS',
      message: `nothing was removed from ${directory}: ${reason}`,
      hint: `look where HOME and XDG_CACHE_HOME lead: ${commandText('ls', '-ld', directory)}`,
    });
  }
}

/** A part of the cache that cannot be removed. */
export class CacheRemovalError extends JcdsError {
  constructor(path: string, cause: unknown) {
    super({
      code: 'CACHE_NOT_REMOVED',
      message: `${path} cannot be removed (${fileTrouble(cause) ?? 'unknown error'})`,
      hint: `look at its permissions: ${commandText('ls', '-la', path)}`,
      cause,
    });
  }
}

/**
 * Empties jcds' own cache. Links in it are removed, never followed; a link in its own place is no cache of jcds.
 * @throws ForeignCacheError, CacheRemovalError
 */
export function pruneOwnCache(
  { directory }: LocalCache,
  uid: number,
  size: DirectorySize,
  isDry: boolean,
): Pruned {
  const names = within(directory, uid, held => {
    const found = readdirSync(held).filter(name => !KEPT.has(name));
    if (!isDry) for (const name of found) remove(held, directory, name);
    return found;
  });
  const parts = size.state === 'measured' ? size.parts : null;
  const bytes = parts === null ? null : names.reduce((sum, name) => sum + (parts[name] ?? 0), 0);
  return { names, bytes };
}

function within(directory: string, uid: number, use: (held: string) => string[]): readonly string[] {
  try {
    return ifOwnDirectory({ base: directory, names: [], uid }, use) ?? [];
  } catch (thrown) {
    const reason = fileTrouble(thrown);
    if (reason === null) throw thrown;
    throw new ForeignCacheError(directory, reason);
  }
}

function remove(held: string, directory: string, name: string): void {
  try {
    rmSync(join(held, name), { recursive: true, force: true });
  } catch (cause) {
    throw new CacheRemovalError(join(directory, name), cause);
  }
}
