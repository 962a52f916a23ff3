import { candidatesOf, lowerCaseTwin } from '../candidates.ts';
import type { SeenImage } from '../find-anywhere.ts';
import type { ImageName, RepositoryRow } from '../look-question.ts';
import type { BrokenEntry, LookedAt, Publication } from '../publication.ts';
import { type Followed, followOverHttp, type LinkedRepository } from './follow-links.ts';
import { isImageFile, readArchitecture, readOrigin } from './image-content.ts';
import type { HttpRepository } from './open-over-http.ts';
import { guarded } from './unseen.ts';

/** A publication over HTTP, and what of the image was read because an answer depends on it. */
export type FoundOverHttp = Pick<SeenImage, 'publication' | 'origin' | 'architecture'>;

/** What an image is looked for with. */
export interface FindQuestion {
  readonly image: ImageName;
  /** In the order of the search. */
  readonly rows: readonly RepositoryRow[];
  /** The CVMFS root in use. */
  readonly root: string;
  /** Whether to read the image's record also where no answer depends on it. */
  readonly readsOrigin: boolean;
  open(row: RepositoryRow): Promise<HttpRepository>;
}

/** Looks as the careful look does on a mount: candidate by candidate, links by the rule of the repositories. Throws Unseen. */
export async function findOverHttp(question: FindQuestion): Promise<FoundOverHttp> {
  const { image, rows, root, open } = question;
  const looked: LookedAt[] = [];
  for (const row of image.kind === 'place' ? [rowOf(image.place.repository, rows)] : rows) {
    const opened = await open(row);
    for (const entryPath of candidatesOf(image, opened.layout)) {
      const found = await lookAt({ ...question, opened, entryPath });
      if (found !== null) return found;
      looked.push({ repository: row.name, path: `${root}/${row.name}/${entryPath}` });
    }
  }
  const twin = lowerCaseTwin(image);
  const there = twin === null ? null : await findOverHttp({ ...question, image: twin.image });
  const meant = there?.publication.state === 'published' ? { meant: twin!.name } : {};
  return { publication: { state: 'missing', looked, ...meant }, origin: null, architecture: null };
}

function rowOf(name: string, rows: readonly RepositoryRow[]): RepositoryRow {
  return rows.find(row => row.name === name) ?? { name, layout: 'detect', allowedLinkTargets: [] };
}

interface Place extends FindQuestion {
  readonly opened: HttpRepository;
  readonly entryPath: string;
}

/** null: nothing there. */
async function lookAt(place: Place): Promise<FoundOverHttp | null> {
  const { root, rows, opened, entryPath, open } = place;
  const openNamed = async (name: string): Promise<LinkedRepository> =>
    linkedOf(await open(rowOf(name, rows)));
  const followed = await followOverHttp({ root, repository: linkedOf(opened), entryPath, open: openNamed });
  if (followed.state === 'found') return judge(place, followed);
  if (followed.state === 'escapes') return broken(place, 'escapes', followed.target);
  if (followed.state === 'loop') return broken(place, 'loop', followed.at);
  return followed.leadsTo === null ? null : broken(place, 'dangling', followed.leadsTo);
}

function broken({ root, opened, entryPath }: Place, why: BrokenEntry['why'], target: string): FoundOverHttp {
  const repository = opened.row.name;
  const path = `${root}/${repository}/${entryPath}`;
  const entry = { why, repository, entryPath, path, target };
  const publication = { state: 'broken', repository, entry } as const;
  return { publication, origin: null, architecture: null };
}

/** What stands at the end of the links. */
async function judge(
  place: Place,
  { repository, relativePath, entry }: Extract<Followed, { state: 'found' }>,
): Promise<FoundOverHttp> {
  const { root, rows, opened, entryPath, open } = place;
  const ended = await open(rowOf(repository, rows));
  const target = [root, repository, ...relativePath.split('/').filter(Boolean)].join('/');
  const isDirectory = entry.kind === 'directory';
  const image = `/${relativePath}`;
  if (!isDirectory && !(await guarded(repository, () => isImageFile(ended, image, entry))))
    return broken(place, 'no-image', target);
  const publication: Publication = {
    state: 'published',
    repository: opened.row.name,
    layout: opened.layout.name,
    path: `${root}/${opened.row.name}/${entryPath}`,
    entryPath,
    target,
    targetPlace: { repository, relativePath },
    kind: isDirectory ? 'directory' : 'file',
  };
  const wanted = isDirectory ? whatCounts(place) : { origin: false, architecture: false };
  return guarded(repository, async () => ({
    publication,
    origin: wanted.origin ? await readOrigin(ended, image) : null,
    architecture: wanted.architecture ? await readArchitecture(ended, image) : null,
  }));
}

/** A typed registry in a layout that drops it, and a platform, are only told by what the image itself holds. */
function whatCounts({ image, opened, readsOrigin }: Place): { origin: boolean; architecture: boolean } {
  if (image.kind === 'place') return { origin: readsOrigin, architecture: false };
  const { reference, platform } = image;
  return {
    origin: readsOrigin || (reference.registryTyped && opened.layout.dropsRegistry),
    architecture: platform !== null,
  };
}

/** The walk's view of a repository. */
function linkedOf({ row, repository, access }: HttpRepository): LinkedRepository {
  return {
    row,
    variables: access.variables,
    stat: path => guarded(row.name, () => repository.stat(path)),
  };
}
