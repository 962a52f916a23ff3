import { commandText } from '../command-text.ts';
import { isJcdsError, JcdsError } from '../errors.ts';
import { safeText } from '../output/safe-text.ts';
import type { FileVersion, Forge, Project } from './forges/forge.ts';
import { NotAWishlistError } from './wishlist/problems.ts';
import type { Wishlist, WishlistFormat } from './wishlist/wishlist.ts';

/** Asked when the list's place is not known; null: none of these. The answer is worth remembering. */
export type ChooseList = (candidates: readonly string[]) => Promise<string | null>;

/** The list's place is neither configured nor chosen. */
export class ListUnknownError extends JcdsError {
  constructor(project: string, configured: string | null, candidates: readonly string[]) {
    const missing = configured === null ? '' : ` (it has no ${safeText(configured, 120)})`;
    const [first] = candidates;
    super({
      code: 'LIST_UNKNOWN',
      message: `it is not known which file of ${safeText(project)} is its list of images${missing}`,
      hint:
        first === undefined
          ? 'ask the operators of the service, then give it with --list-path PATH'
          : `it may be ${candidates.map(path => safeText(path, 80)).join(' or ')}: give it with ${commandText('--list-path', first)}`,
    });
  }
}

/** The sliver of a forge that is needed to read a project's files. */
export type Files = Pick<Forge, 'readFile' | 'listFiles'>;

export interface LocatedList {
  file: FileVersion;
  list: Wishlist;
}

const NAMES = {
  osg: /(?:^|\/)[^./][^/]*\.(?:txt|list|lst)$|^[a-z][^./]*$/,
  cern: /(?:^|\/)[^./][^/]*\.ya?ml$/,
} as const;
const NOT_LISTS =
  /(?:^|\/)(?:readme|license|licence|copying|changelog|contributing|authors|makefile|dockerfile|requirements|codeowners)\b/i;
const READ_LIMIT = 20;

/**
 * The list at the head of a branch: at its known path, else whatever file of the tree reads as one and is chosen. Throws
 * ListUnknownError, NotAWishlistError.
 */
export async function locateList(
  forge: Files,
  project: Project,
  format: WishlistFormat,
  options: { branch: string; path: string | null; choose: ChooseList | null },
): Promise<LocatedList> {
  const { branch, path, choose } = options;
  const known = path === null ? null : await forge.readFile(project, path, branch);
  if (known !== null) return { file: known, list: parseList(format, known) };
  const found = await candidates(forge, project, format, branch);
  const paths = found.map(({ file }) => file.path);
  const chosen = paths.length === 0 || choose === null ? null : await choose(paths);
  const list = found.find(({ file }) => file.path === chosen);
  if (list === undefined) throw new ListUnknownError(project.path, path, paths);
  return list;
}

/** Lists are UTF-8: anything else could not be given back byte for byte. */
export function parseList(format: WishlistFormat, file: FileVersion): Wishlist {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(file.content);
  } catch {
    throw new NotAWishlistError(format.name, 'it is not UTF-8');
  }
  return format.parse(text);
}

async function candidates(
  forge: Files,
  project: Project,
  format: WishlistFormat,
  branch: string,
): Promise<LocatedList[]> {
  const paths = (await forge.listFiles(project, branch))
    .filter(path => NAMES[format.name].test(path) && !NOT_LISTS.test(path) && path === safeText(path))
    .sort((a, b) => rank(format, a) - rank(format, b) || (a < b ? -1 : 1))
    .slice(0, READ_LIMIT);
  const found: LocatedList[] = [];
  for (const path of paths) {
    const file = await forge.readFile(project, path, branch);
    const list = file === null ? null : tryParse(format, file);
    if (file !== null && list !== null && looksMeant(list)) found.push({ file, list });
  }
  return found;
}

function rank(format: WishlistFormat, path: string): number {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return (
    path.split('/').length * 2 - (name === format.usualPath ? 100 : /image|wish|recipe/i.test(name) ? 10 : 0)
  );
}

function tryParse(format: WishlistFormat, file: FileVersion): Wishlist | null {
  try {
    return parseList(format, file);
  } catch (thrown) {
    if (isJcdsError(thrown)) return null;
    throw thrown;
  }
}

/** Prose and word lists parse here and there too: most lines must be images, and at least one must say where it is. */
function looksMeant({ entries, problems }: Wishlist): boolean {
  return entries.some(({ text }) => /[/:]/.test(text)) && problems.length * 4 <= entries.length;
}
