import { isMounted, type SeenImage } from '../cvmfs/find-anywhere.ts';
import type { ImageName } from '../cvmfs/look-question.ts';
import type { Finding } from '../cvmfs/origin.ts';
import { brokenError, type Publication } from '../cvmfs/publication.ts';
import { SCHEMA_VERSION } from '../schema-version.ts';

/** A value, or in one sentence why it is not known. */
export type Known<T> = { readonly value: T } | { readonly reason: string };

/** What is told of an image beside what was seen of it. */
export interface ToldBeside {
  readonly findings: readonly Finding[];
  /** Whether what this host shows is the newest revision of the servers. */
  readonly newest: Known<boolean>;
  /** What its registry says of it. */
  readonly registry: Known<{ readonly state: string; readonly evidence: string }>;
  /** Its local copy; absent: none was looked for. */
  readonly local?: Known<LocalCopy>;
}

/** A local copy of an image. */
export interface LocalCopy {
  /** By its readable name. */
  readonly path: string;
  readonly digest: string;
  /** ISO 8601; null: not known. */
  readonly made: string | null;
}

type Seen = Pick<SeenImage, 'publication' | 'overHttp' | 'http'>;

const NOT_LOOKED_FOR: Known<LocalCopy> = { reason: 'not looked for: jcds status' };

/**
 * The object of `resolve --json` and of each image in `status --json`. Absent values are null; of newest, local and registry
 * `reasons` says why.
 */
export function publicationJson(
  image: ImageName,
  seen: Seen,
  { findings, newest, registry, local = NOT_LOOKED_FOR }: ToldBeside,
) {
  const { publication, http } = seen;
  const reference = image.kind === 'reference' ? image.reference : null;
  const published = publication.state === 'published' ? publication : null;
  return {
    schemaVersion: SCHEMA_VERSION,
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
    mounted: isMounted(seen),
    verified: http?.verified ?? null,
    reason: reasonOf(publication),
    newest: orNull(newest),
    local: orNull(local),
    registry: orNull(registry),
    reasons: {
      ...reasonIn('newest', newest),
      ...reasonIn('local', local),
      ...reasonIn('registry', registry),
    },
    findings,
    http,
  };
}

/** Why there is no usable image, in one form: `code`, `detail`, `hint`. Simply not published needs no reason. */
function reasonOf(publication: Publication): { code: string; detail: string; hint: string | null } | null {
  if (publication.state === 'unreachable') return publication.reason;
  if (publication.state !== 'broken') return null;
  const { message, hint } = brokenError(publication.entry);
  return { code: publication.entry.why, detail: message, hint: hint ?? null };
}

function orNull<T>(known: Known<T>): T | null {
  return 'value' in known ? known.value : null;
}

function reasonIn<Name extends string>(name: Name, known: Known<unknown>): Partial<Record<Name, string>> {
  return 'reason' in known ? ({ [name]: known.reason } as Record<Name, string>) : {};
}
