import { isMounted } from '../cvmfs/find-anywhere.ts';
import type { ImageStatus } from './gather.ts';

/** One image of `status --json`: what `resolve --json` says of it, and the revisions. Absent values are null. */
export function statusJson(status: ImageStatus) {
  const { image, publication, findings, freshness, http } = status;
  const reference = image.kind === 'reference' ? image.reference : null;
  const published = publication.state === 'published' ? publication : null;
  const [first] = freshness;
  return {
    schemaVersion: 1,
    reference: reference && {
      registry: reference.registry,
      repository: reference.repository,
      tag: reference.tag,
      digest: reference.digest,
    },
    state: publication.state,
    repository: publication.state === 'missing' ? null : publication.repository,
    path: published?.path ?? null,
    target: published?.target ?? null,
    mounted: isMounted(status),
    verified: http?.verified ?? null,
    reason:
      publication.state === 'unreachable'
        ? publication.reason
        : publication.state === 'missing'
          ? publication.broken
          : null,
    findings,
    http,
    revision: { client: first?.client.revision ?? null, server: first?.server?.revision ?? null },
  };
}
