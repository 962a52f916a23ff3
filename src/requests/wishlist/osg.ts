import type { Reference } from '../../image/reference.ts';
import { DOCKER_HUB, looksLikeRegistry, normaliseRegistry } from '../../image/registry.ts';
import { globMatches } from './glob.ts';
import { splitLines } from './lines.ts';
import { DigestNotListableError, MisreadNameError, NotAWishlistError } from './problems.ts';
import {
  type ImageName,
  nearestKin,
  type Place,
  type ProblemKind,
  type Wishlist,
  type WishlistEntry,
  type WishlistFormat,
  type WishlistProblem,
} from './wishlist.ts';

/**
 * `docker_images.txt` of opensciencegrid/cvmfs-singularity-sync, which JINR's service is a copy of:
 * one image a line; blanks around it, empty lines and lines that begin with `#` do not count.
 *
 * A line is split at `/`. One part is `library/PART` on Docker Hub; two parts are on Docker Hub whatever the
 * first looks like; with three or more the first is the registry and the second the namespace. The rest is split
 * at `:`: exactly two pieces are name and tag, anything else silently means `latest`. A tag with `*` is a pattern
 * over the tags that Docker Hub's own interface lists; on other registries it finds nothing.
 * The image is published as NAMESPACE/NAME:TAG: the registry is dropped.
 */
export const osg: WishlistFormat = {
  name: 'osg',
  usualPath: 'docker_images.txt',
  parse,
  entriesIn: lines => [...parse(lines.join('\n').replaceAll('\0', '')).entries],
  entryFor,
  matches: globMatches,
  place,
  publishedPath: ({ repository, tag }) => `${repository}:${tag ?? 'latest'}`,
};

/** What the service takes a line for; the pieces are as written. */
interface Reading {
  registry: string;
  repository: string;
  tag: string;
}

function readLine(text: string): Reading {
  const parts = text.split('/');
  const registry = parts.length > 2 ? parts[0]! : DOCKER_HUB;
  const namespace = parts.length > 2 ? parts[1]! : parts.length === 2 ? parts[0]! : 'library';
  const pieces = parts
    .slice(Math.min(parts.length - 1, 2))
    .join('/')
    .split(':');
  const tag = pieces.length === 2 ? pieces[1]! : 'latest';
  return { registry: normaliseRegistry(registry), repository: `${namespace}/${pieces[0]}`, tag };
}

function describe({ registry, repository, tag }: Reading): string {
  return `${repository}:${tag} ${registry === DOCKER_HUB ? 'on Docker Hub' : `in ${registry}`}`;
}

const COMPONENTS = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const TAG_PATTERN = /^[A-Za-z0-9_.*?[\]!-]{1,255}$/;

/** Why a line is not read as it was meant, or null. */
function problemOf(text: string, reading: Reading): ProblemKind | null {
  const parts = text.split('/');
  if (/[\p{Cc}\p{Cf}\p{Cs}\uFEFF]/u.test(text.replaceAll('\t', ' '))) return 'control-character';
  if (text.includes('#')) return 'trailing-comment';
  if (/\s/.test(text)) return 'blank';
  if (text.includes('://')) return 'scheme';
  if (text.includes('@')) return 'digest';
  const pieces = parts
    .slice(Math.min(parts.length - 1, 2))
    .join('/')
    .split(':');
  if (pieces.length > 2) return 'colons';
  if (parts.length === 2 && looksLikeRegistry(parts[0]!)) return 'registry-as-namespace';
  if (/[*?[]/.test(reading.repository)) return 'wildcard';
  if (!COMPONENTS.test(reading.repository) || (parts.length > 2 && !looksLikeRegistry(parts[0]!)))
    return 'name';
  if (!reading.tag.includes('*')) return TAG.test(reading.tag) ? null : 'tag';
  if (!TAG_PATTERN.test(reading.tag)) return 'tag';
  return reading.registry === DOCKER_HUB ? null : 'wildcard';
}

/** Throws NotAWishlistError for a text that holds NUL, as no list does. */
function parse(text: string): Wishlist {
  if (text.includes('\0')) throw new NotAWishlistError('osg', 'it is not a text');
  const entries: WishlistEntry[] = [];
  const problems: WishlistProblem[] = [];
  const seen = new Set<string>();
  splitLines(text).forEach(({ body }, index) => {
    const line = index + 1;
    const entryText = body.trim();
    // String.trim() takes a byte order mark for a blank; Python's strip() does not.
    if (entryText === '' || (entryText.startsWith('#') && !body.startsWith('\uFEFF'))) return;
    const reading = readLine(entryText);
    const kind = body.startsWith('\uFEFF') ? 'control-character' : problemOf(entryText, reading);
    const key = `${reading.registry}/${reading.repository}:${reading.tag}`;
    if (kind !== null) {
      problems.push({ kind, line, text: entryText, readAs: describe(reading) });
      return;
    }
    if (seen.has(key)) problems.push({ kind: 'duplicate', line, text: entryText, readAs: null });
    seen.add(key);
    entries.push({ ...reading, digest: null, line, text: entryText, wildcard: reading.tag.includes('*') });
  });
  return { text, entries, problems };
}

function entryFor(reference: Reference): string {
  if (reference.digest !== null) throw new DigestNotListableError(reference);
  const { registry, repository } = reference;
  const name =
    registry === DOCKER_HUB ? repository.replace(/^library\/([^/]+)$/, '$1') : `${registry}/${repository}`;
  const entry = `${name}:${reference.tag}`;
  const reading = readLine(entry);
  if (reading.registry !== registry || reading.repository !== repository || reading.tag !== reference.tag)
    throw new MisreadNameError(entry, describe(reading));
  return entry;
}

function place(list: Wishlist, reference: Reference): Place {
  const kin = nearestKin(list, reference satisfies ImageName);
  return { after: kin?.line ?? splitLines(list.text).length, strictly: false, line: entryFor(reference) };
}
