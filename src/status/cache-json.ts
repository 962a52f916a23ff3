import { SCHEMA_VERSION } from '../schema-version.ts';
import type { CacheReport, MeasuredCache } from './cache-report.ts';

/** The report for programs: bytes, minutes and percent as numbers; null is not known. */
export function cacheJson({ root, repositories, runtimes, own, store }: CacheReport) {
  return {
    schemaVersion: SCHEMA_VERSION,
    root,
    repositories: repositories.map(({ repository, isClients, quota, used, pinned, traffic, unknown }) => ({
      repository,
      client: isClients,
      quota,
      used,
      pinned,
      hitRate: traffic.hitRate,
      downloaded: traffic.received,
      downloads: traffic.downloads,
      uptimeMinutes: traffic.uptimeMinutes,
      cleanups24h: traffic.cleanups,
      inputOutputErrors: traffic.inputOutputErrors,
      unknown,
    })),
    runtimes: runtimes.map(localJson),
    jcds: localJson(own),
    store: localJson(store),
  };
}

function localJson({ name, directory, size }: MeasuredCache) {
  const measured = size.state === 'measured' ? size : null;
  return {
    name,
    directory,
    bytes: size.state === 'absent' ? 0 : (measured?.bytes ?? null),
    whole: measured?.isWhole ?? size.state === 'absent',
    parts: measured?.parts ?? null,
  };
}
