import { isImageRepository, isTag } from '../../image/reference.ts';
import { isRegistryName, looksLikeRegistry, normaliseRegistry } from '../../image/registry.ts';
import type { PathName } from './layout.ts';

/** `a/b:tag` or `a/b:sha256:<hex>` taken apart. */
export interface Entry {
  repository: string;
  tag: string | null;
  digest: string | null;
}

/** Reads the published name of an image; null when it is none. */
export function parseEntry(path: string): Entry | null {
  const colon = path.indexOf(':', path.lastIndexOf('/') + 1);
  if (colon < 0) return null;
  const repository = path.slice(0, colon);
  const end = path.slice(colon + 1);
  if (!isImageRepository(repository)) return null;
  if (/^sha256:[0-9a-f]{64}$/.test(end)) return { repository, tag: null, digest: end };
  return isTag(end) ? { repository, tag: end, digest: null } : null;
}

/** The same behind a registry: `host:5000/a/b:tag`. */
export function parseEntryOfRegistry(path: string): PathName | null {
  const slash = path.indexOf('/');
  const registry = path.slice(0, Math.max(slash, 0));
  if (!looksLikeRegistry(registry) || !isRegistryName(registry)) return null;
  const entry = parseEntry(path.slice(slash + 1));
  return entry && { registry: normaliseRegistry(registry), ...entry };
}

/** Whether a name in a directory is `something:something`, and not hidden. */
export function hasTag(name: string): boolean {
  return !name.startsWith('.') && name.indexOf(':') > 0;
}
