import { commandText } from '../command-text.ts';
import type { SeenImage } from '../cvmfs/find-anywhere.ts';
import type { Freshness } from '../cvmfs/freshness.ts';
import type { ImageName } from '../cvmfs/look-question.ts';
import type { Finding } from '../cvmfs/origin.ts';
import {
  type BrokenEntry,
  brokenError,
  type Publication,
  type Published,
  UnreadableImageError,
} from '../cvmfs/publication.ts';
import type { UnreachableReason } from '../cvmfs/unreachable.ts';
import { type Defect, defects } from '../rootfs/usability.ts';
import type { UpstreamAnswer } from './upstream.ts';

/** Everything that was gathered about one image; `facts` are null for an image file, over HTTP, and where it is not published. */
export interface Gathered extends SeenImage {
  /** As typed, for hints. */
  readonly name: string;
  readonly image: ImageName;
  /** What can be said of whether it is the image that was asked for; none, where it is not published. */
  readonly identity: readonly Finding[];
  /** Of each repository that was looked at for it. */
  readonly freshness: readonly Freshness[];
  /** What the signed repository says of an image that this host's client, being behind, does not show; null: not asked. */
  readonly witness: SeenImage | null;
  /** Whether it is missing in directories of this host alone, which no client serves. */
  readonly isLocal: boolean;
  /** null: the registry was not asked. */
  readonly upstream: UpstreamAnswer | null;
  /** Paths in the image that this user may not read. */
  readonly unreadable: readonly string[];
  /** Those that this host runs, its own first. */
  readonly architectures: readonly string[];
}

/** What there is to know about an image beside its state, each with its evidence and what to do. Pure. */
export function findingsOf(gathered: Gathered): readonly Finding[] {
  const { publication } = gathered;
  switch (publication.state) {
    case 'published':
      return publishedFindings(publication, gathered);
    case 'missing':
      return [...staleClients(gathered), ...removed(gathered)];
    case 'broken':
      return [brokenEntry(publication.entry)];
    case 'unreachable':
      return [];
    default:
      return publication satisfies never;
  }
}

function publishedFindings(published: Published, gathered: Gathered): readonly Finding[] {
  return [
    ...identified(gathered),
    ...removedSince(published, gathered),
    ...broken(published, gathered),
    ...outdated(published, gathered),
    ...removed(gathered),
  ];
}

function broken(published: Published, { facts, unread, architectures, unreadable }: Gathered): Finding[] {
  if (unread !== null) return [closed(published, unread)];
  const found = facts === null ? unreadableFile(unreadable) : defects(facts, architectures, unreadable);
  return found.map(({ message, evidence, hint }) => ({ code: 'broken-image', message, evidence, hint }));
}

function closed(published: Published, unread: UnreachableReason): Finding {
  const { message, hint } = new UnreadableImageError(published, unread);
  return { code: 'broken-image', message, evidence: unread.detail, hint: hint ?? '' };
}

/** What the registry has confirmed needs no proof by the layout and no record; what could not be read has no record. */
function identified({ name, identity, unread, upstream }: Gathered): readonly Finding[] {
  const isProven = upstream?.state === 'current';
  return identity
    .filter(({ code }) => code === 'platform-mismatch' || !isProven)
    .filter(({ code }) => code !== 'ambiguous-registry' || unread === null)
    .map(finding => (upstream === null ? finding : asked(finding, upstream, name)));
}

/** What the registry's answer makes of a finding that told to ask it: its next step is another one then. */
function asked(finding: Finding, upstream: UpstreamAnswer, name: string): Finding {
  if (finding.code !== 'digest-unproven' && finding.code !== 'ambiguous-registry') return finding;
  if (finding.code === 'digest-unproven' && upstream.state === 'outdated')
    return {
      ...finding,
      message: 'what is published under this name is another image than the digest names',
      evidence: upstream.evidence,
      hint: 'ask for the tag alone, or for the image with this digest to be published',
    };
  const hint = `the registry does not confirm it: see what is inside with: ${commandText('jcds', 'exec', name, 'cat', '/etc/os-release')}`;
  return { ...finding, hint: upstream.hint ?? hint };
}

/** A published image that differs from what a digest names is none that became old. */
function outdated(published: Published, { name, image, upstream }: Gathered): readonly Finding[] {
  if (upstream?.state !== 'outdated') return [];
  if (image.kind === 'reference' && image.reference.digest !== null) return [];
  return [
    {
      code: 'outdated',
      message: `the registry has another image under this name than ${published.repository}`,
      evidence: upstream.evidence,
      hint: `the service takes it over at one of its next rounds, hours as a rule; look again with: ${commandText('jcds', 'status', '--check-registry', name)}`,
    },
  ];
}

function removed({ name, publication, upstream }: Gathered): readonly Finding[] {
  if (upstream?.state !== 'removed') return [];
  const isPublished = publication.state === 'published';
  return [
    {
      code: 'removed-upstream',
      message: isPublished
        ? 'the registry no longer has it: it is not updated any more, and may go from here too'
        : 'its registry does not have it either',
      evidence: upstream.evidence,
      hint: isPublished
        ? `keep to its real directory while it is there: ${commandText('jcds', 'resolve', '--pinned', name)}`
        : `check the name; what is published is shown by: jcds list`,
    },
  ];
}

/** Missing here, where a server is ahead: the signed repository knows whether it is there; where that cannot be seen, it may be. */
function staleClients({ name, freshness, witness }: Gathered): readonly Finding[] {
  const seen = witness?.publication ?? null;
  return freshness
    .filter(({ standing }) => standing === 'behind')
    .filter(({ repository }) => seen?.state !== 'missing' && isOrMayBeIn(repository, seen))
    .map(({ repository, sentence, client, server }) => ({
      code: 'stale-client',
      message: `${seen?.state === 'published' ? 'it is' : 'it may be'} published in ${repository} already: ${sentence}${expiry(seen)}`,
      evidence: `mounted here is revision ${client.revision} (${client.rootHash ?? 'root hash not told'}), ${server?.server} has revision ${server?.revision} (${server?.rootHash})${publishedAt(server?.publishedAt ?? null)}${witnessText(witness)}`,
      hint:
        expiryHint(seen) ??
        `wait until it is visible here: ${commandText('jcds', 'wait', name)}; root can hasten it: ${commandText('cvmfs_talk', '-i', repository, 'remount', 'sync')}`,
      verified: witness?.http?.verified ?? false,
    }));
}

/** No client takes a newer revision that its whitelist no longer vouches for, however long one waits. */
function expiredReason(seen: Publication | null): UnreachableReason | null {
  return seen?.state === 'unreachable' && seen.reason.isExpired === true ? seen.reason : null;
}

function expiry(seen: Publication | null): string {
  const reason = expiredReason(seen);
  return reason === null ? '' : `; but no client takes it, since ${reason.detail}`;
}

function expiryHint(seen: Publication | null): string | null {
  return expiredReason(seen)?.hint ?? null;
}

/** Still here, where a server has a newer revision without it. */
function removedSince({ repository }: Published, { witness, freshness }: Gathered): readonly Finding[] {
  if (witness?.publication.state !== 'missing') return [];
  return freshness
    .filter(one => one.repository === repository && one.server !== null)
    .map(({ sentence, server }) => ({
      code: 'removed',
      message: `it was removed in revision ${witness.http?.revision} or before, and goes from here too: ${sentence}`,
      evidence: `${server!.server} has revision ${server!.revision} (${server!.rootHash}), which has no such name`,
      hint: 'start no long job with it; ask the people who run the repository why it was removed',
      verified: witness.http?.verified ?? false,
    }));
}

function isOrMayBeIn(repository: string, seen: Publication | null): boolean {
  return seen?.state !== 'published' || seen.repository === repository;
}

/** What the signed repository said, as the end of the evidence. */
function witnessText(witness: SeenImage | null): string {
  if (witness === null) return '';
  const { publication, http } = witness;
  if (publication.state === 'unreachable') return `; not verified: ${publication.reason.detail}`;
  return publication.state === 'published'
    ? `; in revision ${http?.revision} it leads to ${publication.target}`
    : '';
}

function publishedAt(milliseconds: number | null): string {
  const date = new Date(milliseconds ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? '' : `, published at ${date.toISOString()}`;
}

function brokenEntry(entry: BrokenEntry): Finding {
  const { message, hint } = brokenError(entry);
  return { code: 'broken-image', message, evidence: `${entry.path} -> ${entry.target}`, hint: hint ?? '' };
}

function unreadableFile(unreadable: readonly string[]): readonly Omit<Defect, 'part'>[] {
  if (unreadable.length === 0) return [];
  return [
    {
      message: 'the image file may not be read by you',
      evidence: 'no permission to read it',
      hint: 'tell the people who run the repository: an image file must be readable by all',
    },
  ];
}
