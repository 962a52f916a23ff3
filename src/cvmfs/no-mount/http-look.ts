import { EXIT, isJcdsError } from '../../errors.ts';
import { timerDelay } from '../ask-look.ts';
import { candidatesOf } from '../candidates.ts';
import type { SeenImage } from '../find-anywhere.ts';
import type { ImageName, RepositoryRow } from '../look-question.ts';
import type { BrokenEntry, LookedAt, Publication, Unreachable } from '../publication.ts';
import { followOverHttp, type LinkedRepository } from './follow-links.ts';
import { httpReason, tooSlow } from './http-reason.ts';
import { type HttpView, viewOf } from './http-view.ts';
import { type HttpWishes, isAskedFor } from './http-wishes.ts';
import { isImageFile, readOrigin } from './image-content.ts';
import { type HttpContext, type HttpRepository, openOverHttp } from './open-over-http.ts';

/** What a look over HTTP is made with. */
export interface HttpQuestion {
  /** The CVMFS root in use: paths are said as they would be on a mount there. */
  readonly root: string;
  readonly wishes: HttpWishes;
  /** Seconds for each server and object. */
  readonly timeout: number;
  /** Whether that is also the bound of the whole look; else it lasts while the servers keep a pace. */
  readonly isBounded: boolean;
}

/** Repositories opened over HTTP, each once. `close` it: connections keep a process alive. */
export interface HttpLook {
  /** The same answer as a look at mounts gives. Throws for what the user asked for and that cannot be (`isAskedFor`). */
  find(image: ImageName, rows: readonly RepositoryRow[]): Promise<SeenImage>;
  /** Does something with a repository; what the reader throws becomes the answer. */
  within<Value>(
    row: RepositoryRow,
    look: (opened: HttpRepository) => Promise<Value>,
  ): Promise<Value | Unreachable>;
  /** What answers of an opened repository rest on, as of now; null: it could not be opened. */
  view(name: string): Promise<HttpView | null>;
  close(): Promise<void>;
}

/** Something that the reader threw, and about which repository. */
class Unseen extends Error {
  readonly repository: string;
  readonly thrown: unknown;
  constructor(repository: string, thrown: unknown) {
    super(repository);
    this.repository = repository;
    this.thrown = thrown;
  }
}

/** A look over HTTP; nothing is asked before something is looked for. */
export function httpLook(question: HttpQuestion, context: HttpContext): HttpLook {
  const { wishes, timeout, isBounded } = question;
  const bounds = {
    patience: timeout * 1000,
    ...(isBounded && { signal: AbortSignal.timeout(Math.max(1, timerDelay(timeout * 1000))) }),
  };
  const opened = new Map<string, Promise<HttpRepository>>();
  const open = (row: RepositoryRow): Promise<HttpRepository> => {
    const known = opened.get(row.name);
    const opening = known ?? openOverHttp(row, wishes, bounds, context);
    opened.set(row.name, opening);
    return guarded(row.name, () => opening);
  };
  const orUnreachable = async <Value>(look: () => Promise<Value>): Promise<Value | Unreachable> => {
    try {
      return await look();
    } catch (thrown) {
      if (!(thrown instanceof Unseen)) throw thrown;
      return unreachable(thrown, question);
    }
  };
  const view = async (name: string): Promise<HttpView | null> => {
    const known = await opened.get(name)?.catch(() => null);
    return known ? viewOf(known.repository, known.access, context.now()) : null;
  };
  return {
    view,
    async find(image, rows) {
      const found = await orUnreachable(() => findOverHttp(image, rows, question, open));
      const publication = 'publication' in found ? found.publication : found;
      const origin = 'publication' in found ? found.origin : null;
      const views = await viewsOf(publication, view);
      const http = views.at(-1) ?? null;
      return {
        publication,
        origin,
        architecture: null,
        facts: null,
        unread: null,
        http,
        views,
        overHttp: true,
        notMounted: null,
      };
    },
    within: (row, look) =>
      orUnreachable(async () => {
        const repository = await open(row);
        return guarded(row.name, () => look(repository));
      }),
    async close() {
      const all = await Promise.all([...opened.values()].map(opening => opening.catch(() => null)));
      await Promise.all(all.map(one => one?.repository.close()));
    },
  };
}

async function guarded<Value>(repository: string, look: () => Promise<Value>): Promise<Value> {
  try {
    return await look();
  } catch (thrown) {
    throw thrown instanceof Unseen ? thrown : new Unseen(repository, thrown);
  }
}

/** What was met as an answer; mistakes of the user's own, and bugs, are thrown on. */
function unreachable({ repository, thrown }: Unseen, { wishes, timeout }: HttpQuestion): Unreachable {
  if (isTimeout(thrown)) return { state: 'unreachable', repository, reason: tooSlow(repository, timeout) };
  if (!isJcdsError(thrown) || (thrown.exitCode === EXIT.usage && isAskedFor(wishes))) throw thrown;
  return { state: 'unreachable', repository, reason: httpReason(thrown) };
}

/** The signal's end: in a request it says TimeoutError, in a pause between two AbortError. */
function isTimeout(thrown: unknown): boolean {
  return thrown instanceof Error && (thrown.name === 'TimeoutError' || thrown.name === 'AbortError');
}

/** The repositories that a look went through; the one that answers stands last. */
async function viewsOf(
  publication: Publication,
  view: (name: string) => Promise<HttpView | null>,
): Promise<HttpView[]> {
  const names =
    publication.state === 'missing'
      ? publication.looked.map(({ repository }) => repository)
      : [publication.repository];
  const views = await Promise.all([...new Set(names)].map(view));
  return views.filter(found => found !== null);
}

type Open = (row: RepositoryRow) => Promise<HttpRepository>;
type Found = Pick<SeenImage, 'publication' | 'origin'>;

async function findOverHttp(
  image: ImageName,
  rows: readonly RepositoryRow[],
  { root, wishes }: HttpQuestion,
  open: Open,
): Promise<Found> {
  const rowOf = (name: string): RepositoryRow =>
    rows.find(row => row.name === name) ?? { name, layout: 'detect', allowedLinkTargets: [] };
  const searched = image.kind === 'place' ? [rowOf(image.place.repository)] : rows;
  const looked: LookedAt[] = [];
  for (const row of searched) {
    const opened = await open(row);
    for (const entryPath of candidatesOf(image, opened.layout)) {
      const found = await lookAt({ image, wishes, root, opened, entryPath, open: name => open(rowOf(name)) });
      if (found !== null) return found;
      looked.push({ repository: row.name, path: `${root}/${row.name}/${entryPath}` });
    }
  }
  return { publication: { state: 'missing', looked, broken: null }, origin: null };
}

interface Place {
  readonly image: ImageName;
  readonly wishes: HttpWishes;
  readonly root: string;
  readonly opened: HttpRepository;
  readonly entryPath: string;
  open(name: string): Promise<HttpRepository>;
}

/** null: nothing there. */
async function lookAt(place: Place): Promise<Found | null> {
  const { root, opened, entryPath, open } = place;
  const repository = opened.row.name;
  const path = `${root}/${repository}/${entryPath}`;
  const broken = (why: BrokenEntry['why'], target: string): Found => {
    const looked = [{ repository, path }];
    const entry = { why, repository, entryPath, path, target };
    return { publication: { state: 'missing', looked, broken: entry }, origin: null };
  };
  const linked = async (name: string): Promise<LinkedRepository> => linkedOf(await open(name));
  const followed = await followOverHttp({ root, repository: linkedOf(opened), entryPath, open: linked });
  if (followed.state === 'escapes') return broken('escapes', followed.target);
  if (followed.state === 'loop') return broken('loop', followed.at);
  if (followed.state === 'missing')
    return followed.leadsTo === null ? null : broken('dangling', followed.leadsTo);

  const { entry, relativePath } = followed;
  const ended = await open(followed.repository);
  const target = [root, followed.repository, ...relativePath.split('/').filter(Boolean)].join('/');
  const isDirectory = entry.kind === 'directory';
  if (
    !isDirectory &&
    !(await guarded(followed.repository, () => isImageFile(ended.repository, `/${relativePath}`, entry)))
  )
    return broken('no-image', target);
  const published: Publication = {
    state: 'published',
    repository,
    layout: opened.layout.name,
    path,
    entryPath,
    target,
    targetPlace: { repository: followed.repository, relativePath },
    kind: isDirectory ? 'directory' : 'file',
  };
  const isRead = isDirectory && needsOrigin(place);
  const origin = isRead
    ? await guarded(followed.repository, () => readOrigin(ended.repository, `/${relativePath}`))
    : null;
  return { publication: published, origin };
}

/** A registry that was typed, in a layout that drops it: only the image's record tells whose it is. */
function needsOrigin({ image, wishes, opened }: Place): boolean {
  if (wishes.readsOrigin) return true;
  return image.kind === 'reference' && image.reference.registryTyped && opened.layout.dropsRegistry;
}

/** The walk's view of a repository. */
function linkedOf({ row, repository, access }: HttpRepository): LinkedRepository {
  return {
    row,
    variables: access.variables,
    stat: path => guarded(row.name, () => repository.stat(path)),
  };
}
