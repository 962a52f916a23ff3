import { existsSync } from 'node:fs';
import { toBytes } from '../launch/bytes.ts';
import { isAtOrBelow } from './image-paths.ts';
import { PlaceError, RootTree } from './root-tree.ts';
import type { RunRequest } from './runtime.ts';
import type { Place } from './shown.ts';

/** A place that jcds itself names to a runtime which makes what is missing, also on the host. */
interface Lead {
  readonly path: string;
  /** Where the image's links lead, and whether any does. */
  readonly at: string;
  readonly isLinked: boolean;
  /** What would be made on the host, which the image's publisher would choose; null: nothing. */
  readonly above: string | null;
  /** Its links go round, or a file is on the way. */
  readonly refusal?: PlaceError;
}

/** What is shown so far: by its real place in the image. */
interface Covering {
  readonly at: string;
  readonly asked: string;
  /** null: nothing of the host. */
  readonly source: string | null;
  readonly isOwn: boolean;
}

interface Survey {
  readonly covering: readonly Covering[];
  readonly leads: readonly Lead[];
  readonly missingListings: readonly string[];
}

/** Where /tmp really is in the image. null: in what is shown of the host, or in the place of something else that is shown. */
export function placeOfTmp(request: RunRequest): string | null {
  const { leads, covering } = survey(request, []);
  const { at, isLinked, above } = leads.find(({ path }) => path === '/tmp')!;
  const isTaken = covering.some(
    one => isAtOrBelow(at, one.at) && (at === one.at ? !one.isOwn : one.source !== null),
  );
  return at === '/' || above !== null || (isLinked && isTaken) ? null : at;
}

/**
 * Refuses an image whose links lead a place that nobody asked for to something which would have to be made on the host.
 * @param files what jcds adds besides what is shown
 * @throws PlaceError
 */
export function checkUnasked(request: RunRequest, files: readonly string[]): void {
  for (const { path, at, above, refusal } of survey(request, files).leads)
    if (path !== '/tmp' && above !== null)
      throw (
        refusal ??
        new PlaceError(
          path,
          `a link of the image leads to ${at}, and nothing is there in what is shown at ${above}`,
        )
      );
}

/** The image's directories that have to be listed to know it. @param files as for checkUnasked */
export function listingsForUnasked(request: RunRequest, files: readonly string[]): readonly string[] {
  return request.image.facts === null ? [] : survey(request, files).missingListings;
}

/** Where links are met, the places of every job's own directories are looked up, too: the image may have moved them. */
function survey(request: RunRequest, files: readonly string[]): Survey {
  const first = surveyOnce(request, files, false);
  return first.leads.some(({ isLinked }) => isLinked) ? surveyOnce(request, files, true) : first;
}

function surveyOnce({ image, shown }: RunRequest, files: readonly string[], isExact: boolean): Survey {
  const tree = new RootTree(image.facts?.directories ?? {});
  const covering: Covering[] = [];
  const leads: Lead[] = [];
  const look = (path: string) => leads.push(leadOf(path, covering, tree));
  for (const place of shown.places) {
    const { at: asked, origin, content } = place;
    if (origin === 'default') look(asked);
    const source = sourceOf(content);
    if (source === undefined) continue;
    const at = origin === 'jcds' && !isExact ? asked : findIn(tree, asked);
    covering.push({ at, asked, source, isOwn: origin === 'jcds' });
    tree.cover(at);
  }
  for (const path of ['/tmp', ...files]) look(path);
  return { covering, leads, missingListings: [...tree.missingListings] };
}

/** undefined: it hides nothing that a link could lead to. */
function sourceOf(content: Place['content']): string | null | undefined {
  if (content.kind === 'host') return content.source;
  if (content.kind === 'devices' && content.all) return '/dev';
  return content.kind === 'copy' || content.kind === 'accounts' ? undefined : null;
}

function findIn(tree: RootTree, path: string): string {
  try {
    return tree.find(path).at;
  } catch (thrown) {
    if (thrown instanceof PlaceError) return path; // the user's own: Apptainer says what is wrong with it
    throw thrown;
  }
}

function leadOf(path: string, covering: readonly Covering[], tree: RootTree): Lead {
  let at: string;
  try {
    ({ at } = tree.find(path));
  } catch (thrown) {
    if (thrown instanceof PlaceError) return { path, at: path, isLinked: true, above: path, refusal: thrown };
    throw thrown;
  }
  const over = covering.findLast(one => at !== one.at && isAtOrBelow(at, one.at));
  // What the user's own words put there is no matter of the image.
  const own = over === undefined ? path : `${over.asked}${at.slice(over.at.length)}`;
  const isLinked = own !== path || (over === undefined && at !== path);
  return { path, at, isLinked, above: isLinked ? hostAbove(at, over) : null };
}

/** What is shown of the host above a place that is missing there. */
function hostAbove(at: string, over: Covering | undefined): string | null {
  if (over === undefined || over.source === null) return null;
  return existsSync(toBytes(`${over.source}${at.slice(over.at.length)}`)) ? null : over.at;
}
