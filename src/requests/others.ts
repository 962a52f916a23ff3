import type { Reference } from '../image/reference.ts';
import type { Forge, ForgeRequest, Project } from './forges/forge.ts';
import { mentions } from './mentions.ts';
import { findImage } from './wishlist/find.ts';
import type { WishlistFormat } from './wishlist/wishlist.ts';

/** Where open requests are looked for, and in which file. */
export interface OpenPlace {
  readonly forge: Pick<Forge, 'openRequests' | 'linesAdded'>;
  readonly project: Project;
  /** The branch that the list is on. */
  readonly target: string;
  /** null: not known, and every file of a request is read as the list. */
  readonly path: string | null;
  readonly format: WishlistFormat;
  /** Whether the server knows who asks: strangers have small quotas. */
  readonly isKnown: boolean;
}

/** Most open requests that are looked at, and most of them whose changes are read. */
const MOST = 100;
const MOST_READ = { known: 50, stranger: 10 } as const;
/** Changes read at the same time. */
const AT_ONCE = 4;

/** An open request, and whether it adds an image. */
export interface OpenAddition {
  readonly request: ForgeRequest;
  adds(reference: Reference, entry: string): boolean;
}

/**
 * The open requests by what they add to the list, the most promising first: those whose words name `entry`, then the newest. What a
 * request says of itself decides only where its changes are not shown, or are too many to be read. Bounded. Throws the failures of the forge.
 */
export async function* openAdditions(place: OpenPlace, entry: string | null): AsyncGenerator<OpenAddition> {
  const requests = await place.forge.openRequests(place.project, place.target, MOST);
  const named = requests.filter(request => entry !== null && isNamed(request, entry));
  const ordered = [...named, ...requests.filter(request => !named.includes(request))];
  const most = place.isKnown ? MOST_READ.known : MOST_READ.stranger;
  for (let at = 0; at < ordered.length; at += AT_ONCE)
    yield* await Promise.all(
      ordered.slice(at, at + AT_ONCE).map((request, index) => additionOf(place, request, at + index < most)),
    );
}

async function additionOf(
  { forge, project, path, format }: OpenPlace,
  request: ForgeRequest,
  isRead: boolean,
): Promise<OpenAddition> {
  const lines = isRead ? await forge.linesAdded(project, request, path) : null;
  if (lines === null) return { request, adds: (_reference, entry) => isNamed(request, entry) };
  const entries = format.entriesIn(lines);
  const list = { text: '', entries, problems: [] };
  return { request, adds: reference => findImage(format, list, reference) !== null };
}

function isNamed({ title, description }: ForgeRequest, entry: string): boolean {
  return mentions(entry, title, description);
}
