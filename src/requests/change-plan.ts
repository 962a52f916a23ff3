import type { Reference } from '../image/reference.ts';
import type { Wishlist as WishlistPlace } from '../repositories/repository.ts';
import { branchName } from './branch-name.ts';
import type { Forge, Project } from './forges/forge.ts';
import { type ChooseList, type LocatedList, locateList } from './locate-list.ts';
import { describeDiff } from './wishlist/diff.ts';
import { type Addition, addImage } from './wishlist/find.ts';
import { WISHLIST_FORMATS } from './wishlist/index.ts';
import { CollisionError } from './wishlist/problems.ts';
import type { Found, WishlistFormat } from './wishlist/wishlist.ts';

/** What is asked for, of whom. */
export interface Wish {
  forge: Pick<Forge, 'host' | 'readFile' | 'listFiles'>;
  /** Where the list is, as the repository's row or the user says. */
  place: Pick<WishlistPlace, 'project' | 'branch' | 'path' | 'format'>;
  reference: Reference;
  /** Whether an entry of another registry at the same place is accepted. */
  acceptCollisions?: boolean;
  choose?: ChooseList;
}

/** The one line, and where it goes. The texts come from the image's name and are safe, but for `diff`, which is made so. */
export interface ProposedChange {
  /** The path of the list: worth remembering when it was not configured. */
  path: string;
  entry: string;
  line: string;
  lineNumber: number;
  diff: string;
}

/** Everything that follows from the list as it is now. */
export interface ChangePlan {
  project: Project;
  /** The branch that the list is on. */
  target: string;
  format: WishlistFormat;
  located: LocatedList;
  addition: Addition;
  /** The branch of the request. */
  branch: string;
  change: ProposedChange;
}

/** Reads the list. Throws what locateList and addImage throw, and CollisionError. */
export async function makeChangePlan(
  wish: Wish,
  project: Project,
): Promise<ChangePlan | { found: Found; path: string }> {
  const { forge, place, reference, choose = null, acceptCollisions = false } = wish;
  const format: WishlistFormat = WISHLIST_FORMATS[place.format];
  const target = place.branch ?? project.defaultBranch;
  const located = await locateList(forge, project, format, { branch: target, path: place.path, choose });
  const { path } = located.file;
  const addition = addImage(format, located.list, reference);
  if (addition.state === 'present') return { found: addition.found, path };
  const { entry, line, lineNumber, collisions } = addition;
  if (collisions.length > 0 && !acceptCollisions) throw new CollisionError(entry, collisions);
  const branch = branchName({ host: forge.host, project: project.path, path }, entry);
  const change = { path, entry, line, lineNumber, diff: describeDiff(path, addition) };
  return { project, target, format, located, addition, branch, change };
}
