import type { Settings } from '../configuration/settings.ts';
import { findPublications } from '../cvmfs/find-publication.ts';
import { cvmfsRoot } from '../cvmfs/root.ts';
import { isJcdsError } from '../errors.ts';
import { parseReference, type Reference } from '../image/reference.ts';
import type { Wishlist } from '../repositories/index.ts';
import { ownRequests, progressOf, type Stage } from '../requests/follow.ts';
import type { Forge, ForgeRequest, Project } from '../requests/forges/forge.ts';
import { type OpenAddition, openAdditions } from '../requests/others.ts';
import { NoTokenError } from '../requests/tokens.ts';
import { WISHLIST_FORMATS } from '../requests/wishlist/index.ts';
import { freshnessOfService } from './freshness.ts';
import { type AskingContext, connectService, type Service, tokenOptions } from './service.ts';

/** One request of the user's, and where it stands. Texts are fit for a terminal. */
export interface OwnRequest {
  readonly repository: string;
  /** The entry of the list that it adds, as the title says it; else the title. */
  readonly entry: string;
  readonly number: number;
  readonly url: string;
  /** `visible`: the image can be seen here; `newer-at-server`: merged, and the servers have a revision that this host has not seen. */
  readonly stage: Stage | 'newer-at-server' | 'visible';
  /** The page of a failed check, the path of the image, or how the client stands. */
  readonly detail: string | null;
  /** Other open requests for the same entry. */
  readonly twins: readonly {
    readonly number: number;
    readonly url: string;
    readonly author: string | null;
  }[];
}

/** The requests of this user to a service, newest first. Throws NoTokenError and the failures of the forge. */
export async function ownRequestsTo(
  service: Service,
  settings: Settings,
  context: AskingContext,
): Promise<OwnRequest[]> {
  const { wishlist } = service;
  const { forge } = await connectService(wishlist, context);
  const account = await forge.account();
  if (account === null) throw new NoTokenError(tokenOptions(wishlist, context));
  const project = await forge.project(wishlist.project);
  const requests = await ownRequests(forge, project, account);
  const paths = await visiblePaths(requests, service, settings, context);
  const behind = requests.some(({ state }, index) => state === 'merged' && paths[index] === null)
    ? await freshnessOfService(service, settings, context)
    : null;
  const additions = requests.some(({ state }) => state === 'open')
    ? await allAdditions(forge, project, wishlist)
    : [];
  const found: OwnRequest[] = [];
  for (const [index, request] of requests.entries()) {
    const path = paths[index] ?? null;
    const shared = {
      repository: service.row.name,
      entry: entryOf(request),
      number: request.number,
      url: request.url,
      twins: request.state === 'open' ? twinsOf(additions, request) : [],
    };
    if (path !== null && request.state !== 'closed')
      found.push({ ...shared, stage: 'visible', detail: path });
    else if (request.state === 'merged')
      found.push({
        ...shared,
        stage: behind?.standing === 'behind' ? 'newer-at-server' : 'merged',
        detail: behind?.sentence ?? null,
      });
    else found.push({ ...shared, ...(await stageOf(forge, project, request)) });
  }
  return found;
}

async function stageOf(
  forge: Forge,
  project: Project,
  request: ForgeRequest,
): Promise<Pick<OwnRequest, 'stage' | 'detail'>> {
  if (request.state === 'closed') return { stage: 'closed', detail: null };
  const { stage, checksUrl, checksUnseen } = progressOf(await forge.standing(project, request.number));
  return { stage, detail: stage === 'failed' ? checksUrl : checksUnseen };
}

/** What every open request adds, read once for all entries. */
async function allAdditions(
  forge: Forge,
  project: Project,
  { branch, path, format: name }: Wishlist,
): Promise<OpenAddition[]> {
  const target = branch ?? project.defaultBranch;
  const place = { forge, project, target, path, format: WISHLIST_FORMATS[name], isKnown: true };
  const found: OpenAddition[] = [];
  for await (const addition of openAdditions(place, null)) found.push(addition);
  return found;
}

function twinsOf(additions: readonly OpenAddition[], request: ForgeRequest): OwnRequest['twins'] {
  const entry = entryOf(request);
  const reference = referenceOf(entry);
  if (reference === null) return [];
  return additions
    .filter(other => other.request.number !== request.number && other.adds(reference, entry))
    .map(({ request: { number, url, author } }) => ({ number, url, author }));
}

/** The title that jcds gives: `Add ENTRY`. */
function entryOf({ title }: ForgeRequest): string {
  return /^Add (\S+)$/.exec(title)?.[1] ?? title;
}

/** Where the images of requests can be seen, by one look for all. */
async function visiblePaths(
  requests: readonly ForgeRequest[],
  { row }: Service,
  settings: Settings,
  context: AskingContext,
): Promise<readonly (string | null)[]> {
  const root = cvmfsRoot({
    configured: settings.cvmfsRoot,
    environment: context.environment,
    cwd: context.cwd,
  });
  const references = requests.map(request => referenceOf(entryOf(request)));
  const images = references.flatMap(reference =>
    reference === null ? [] : [{ kind: 'reference' as const, reference, platform: null }],
  );
  const search = { root, repositories: [row], timeout: settings.cvmfsTimeout };
  const seen = await findPublications(images, search, context);
  let next = 0;
  return references.map(reference => {
    const publication = reference === null ? undefined : seen[next++]?.publication;
    return publication?.state === 'published' ? publication.path : null;
  });
}

function referenceOf(entry: string): Reference | null {
  try {
    return parseReference(entry);
  } catch (thrown) {
    if (isJcdsError(thrown)) return null;
    throw thrown;
  }
}
