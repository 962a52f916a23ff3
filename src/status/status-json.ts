import type { ImageStatus } from './gather.ts';
import { newestOf } from './newest.ts';
import { type Known, publicationJson } from './publication-json.ts';

/** One image of `status --json`: what `resolve --json` says of it, and the revisions. */
export function statusJson(status: ImageStatus) {
  const { image, findings, freshness, upstream, local } = status;
  const registry: Known<{ state: string; evidence: string }> =
    upstream === null
      ? { reason: 'not asked: jcds status --check-registry' }
      : { value: { state: upstream.state, evidence: upstream.evidence } };
  const told = publicationJson(image, status, { findings, newest: newestOf(status), registry, local });
  const [first] = freshness;
  return {
    ...told,
    revision: {
      client: first?.client.revision ?? null,
      server: first?.server?.revision ?? null,
      reason:
        first === undefined || first.server === null ? (first?.sentence ?? 'no repository was asked') : null,
    },
  };
}
